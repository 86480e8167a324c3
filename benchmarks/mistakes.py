"""What mypy and pyright, both strict, say of the mistakes in `tests/patching/types_of_mistakes.py`.

    python -m benchmarks.mistakes

Needs the dependency groups `test` and `lint`. Prints a line for each mistake: which checker flags it, and the first
line of what pyright says.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

MISTAKES = Path(__file__).parent.parent / "tests" / "patching" / "types_of_mistakes.py"
IGNORED = re.compile(r"  # type: ignore\[[^]]*\]")
BIN = Path(sys.executable).parent


def main() -> None:
    lines = MISTAKES.read_text().splitlines()
    marked = [number for number, line in enumerate(lines, 1) if IGNORED.search(line)]
    with tempfile.TemporaryDirectory() as name:
        program = Path(name).resolve() / "mistakes.py"
        program.write_text("\n".join(IGNORED.sub("", line) for line in lines) + "\n")
        mypy, pyright = by_mypy(program), by_pyright(program)
    flagged = {"both": 0, "mypy": len(mypy.keys() & set(marked)), "pyright": len(pyright.keys() & set(marked))}
    print(f"{'mypy':<6}{'pyright':<9}mistake")
    for number in marked:
        in_both = number in mypy and number in pyright
        flagged["both"] += in_both
        shown = IGNORED.sub("", lines[number - 1]).strip()
        print(f"{'yes' if number in mypy else 'NO':<6}{'yes' if number in pyright else 'NO':<9}{shown}")
        print(f"{'':<15}  {pyright.get(number, mypy.get(number, ''))[:100]}")
    print(", ".join(f"{name} {count} of {len(marked)}" for name, count in flagged.items()))
    elsewhere = sorted((mypy.keys() | pyright.keys()) - set(marked))
    print(f"flagged elsewhere: {elsewhere or 'nothing'}")


def by_mypy(program: Path) -> dict[int, str]:
    """The first error of each line."""
    command = [str(BIN / "mypy"), "--strict", "--hide-error-context", "--no-error-summary", program.name]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=program.parent)
    found = re.findall(rf"^{program.name}:(\d+): error: (.*)$", done.stdout, re.MULTILINE)
    return {int(number): said for number, said in reversed(found)}


def by_pyright(program: Path) -> dict[int, str]:
    """The first error of each line."""
    program.with_name("pyrightconfig.json").write_text(json.dumps({"typeCheckingMode": "strict"}))
    command = [str(BIN / "pyright"), "--pythonpath", sys.executable, "--outputjson", program.name]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=program.parent)
    errors = [one for one in json.loads(done.stdout)["generalDiagnostics"] if one["severity"] == "error"]
    return {one["range"]["start"]["line"] + 1: one["message"].splitlines()[0] for one in reversed(errors)}


if __name__ == "__main__":
    main()
