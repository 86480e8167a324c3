"""CPU seconds that importing the library adds, beside instructor where installed.

    python benchmarks/import_time.py [--rounds 9]

"own" is measured after `import openai`, which the user has done anyway; a new process each time.
"""

from __future__ import annotations

import argparse
import importlib.util
import statistics
import subprocess
import sys

CODE = """
import time
{before}
started = time.process_time()
{statement}
print(time.process_time() - started)
"""


def seconds(before: str, statement: str) -> float:
    """CPU seconds of one import in a new process."""
    code = CODE.format(before=before, statement=statement)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
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
            "import openai; client = openai.OpenAI(api_key='x')",
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
    for _ in range(rounds):
        for name, (before, statement) in cases.items():
            times[name].append(seconds(before, statement))
    for name, found in times.items():
        print(f"{name:<50} {statistics.median(found):6.3f} s CPU")


if __name__ == "__main__":
    main()
