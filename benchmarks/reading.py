"""Seconds of CPU to read hostile replies of 1, 2, 4 and 8 million characters: twice the length, at most twice the time.

    python -m benchmarks.reading [millions of characters ...]

Read means that the answer is looked for, for a type of which every object and every list is a value.
The mixture at the end is over where it happens to be cut, so its row may stand still.
"""

from __future__ import annotations

import sys
import time
from random import Random
from typing import Any, Union

from instructor_ollama._reply.candidates import answer_of
from instructor_ollama._schema.target import Target

SHAPE = Target[Any](Union[dict[str, Any], list[Any]]).shape

_SOUP = (
    "[",
    "{",
    "]",
    "}",
    "\\",
    "`",
    "```",
    "<think>",
    "</think>",
    '"',
    "'",
    ",",
    ":",
    "a",
    " ",
    "\n",
    '{"a":1}',
    "1",
)


def soup(size: int) -> str:
    """A random mixture of everything that means something, the same on each run."""
    return "".join(Random(7).choices(_SOUP, k=size // 2))


HOSTILE = {
    "open brackets": "[",
    "open braces": "{",
    "open objects": '{"a":',
    "brackets and braces": '[{"a":[',
    "backslashes": "\\",
    "backslashes in a string": '{"a": "\0\\',
    "escaped quotes in a string": '{"a": "\0\\"',
    "quotes": '"',
    "quotes in an object": '{"a":\0"',
    "single quotes in a list": "[\0'",
    "backticks": "`",
    "fences": "```\n",
    "think tags, opened": "<think>",
    "think tags, closed": "</think>",
    "think tags, in pairs": "<think></think>",
    "think tags in a string": '{"a": "\0</think>',
    "angle brackets": "<",
    "channels": "<|channel|>",
    "ends of turns": "<|im_end|>",
    "blanks": "[ \0 ",
    "comments": "[\0/**/",
    "commas": "[\0,",
    "empty objects": "{}",
    "small objects": '{"a":1}',
    "broken objects": '{"a" "b"}',
    "words in brackets": "[a b",
    "misspelt objects": "{'a': True,}\n",
    "letters": "a",
    "one good list after prose": 'Sure: [{"name": "Ann", "n": 1}\0, {"name": "Ann", "n": 1}',
}


def reply(unit: str, size: int) -> str:
    """A reply of `size` characters: what stands before a NUL once, then the rest over and over."""
    head, _, repeated = unit.rpartition("\0")
    text = head + repeated * ((size - len(head)) // len(repeated))
    return text + "]" if head.startswith("Sure") else text


def seconds(text: str) -> float:
    started = time.process_time()
    answer_of(text, SHAPE)
    return time.process_time() - started


def main() -> None:
    sizes = [int(argument) for argument in sys.argv[1:]] or [1, 2, 4, 8]
    print(f"{'reply':28}" + "".join(f"{size:>6} MB" for size in sizes))
    for name, unit in HOSTILE.items():
        print(f"{name:28}" + "".join(f"{seconds(reply(unit, size * 10**6)):9.2f}" for size in sizes), flush=True)
    print(f"{'all of it at random':28}" + "".join(f"{seconds(soup(size * 10**6)):9.2f}" for size in sizes))


if __name__ == "__main__":
    main()
