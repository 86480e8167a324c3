"""Converts messages from openai's form to Ollama's own API: content parts become one text and a list of images."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from ..errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence


def native_messages(messages: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The messages, those with content parts translated.

    Raises:
        UsageError: A part that Ollama's API has no form for, named by its message.
    """
    return [
        _translated(message, at) if isinstance(message.get("content"), list) else message
        for at, message in enumerate(messages)
    ]


def _translated(message: Mapping[str, Any], at: int) -> dict[str, Any]:
    texts: list[str] = []
    images: list[Any] = list(message.get("images") or ())
    for part in cast("list[Any]", message["content"]):
        if isinstance(part, str):
            texts.append(part)
            continue
        fields = cast("Mapping[str, Any]", part if isinstance(part, Mapping) else {})
        kind, text = fields.get("type"), fields.get("text")
        if kind == "text" and isinstance(text, str):
            texts.append(text)
        elif kind == "image_url":
            images.append(_image(fields.get("image_url"), at))
        else:
            raise UsageError(
                f"messages[{at}] has the content part {part!r:.80}: an ollama.Client supports text and images, such as "
                '{"type": "text", "text": "..."}.'
            )
    translated = {**message, "content": "\n\n".join(texts)}
    return {**translated, "images": images} if images else translated


def _image(given: Any, at: int) -> str:
    """The base64 text of a data URL."""
    url = cast("Mapping[str, Any]", given).get("url") if isinstance(given, Mapping) else given
    head, _, data = str(url).partition(",")
    if head.startswith("data:") and head.endswith(";base64"):
        return data
    raise UsageError(
        f"messages[{at}] has the image {str(url)!r:.80}: Ollama does not download images. Pass a data URL "
        "(data:image/png;base64,...), or images=[path or bytes] in the message."
    )
