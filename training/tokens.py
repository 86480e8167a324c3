"""The vocabulary: characters, bytes for the rest, and the library's own phrases as one token each.

`encode` does what llama.cpp does with this vocabulary (type "llama", no space prefix), token for token; a test compares
the two. Phrases are cut out of the text first, the longest (in bytes) first; no two of the same length can overlap.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from instructor_ollama._prompt.messages import AGAIN, INSTRUCTION, REJECTED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

UNKNOWN = "<unk>"
END = "<|end|>"
ROLES = {"user": "<|user|>", "system": "<|system|>", "assistant": "<|assistant|>"}
CONTROL = (END, *ROLES.values())

PHRASES = (
    f"{INSTRUCTION}\n", f"{REJECTED}\n- ", f"\n{AGAIN}", ": string", ": int", ": float", ": bool", ": date",
    " | null", " // ", ": {\n", "\n}[]\n}", "\n}\n\n", ", got ", "not JSON: ", "Input should be ",
    "greater than or equal to ", "less than or equal to ", "greater than ", "a valid string", "a valid integer",
    "a valid number", "a valid boolean", "a valid date", ", unable to parse string as an integer",
    ", unable to parse string as a number", ", unable to interpret input", "Field required", " or datetime, ",
    "EOF while parsing a", " at line 1 column ",
)  # fmt: skip
"""Phrases of the prompt and of Pydantic's messages."""

_LETTERS = "".join(
    chr(code)
    for low, high in ((0xC0, 0x17F), (0x386, 0x3CE), (0x400, 0x45F))
    for code in range(low, high + 1)
    if chr(code).isalpha()
)
CHARACTERS = " \n" + "".join(map(chr, range(33, 127))) + _LETTERS + "€£¥°\u2019\u2018\u201c\u201d\u2013\u2014…ẞ"

PIECES: tuple[str, ...] = (
    UNKNOWN,
    *CONTROL,
    *(f"<0x{byte:02X}>" for byte in range(256)),
    *PHRASES,
    *CHARACTERS.replace(" ", "▁"),
)
"""Every token's text, by number."""

IDS: Mapping[str, int] = {piece: number for number, piece in enumerate(PIECES)}
FIRST_BYTE = IDS["<0x00>"]
END_ID = IDS[END]

_ORDER = sorted(PHRASES, key=lambda phrase: -len(phrase.encode()))
_SINGLE = {" " if piece == "▁" else piece: IDS[piece] for piece in CHARACTERS.replace(" ", "▁")}


def encode(text: str) -> list[int]:
    """Tokens of a piece of text that holds no control tokens."""
    parts: list[str | int] = [text]
    for phrase in _ORDER:
        if phrase not in text:
            continue
        split: list[str | int] = []
        for part in parts:
            if isinstance(part, int):
                split.append(part)
                continue
            for index, piece in enumerate(part.split(phrase)):
                if index:
                    split.append(IDS[phrase])
                if piece:
                    split.append(piece)
        parts = split
    tokens: list[int] = []
    for part in parts:
        if isinstance(part, int):
            tokens.append(part)
            continue
        for letter in part:
            single = _SINGLE.get(letter)
            if single is None:
                tokens.extend(FIRST_BYTE + byte for byte in letter.encode())
            else:
                tokens.append(single)
    return tokens


def encode_conversation(
    messages: Sequence[Mapping[str, str]], learn: Sequence[int] = ()
) -> tuple[list[int], list[bool]]:
    """Tokens of a conversation under the chat template, and which of them are to be learnt."""
    tokens: list[int] = []
    marks: list[bool] = []
    for position, message in enumerate(messages):
        body = [*encode(message["content"]), END_ID]
        tokens += [IDS[ROLES[message["role"]]], *body]
        marks += [False, *([position in learn] * len(body))]
    return tokens, marks


def decode(tokens: Sequence[int]) -> str:
    """The text of tokens, control tokens left out."""
    data = b""
    for token in tokens:
        piece = PIECES[token]
        if piece in CONTROL or piece == UNKNOWN:
            continue
        if re.fullmatch(r"<0x[0-9A-F]{2}>", piece):
            data += bytes([token - FIRST_BYTE])
        else:
            data += piece.replace("▁", " ").encode()
    return data.decode(errors="replace")


CHAT_TEMPLATE = (
    "{%- for message in messages -%}<|{{ message['role'] }}|>{{ message['content'] }}<|end|>{%- endfor -%}"
    "{%- if add_generation_prompt -%}<|assistant|>{%- endif -%}"
)
"""The chat template in the GGUF file, in Jinja."""
