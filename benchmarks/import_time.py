"""CPU seconds that importing the library adds, beside instructor where installed.

    python -m benchmarks.import_time [--rounds 9]

"own" is measured after `import openai`, which the user has done anyway; a new process each time, all of them with the
bytecode that an installed package has.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import statistics
import subprocess
import sys
import tempfile

CODE = """
import time
{before}
started = time.process_time()
{statement}
print(time.process_time() - started)
"""


def seconds(before: str, statement: str, bytecode: str) -> float:
    """CPU seconds of one import in a new process, which keeps its bytecode in a folder."""
    code = CODE.format(before=before, statement=statement)
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment = {**inherited, "PYTHONPYCACHEPREFIX": bytecode}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    return float(done.stdout)


def main() -> None:
    """Measure and print the medians."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    cases = {
        "import openai": ("", "import openai"),
        "own: from instructor_ollama import patch, Mode": (
            "import openai",
            "from instructor_ollama import patch, Mode",
        ),
        "own: and the first patch(client)": (
            "import openai; client = openai.OpenAI(api_key='x', base_url='http://localhost:11434/v1')",
            "from instructor_ollama import patch, Mode; patch(client)",
        ),
        "import instructor_ollama alone": ("", "import instructor_ollama"),
    }
    if importlib.util.find_spec("instructor"):
        cases["instructor: from instructor import patch, Mode"] = (
            "import openai",
            "from instructor import patch, Mode",
        )
    times: dict[str, list[float]] = {name: [] for name in cases}
    with tempfile.TemporaryDirectory() as bytecode:
        for _ in range(rounds + 1):
            for name, (before, statement) in cases.items():
                times[name].append(seconds(before, statement, bytecode))
    for name, found in times.items():
        print(f"{name:<50} {statistics.median(found[1:]):6.3f} s CPU")  # the first round wrote the bytecode


if __name__ == "__main__":
    main()
