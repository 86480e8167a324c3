"""How many first answers of the random model are valid, on real engines; writes `docs/conformance.md`.

    INSTRUCTOR_OLLAMA_SERVERS="/path/ollama ..." python benchmarks/conformance.py --seeds 4 --results results.jsonl
    python benchmarks/conformance.py --results results.jsonl --write

The first form asks each server, the embedded engine and, where it is installed (`make xgrammar`), xgrammar for each
type, and adds one line an engine and schema to the results; the second makes the page of them. `--schema limits` sends
what `patch(client, constrain="limits")` sends, `--schema raw` Pydantic's own schema.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import re
import sys
import tempfile
import time
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from corpus import ALL, FIRST_SIGHT, FIRST_SIGHT_ANSWERS, PARTLY_HELD, PARTS  # noqa: E402
from engines import EmbeddedEngine  # noqa: E402
from random_model import write_random_model  # noqa: E402
from sampling import MODEL, PARAMETERS, plain_schema, sample  # noqa: E402
from servers import WHY_NONE, OllamaServer, executables  # noqa: E402
from xgrammar_engine import XGrammarEngine  # noqa: E402

from instructor_ollama._schema.target import Target  # noqa: E402

PAGE = ROOT / "docs" / "conformance.md"
SHOWN = {"ours": "instructor_ollama", "limits": 'constrain="limits"', "raw": "Pydantic's own"}


Engine = OllamaServer | EmbeddedEngine | XGrammarEngine


def measure(engine: Engine, gguf: Path, seeds: int, schema: str) -> dict[str, Any]:
    """One server, all types."""
    counts: dict[str, dict[str, int]] = {}
    died = 0
    started = time.monotonic()
    with engine as server:
        server.create(MODEL, gguf, parameters=PARAMETERS)
        version = server.version
        for name, kind in ALL.items():
            target = Target(kind, "limits" if schema == "limits" else "schema")
            sent = plain_schema(kind, target) if schema == "raw" else target.wire
            drawn = Counter[str]()
            for seed in range(seeds):
                outcome = sample(server, name, target, sent, seed).outcome
                drawn[outcome] += 1
                if outcome == "killed" and not server.alive():
                    died += 1
                    server.restart()
            counts[name] = dict(drawn)
    seconds = round(time.monotonic() - started)
    return {"server": version, "schema": schema, "seeds": seeds, "died": died, "seconds": seconds, "types": counts}


def release(version: str) -> list[int]:
    """For sorting."""
    return [int(part) for part in re.findall(r"\d+", version)]


def total(result: dict[str, Any], part: dict[str, Any]) -> Counter[str]:
    """The outcomes of a result over the types of a part."""
    return sum((Counter(result["types"].get(name, {})) for name in part), Counter[str]())


def percent(counts: Counter[str]) -> str:
    """The share of answers with what the grammar is to enforce: all but bounds, digits, lengths and sizes."""
    return f"{100 * (counts['valid'] + counts['limits']) / counts.total():.1f} %" if counts else "-"


def summary(results: list[dict[str, Any]]) -> list[str]:
    """A Markdown table, one row a server and schema."""
    whole = {name: kind for name, kind in ALL.items() if name not in PARTLY_HELD}
    lines = [
        f"| engine | schema | answers | {' | '.join(PARTS)} | without those partly held "
        "| of these out of a limit | cut | refused | killed |",
        "|---" * (len(PARTS) + 8) + "|",
    ]
    for result in sorted(results, key=lambda one: (list(SHOWN).index(one["schema"]), release(one["server"]))):
        every = total(result, ALL)
        kept = (percent(total(result, part)) for part in (*PARTS.values(), whole))
        shown = SHOWN[result["schema"]]
        limits = f"{100 * every['limits'] / every.total():.1f} %"
        killed = f"{result['died']} ({every['killed']} runners)" if every["killed"] else "none"
        row = (result["server"], shown, every.total(), *kept, limits, every["cut"], every["refused"], killed)
        lines.append(f"| {' | '.join(map(str, row))} |")
    return lines


def page(results: list[dict[str, Any]]) -> str:
    """The page of the docs."""
    ours = [result for result in results if result["schema"] == "ours"]
    versions = sorted({result["server"] for result in ours}, key=release)
    seen = ", ".join(f"{100 * valid / FIRST_SIGHT_ANSWERS:.1f} % on {engine}" for engine, valid in FIRST_SIGHT.items())
    lines = [
        "# Which types the grammar enforces",
        "",
        "Made by `benchmarks/conformance.py`; do not edit.",
        "",
        f"A model of random weights answers for {len(ALL)} response types on real Ollama servers, on the embedded "
        "engine and on xgrammar, the converter of Ollama's MLX back end, sampling at temperature 1, once a seed. It "
        "knows nothing: what is valid in its first answer is valid because the schema that was sent makes it so. By "
        "default that schema leaves bounds, digits, lengths and sizes to Pydantic ([why](why.md)), so an answer that "
        "is wrong in nothing else counts as enforced; the column *out of a limit* says how many these are. *Tuned* "
        "types were looked at while the wire schema was written, *held out* ones were not, and *blind* ones were "
        "written without a sight of the library; what these two showed first was mended afterwards where it could be."
        " *Unseen* ones were written without a sight of the library too, and measured before anything was changed for"
        f" them; of {FIRST_SIGHT_ANSWERS} first answers these were valid then: {seen}. An answer that is not valid is "
        "asked again by the library; nothing is asked again here.",
        "",
        *summary(results),
        "",
        "## Partly held",
        "",
        "No converter can enforce these whole. Pydantic validates them, and a wrong answer is asked again.",
        "",
        "| type | first answers as the grammar is to enforce them | what is free |",
        "|---|---|---|",
    ]
    for name, why in PARTLY_HELD.items():
        drawn = sum((Counter(result["types"].get(name, {})) for result in ours), Counter[str]())
        lines.append(f"| `{name}` | {percent(drawn)} | {why} |")
    lines += ["", "## All types", "", f"| type | {' | '.join(versions)} |", "|---" * (len(versions) + 1) + "|"]
    for name in ALL:
        cells = [
            percent(sum((Counter(r["types"].get(name, {})) for r in ours if r["server"] == version), Counter[str]()))
            for version in versions
        ]
        lines.append(f"| `{name}` | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measures, or writes the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=4, help="answers a type (default 4)")
    parser.add_argument("--schema", choices=list(SHOWN), default="ours", help="which schema is sent")
    parser.add_argument("--results", type=Path, required=True, help="JSON lines, added to when measuring")
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.relative_to(ROOT)} of the results")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    if not options.write:
        servers = [OllamaServer(executable) for executable in executables()]
        if not servers:
            print(WHY_NONE, file=sys.stderr)
        with tempfile.TemporaryDirectory() as folder:
            gguf = write_random_model(Path(folder) / "random.gguf")
            mlx = [XGrammarEngine()] if importlib.util.find_spec("xgrammar") else []
            for engine in (*servers, EmbeddedEngine(), *mlx):
                result = measure(engine, gguf, options.seeds, options.schema)
                with options.results.open("a") as file:
                    file.write(json.dumps(result) + "\n")
                print("\n".join(summary([result])), flush=True)
        return
    results = [json.loads(line) for line in options.results.read_text().splitlines()]
    PAGE.write_text(page(results))
    print("\n".join(summary(results)))


if __name__ == "__main__":
    main()
