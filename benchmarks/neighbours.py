"""openai-python's and ollama-python's own tests, on bare clients and on patched ones: what passes must pass on both.

    git clone https://github.com/openai/openai-python && pip install -e ./openai-python and what its tests need
    python -m benchmarks.neighbours openai-python tests/lib tests/test_client.py
    python -m benchmarks.neighbours ollama-python tests

In an environment of its own, with this library in it. The checkout is the reader's: none of its code is here. Every
client that the tests make is patched as soon as it is made. Exits 1 where a test passes bare and fails patched.
"""

from __future__ import annotations

import functools
import importlib
import os
import subprocess
import sys
import tempfile
import warnings
import xml.etree.ElementTree as ElementTree
from pathlib import Path

SWITCH = "INSTRUCTOR_OLLAMA_PATCH_ALL"
CLIENTS = {"openai": ("OpenAI", "AsyncOpenAI"), "ollama": ("Client", "AsyncClient")}


def pytest_configure() -> None:
    """Patch each client as it is made; pytest calls this, as the module is a plugin of the second run."""
    if SWITCH not in os.environ:
        return
    from instructor_ollama import patch

    for library, names in CLIENTS.items():
        try:
            module = importlib.import_module(library)
        except ImportError:
            continue
        for name in names:
            kind = getattr(module, name)
            kind.__init__ = _patching(kind.__init__, patch)


def _patching(init: object, patch: object) -> object:
    @functools.wraps(init)
    def made(self: object, *args: object, **kwargs: object) -> None:
        init(self, *args, **kwargs)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the tests use OpenAI's own address
            patch(self)

    return made


def outcomes(checkout: Path, arguments: list[str], *, patched: bool) -> dict[str, str]:
    """Each test of the suite with what became of it."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
        if patched:
            environment[SWITCH] = "1"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "neighbours", f"--junitxml={report}", *arguments]
        subprocess.run(command, cwd=checkout, env=environment, stdout=subprocess.DEVNULL, check=False)
        found: dict[str, str] = {}
        for case in ElementTree.parse(report).iter("testcase"):
            result = next((one.tag for one in case if one.tag in ("failure", "error", "skipped")), "passed")
            found[f"{case.get('classname')}::{case.get('name')}"] = result
    return found


def main() -> int:
    """Run the suite twice and compare."""
    checkout, *arguments = sys.argv[1:]
    bare = outcomes(Path(checkout), arguments, patched=False)
    patched = outcomes(Path(checkout), arguments, patched=True)
    passing = [name for name, result in bare.items() if result == "passed"]
    worse = [name for name in passing if patched.get(name) != "passed"]
    print(f"{len(bare)} tests; {len(passing)} pass bare, {len(passing) - len(worse)} of these pass patched")
    for name in worse:
        print(f"  {patched.get(name, 'missing')}: {name}")
    return int(bool(worse) or not passing)


if __name__ == "__main__":
    sys.exit(main())
