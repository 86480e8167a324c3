"""`Settings`: what `patch` was told, merged and checked; and the same checks for what a call is told."""

from __future__ import annotations

import dataclasses
import functools
import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, cast

from tenacity import AsyncRetrying, BaseRetrying

from .errors import UsageError
from .retry import RetryConfig, check_callable, check_count

if TYPE_CHECKING:
    from . import _prompts, _retrying
    from .events import Hook

UNSET: Any = object()

Constrain = Literal["schema", "limits", "json"]
LEVELS: tuple[Constrain, ...] = ("schema", "limits", "json")
"""What the server's grammar enforces: structure, formats and choices; bounds and lengths too; any JSON object."""

OURS = frozenset(
    (
        "response_model",
        "max_retries",
        "retry_config",
        "validation_hook",
        "hooks",
        "context",
        "validation_context",
        "strict",
    )
)
"""Keywords of `create` that are ours; all others are the client's."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What `patch` was told; a later `patch` replaces what it names and keeps the rest."""

    validation_hook: Callable[..., Any] | None = None
    retry_config: RetryConfig = field(default_factory=RetryConfig)
    hooks: tuple[Hook, ...] = ()
    constrain: Constrain = "schema"
    schema_prompt: _prompts.SchemaPrompt = "types"
    defaults: Mapping[str, Any] = field(default_factory=dict[str, Any])


SETTINGS = frozenset(one.name for one in dataclasses.fields(Settings))
"""Keywords of `patch`, the mode apart."""


def merged(before: Settings, given: Mapping[str, Any], *, is_async: bool) -> Settings:
    """The settings with what was given in them.

    Raises:
        UsageError: An argument is not what it should be.
    """
    unknown = sorted(given.keys() - SETTINGS)
    if unknown:
        raise UsageError(f"unknown option {', '.join(unknown)}.")
    named = {name: value for name, value in given.items() if value is not UNSET}
    check_callable("validation_hook", named.get("validation_hook"))
    if "retry_config" in named:
        named["retry_config"] = named["retry_config"] or RetryConfig()
        check_config(named["retry_config"])
    if "hooks" in named:
        named["hooks"] = hooks_of(named["hooks"])
    if named.get("constrain", "schema") not in LEVELS:
        raise UsageError(f"constrain={named['constrain']!r}: expected 'schema', 'limits' or 'json'.")
    style = named.get("schema_prompt", "types")
    if not callable(style) and style not in ("types", "json-schema"):
        raise UsageError(f"schema_prompt={style!r}: give 'types', 'json-schema' or a function of the JSON Schema.")
    if callable(style):
        check_takes("schema_prompt", style, ("schema",))
    if "defaults" in named:
        named["defaults"] = _checked_defaults(named["defaults"])
    settings = dataclasses.replace(before, **named)
    callbacks = {"validation_hook": settings.validation_hook, "on_retry": settings.retry_config.on_retry}
    check_sync(is_async, callbacks, settings.hooks)
    check_callbacks(settings.validation_hook, settings.retry_config.on_retry, settings.hooks)
    return settings


def context_of(given: Mapping[str, Any]) -> Any:
    """What a call gives its validators, under our name or instructor's older one.

    Raises:
        UsageError: Under both.
    """
    context, same = given.get("context"), given.get("validation_context")
    if context is not None and same is not None:
        raise UsageError("context= and validation_context= are the same: give context= alone.")
    return same if context is None else context


def check_config(config: object) -> None:
    """Refuse what is no `RetryConfig`.

    Raises:
        UsageError: With what was given.
    """
    if not isinstance(config, RetryConfig):
        raise UsageError(f"retry_config={config!r}: give a RetryConfig, such as RetryConfig(max_retries=3).")


def _checked_defaults(defaults: object) -> Mapping[str, Any]:
    if defaults is None:
        return {}
    if not isinstance(defaults, Mapping):
        raise UsageError(f"defaults={defaults!r}: give a dict of keywords for create, such as {{'model': 'llama3.1'}}.")
    named = dict(cast("Mapping[str, Any]", defaults))
    own = sorted(OURS & named.keys())
    if own:
        raise UsageError(f"defaults holds {', '.join(own)}: these are arguments of patch or of each call.")
    return named


def hooks_of(given: Any) -> tuple[Hook, ...]:
    if given is None:
        return ()
    several = not callable(given) and isinstance(given, Iterable) and not isinstance(given, (str, bytes))
    hooks = tuple(cast("Iterable[Any]", given)) if several else (cast("Any", given),)
    for hook in hooks:
        if not callable(hook):
            raise UsageError(f"hooks={given!r}: give a callable, or several in a list; each is called with one event.")
    return cast("tuple[Hook, ...]", hooks)


def check_sync(is_async: bool, callbacks: Mapping[str, Any], hooks: tuple[Any, ...]) -> None:
    if is_async:
        return
    for name, callback in (*callbacks.items(), *(("hooks", hook) for hook in hooks)):
        called = getattr(cast("Any", type(callback)), "__call__", None)  # noqa: B004 (an object whose __call__ is async)
        if inspect.iscoroutinefunction(callback) or inspect.iscoroutinefunction(called):
            raise UsageError(f"{name}={callback!r} is a coroutine function and the client is sync: give a plain one.")


def check_takes(name: str, callback: Any, arguments: tuple[str, ...]) -> None:
    """Refuse a callback whose signature cannot take what it will be given.

    Raises:
        UsageError: With the arguments that it is called with.
    """
    if callback is None:
        return
    try:
        signature = inspect.signature(callback)
    except (TypeError, ValueError):  # written in C, without a signature
        return
    try:
        signature.bind(*arguments)
    except TypeError as error:
        raise UsageError(
            f"{name}={callback!r} cannot take what it is given, ({', '.join(arguments)}) by position: {error}."
        ) from None


def check_callbacks(validation_hook: Any, on_retry: Any, hooks: Iterable[Any]) -> None:
    """Refuse callbacks that would fail when they are called."""
    check_takes("validation_hook", validation_hook, ("value", "retry_count", "exception"))
    check_takes("on_retry", on_retry, ("retry_count", "error"))
    for hook in hooks:
        check_takes("hooks", hook, ("event",))


def base_of(given: Any, config: RetryConfig, kind: type[_retrying.R]) -> tuple[_retrying.R, int | None]:
    """The tenacity object that governs wrong answers, and the budget where it is ours."""
    if isinstance(given, BaseRetrying):
        if not isinstance(given, kind):
            raise UsageError(
                f"max_retries is a tenacity.{type(given).__name__} and the client is "
                f"{'async' if kind is AsyncRetrying else 'sync'}: give a tenacity.{kind.__name__}."
            )
        return given, None
    if given is not None:
        check_count("max_retries", given)
    return cast("_retrying.R", _own_base(config.wait, kind)), config.max_retries if given is None else given


@functools.lru_cache(maxsize=64)
def _own_base(wait: Any, kind: Any) -> Any:
    return kind(wait=wait, reraise=True)
