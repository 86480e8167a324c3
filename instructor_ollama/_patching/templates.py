"""Warns about messages that look like Jinja templates, which instructor renders and this library sends unchanged."""

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING, Any

from .._clients.warnings import callers_level
from .._prompt.messages import texts_of
from ..errors import UnrenderedTemplateWarning

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_PLACE = re.compile(r"\{\{[-+]?\s*[A-Za-z_][^{}]*\}\}|\{%[-+]?\s*[a-z]+\b[^%]*%\}")
"""An expression or a statement of a template."""


def warn_of_templates(messages: Sequence[Mapping[str, Any]]) -> None:
    """Warn where a message has a place to be filled; called for messages that come with a `context`."""
    for text in texts_of(messages):
        found = _PLACE.search(text)
        if found is not None:
            warnings.warn(
                f"a message contains {found[0]:.60}, but messages are not rendered as templates: the model sees the "
                "braces. context= is only passed to validators; format the message yourself, for example with an "
                "f-string.",
                UnrenderedTemplateWarning,
                stacklevel=callers_level(),
            )
            return
