"""Decides from the sizes of the messages and the server's token count whether a prompt may have been truncated. Pure.

Ollama 0.12 to 0.34 truncates a prompt longer than the context window in two steps
(docs/ollama-behavior.md, "Context window"):

1. It drops whole messages, oldest first, until the rest fits; system messages and the last message are kept. The model
   then saw `seen` tokens, and together with the last dropped message they exceed the context window.
2. It drops tokens of the remaining messages: the oldest ones beyond the context window (up to 0.24), or about half of
the
   context window (since 0.30). The model then saw at least half of the context window.

A prompt that was not truncated has `seen` tokens. Sizes are upper bounds, so "no" is certain and "yes" has to be
verified.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from .token_bounds import IMAGE, MESSAGE, TEMPLATE, fewest_tokens, kind_of, most_tokens, without_repeats

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from .known import ModelFacts

WINDOWS = sorted({base << power for base in (512, 768, 1000) for power in range(11) if base << power <= 1 << 20})
"""Context windows in use: powers of two, three times one, and round numbers."""

KEPT = (0, 1, 4, 5, 24, 25)
"""Values of `num_keep`, with and without a first token of the tokenizer's own: what remains when half of the window is
dropped depends on it."""


UNCOUNTED = 2048
"""Tokens from which on a prompt is doubtful that the server has not counted: no default context window is smaller."""

LEARNABLE = 64
"""Tokens at most from which on the count of a prompt says something about its kind of text."""

DENSE = 5.5
"""Characters that a token of ordinary text stands for at most."""

ADDED = 4
"""Tokens that chat templates add to a message, about."""

_LONG = 200


class Part(NamedTuple):
    """One message as the server sees it; each part of a content list is a message of its own there.

    Attributes:
        text: All of it that the chat template shows.
        is_system: Whether it is never dropped.
        is_image: Whether it is an image, and no text.
    """

    text: str
    is_system: bool = False
    is_image: bool = False


class Size(NamedTuple):
    """The tokens of one message at most, and whether it is never dropped."""

    most: int
    is_system: bool = False


def parts_of(messages: Sequence[Mapping[str, Any]]) -> list[Part]:
    """The messages of a request as the server sees them."""
    found: list[Part] = []
    for message in messages:
        content: Any = message.get("content")
        is_system = message.get("role") == "system"
        images: Any = message.get("images") or ()
        calls: Any = message.get("tool_calls")
        if calls:
            found.append(Part(f"{content or ''}{calls}"))
        elif isinstance(content, list):
            found += (_part(one, is_system=is_system) for one in cast("list[Any]", content))
        else:
            found.append(Part(content if isinstance(content, str) else "", is_system))
        found += [Part("", is_system, is_image=True) for _ in images]
    return found


class Prompt:
    """The messages of one request, measured.

    Attributes:
        parts: As the server sees them.
        characters: Of all texts.
        has_images: Whether images are among them, so that nothing is to be learnt from the count.
        thinking: Tokens at most of the thinking before the answer, which is a turn of the prompt that an enforced
            schema is applied to (0.12 to 0.33), or stands in the context window behind the prompt (since 0.34).
    """

    def __init__(self, messages: Sequence[Mapping[str, Any]], thinking: str = "") -> None:
        self.parts = parts_of(messages)
        self.thinking = most_tokens(thinking) if thinking else 0
        self.characters = sum(len(part.text) for part in self.parts)
        self.has_images = any(part.is_image for part in self.parts)

    @functools.cached_property
    def most(self) -> int:
        """Tokens of the whole prompt at most, by its length alone."""
        if self.has_images:
            return IMAGE
        texts = (part.text for part in self.parts)
        length = sum(len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass")) for text in texts)
        return length + MESSAGE * len(self.parts) + TEMPLATE + self.thinking

    @functools.cached_property
    def fewest(self) -> int:
        """Tokens of the whole prompt at least, in any tokenizer."""
        return sum(fewest_tokens(part.text) for part in self.parts)

    @functools.cached_property
    def kind(self) -> str:
        """The kind of text that most of the prompt is."""
        return kind_of("\n".join(part.text for part in self.parts))

    @functools.cached_property
    def _measures(self) -> list[tuple[int, str]]:
        """Of each part the tokens that its text has at most, and its kind; a short one is of the whole prompt's."""
        return [
            (most_tokens(part.text), kind_of(part.text) if len(part.text) >= _LONG else self.kind)
            for part in self.parts
        ]

    def is_doubtful(self, seen: int, window: int | None, facts: ModelFacts) -> bool:
        """Whether the count leaves it open that the prompt was truncated.

        Args:
            seen: How many tokens the model saw; 0 where the server did not say.
            window: The context window; None where it is not known.
            facts: What is known of the model's tokens.
        """
        if window is not None:
            if self.most + facts.own_messages + (facts.own_system or 0) < window and seen <= self.most:
                return 0 < seen < self.characters / DENSE
            if self._is_sparse(seen, facts):
                return True
            sizes, whole = self._sizes(facts.most)
            if facts.own_system is None:
                return may_be_truncated(sizes, whole + window, seen, window) if whole >= window else seen > whole
            own = [Size(facts.own_messages)]
            return may_be_truncated(own + sizes, whole + facts.own_messages + facts.own_system, seen, window)
        if seen == 0:
            return self.fewest > UNCOUNTED
        sizes, whole = self._sizes(lambda kind: facts.usual(kind).most)
        return self._is_sparse(seen, facts) or may_be_truncated_somewhere(sizes, whole, seen)

    def teach(self, facts: ModelFacts, seen: int) -> None:
        """Learn from the count of a prompt that arrived whole."""
        most = sum(most for most, _kind in self._measures)
        if seen and most >= LEARNABLE and not self.has_images:
            facts.learn(self.kind, max(1, seen - ADDED * len(self.parts)) / most)

    def _is_sparse(self, seen: int, facts: ModelFacts) -> bool:
        """Whether these are fewer tokens than texts of this kind have."""
        least = sum(most * facts.usual(kind).least for most, kind in self._measures)
        if not 0 < seen < least:
            return False
        least = sum(
            most_tokens(without_repeats(part.text)) * facts.usual(kind).least
            for part, (_most, kind) in zip(self.parts, self._measures, strict=True)
        )
        return seen < least

    def _sizes(self, share: Callable[[str], float]) -> tuple[list[Size], int]:
        """The sizes of the messages and of the whole prompt, with the share of `most_tokens` that a kind can have."""
        sizes = [
            Size(IMAGE if part.is_image else MESSAGE + int(most * share(kind)) + 1, part.is_system)
            for part, (most, kind) in zip(self.parts, self._measures, strict=True)
        ]
        if self.thinking:
            sizes.append(Size(MESSAGE + self.thinking))
        return sizes, sum(size.most for size in sizes) + TEMPLATE


def may_be_truncated(sizes: Sequence[Size], whole: int, seen: int, window: int) -> bool:
    """Whether the server can have truncated a prompt.

    Args:
        sizes: Of its messages.
        whole: Tokens of the whole prompt at most.
        seen: How many tokens the model saw; 0 where the server did not say.
        window: The context window.
    """
    if whole < window:
        return False
    if seen == 0 or 2 * seen >= window:
        return True
    return any(seen <= rest and seen + dropped > window for dropped, rest in _drops(sizes, whole))


def may_be_truncated_somewhere(sizes: Sequence[Size], whole: int, seen: int) -> bool:
    """As `may_be_truncated`, where the context window is not known: whether the count betrays one of those in use."""
    windows = [window for window in WINDOWS if seen <= window <= whole]
    if any(seen in _remainders(window) for window in windows):
        return True
    drops = list(_drops(sizes, whole))
    return any(seen <= rest and seen + dropped > window for window in windows for dropped, rest in drops)


def _part(part: Any, *, is_system: bool) -> Part:
    if not isinstance(part, dict):
        return Part(str(part), is_system)
    given = cast("dict[str, Any]", part)
    text = given.get("text")
    return Part(text, is_system) if isinstance(text, str) else Part("", is_system, is_image=True)


def _drops(sizes: Sequence[Size], whole: int) -> Iterable[tuple[int, int]]:
    """Each message that can be the last one dropped: its tokens, and those of what remains then."""
    rest = whole
    for size in sizes[:-1]:
        if not size.is_system:
            rest -= size.most
            yield size.most, rest


def _remainders(window: int) -> set[int]:
    """What remains of a prompt whose tokens were dropped."""
    return {window, *(window - (window - kept) // 2 for kept in KEPT)}
