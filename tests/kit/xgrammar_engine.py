"""xgrammar under the random model's tokens: the schema converter of Ollama's MLX back end, without a Mac.

The MLX back end compiles a schema by xgrammar (0.2.5 from Ollama 0.33.1 on, 0.2.7 in 0.34.4) and masks the model's
tokens by it. This does the same with tokens of one character and fixed probabilities, so a first answer is valid
because of the grammar alone. `xgrammar` is installed without its dependencies, which are a thousand times its size.
"""

from __future__ import annotations

import importlib
import io
import json
import math
import random
import sys
import types
import urllib.error
from collections.abc import Mapping
from email.message import Message
from importlib.metadata import version
from types import TracebackType
from typing import Any, Final

import numpy as np

from tests.kit.random_model import END, vocabulary

_LIMIT_OF_TOKENS: Final = 3000
_END_OF_TEXT: Final = 2


def _xgrammar() -> Any:
    """The package, with a stand-in for torch (of which it takes a few names, and this uses none) and without transformers."""
    if "torch" not in sys.modules:
        importlib.import_module("tvm_ffi")  # looks for torch itself, and must not find the stand-in
        torch = types.ModuleType("torch")
        torch.int32, torch.Tensor = np.int32, np.ndarray  # type: ignore[attr-defined]
        torch.tensor = lambda value, dtype: np.array(value, dtype)  # type: ignore[attr-defined]
        sys.modules["torch"] = torch
        sys.modules["transformers"] = hub = types.ModuleType("transformers")
        hub.PreTrainedTokenizerBase = hub.PreTrainedTokenizerFast = object  # type: ignore[attr-defined]
        sys.modules["xgrammar.contrib"] = contrib = types.ModuleType("xgrammar.contrib")
        contrib.hf = None  # type: ignore[attr-defined]
    import xgrammar

    return xgrammar


class XGrammarEngine:
    """A sampler of what an xgrammar grammar lets through, with the interface of `servers.OllamaServer`."""

    def __init__(self) -> None:
        self._package = _xgrammar()
        texts, _, bias = vocabulary()
        # Bytes stand for themselves; a lone byte of a longer character is rarer than any character.
        coded = [
            bytes([int(text[3:5], 16)]) if len(text) == 6 and text[:3] == "<0x" else text.encode() for text in texts
        ]
        coded = [b" " if text == "\u2581".encode() else text for text in coded]
        self._texts = [b"" if index <= _END_OF_TEXT else text for index, text in enumerate(coded)]
        self._weights = np.exp(np.array(bias))
        self._weights[:_END_OF_TEXT] = 0.0
        self._weights[_END_OF_TEXT] = math.exp(END)
        self._info = self._package.TokenizerInfo(coded, stop_token_ids=[_END_OF_TEXT])
        self._compiler = self._package.GrammarCompiler(self._info, max_threads=1)
        self.version = f"xgrammar {version('xgrammar')}"

    def __enter__(self) -> XGrammarEngine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing runs."""

    def create(self, name: str, gguf: Any, *, parameters: Mapping[str, Any]) -> None:
        """The tokens and their probabilities are always the random model's."""

    def alive(self) -> bool:
        """It is no process."""
        return True

    def restart(self) -> None:
        """It is no process."""

    def request(self, path: str, body: Any, *, timeout: float = 60) -> Any:
        """Answers a chat completion with a schema as the server does, with its words where it refuses one."""
        schema = body["response_format"]["json_schema"]["schema"]
        tag = {"type": "structural_tag", "format": {"type": "json_schema", "json_schema": schema}}
        try:
            grammar = self._compiler.compile_structural_tag(json.dumps(tag, ensure_ascii=False))
        except RuntimeError as error:
            text = f"invalid structured output grammar: {error}"
            raise urllib.error.HTTPError(path, 400, text, Message(), io.BytesIO(text.encode())) from None
        text, ended = self._sampled(grammar, random.Random(repr(body["messages"])), body["max_tokens"])
        message = {"role": "assistant", "content": text}
        return {"choices": [{"message": message, "finish_reason": "stop" if ended else "length"}]}

    def _sampled(self, grammar: Any, chance: random.Random, limit: int) -> tuple[str, bool]:
        matcher = self._package.GrammarMatcher(grammar)
        mask = np.zeros((1, math.ceil(len(self._texts) / 32)), np.int32)
        written: list[bytes] = []
        for _ in range(limit):
            matcher.fill_next_token_bitmask(mask)
            allowed = np.unpackbits(mask.view(np.uint8), bitorder="little")[: len(self._texts)]
            weights = self._weights * allowed
            # A character outside ASCII is spread over the bytes that it begins with.
            token = chance.choices(range(len(weights)), weights.tolist())[0]
            if token == _END_OF_TEXT:
                return b"".join(written).decode(errors="replace"), True
            if not matcher.accept_token(token):
                raise AssertionError("the matcher refuses a token that its mask allows")
            written.append(self._texts[token])
        return b"".join(written).decode(errors="replace"), False
