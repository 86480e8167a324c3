"""Makes the demo model: `python -m training` trains, exports and measures; each step can be run alone."""

from __future__ import annotations

import argparse
import pathlib

HERE = pathlib.Path(__file__).parent
MODEL = HERE.parent / "instructor_ollama" / "embedded" / "demo.gguf"
ABOUT = (
    "Demonstration and test model of instructor_ollama: copies names, numbers and dates from short English texts into "
    "JSON. Trained on made-up sentences only. Not a useful model."
)


def main() -> None:
    """Runs the step named on the command line, or all of them."""
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    steps = ("all", "train", "export", "quality", "stamp", "show")
    parser.add_argument("step", nargs="?", choices=steps, default="all")
    parser.add_argument("--folder", type=pathlib.Path, default=HERE / "runs", help="where the checkpoint is kept")
    parser.add_argument("--model", type=pathlib.Path, default=MODEL, help="the GGUF file to write or measure")
    parser.add_argument("--steps", type=int, help="batches to train on")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--number", type=int, default=400, help="texts per column of the quality table")
    parser.add_argument("--misses", type=int, default=0, help="wrong answers of each table to print")
    given = parser.parse_args()
    if given.step == "show":
        from .conversations import Maker

        maker = Maker(f"train {given.seed} show")
        for _ in range(given.number):
            for message in maker.conversation().messages:
                print(f"<{message['role']}>\n{message['content']}")
            print()
        return
    if given.step == "stamp":
        from .export import stamp

        stamp(given.model)
        return
    if given.step in ("all", "train"):
        from .train import Settings, train

        settings = Settings(seed=given.seed) if given.steps is None else Settings(seed=given.seed, steps=given.steps)
        train(given.folder, settings)
    if given.step in ("all", "export"):
        from .export import export
        from .train import load

        export(load(given.folder / "checkpoint.pt"), given.model, about=ABOUT)
    if given.step in ("all", "quality"):
        from .quality import report

        text = report(given.model, number=given.number, misses=given.misses)
        if given.model == MODEL:
            (HERE / "QUALITY.md").write_text(text, encoding="utf-8")
        print(text)


if __name__ == "__main__":
    main()
