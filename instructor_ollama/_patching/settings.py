"""`Settings`: the options of `patch`, merged and validated; and the same validation for the options of a call."""

from __future__ import annotations

import dataclasses
import functools
import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar, cast

from tenacity import AsyncRetrying, BaseRetrying, Retrying

from ..errors import UsageError
from ..retry import RetryConfig, allowed, check_callable, check_count, check_seconds
from .keywords import SyncCallKeywords

if TYPE_CHECKING:
    from .._prompt.messages import SchemaPrompt
    from ..events import AsyncHook

UNSET: Any = object()

R = TypeVar("R", Retrying, AsyncRetrying)

Constrain = Literal["schema", "limits", "json"]
LEVELS: tuple[Constrain, ...] = ("schema", "limits", "json")
"""What the server's grammar enforces: structure, formats and choices; bounds and lengths too; any JSON object."""

OURS = frozenset(("response_model", "validation_context", *SyncCallKeywords.__annotations__))
"""Keywords of `create` that are ours; all others are the client's."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The options of `patch`; a later `patch` replaces the given ones and keeps the others."""

    model: str | None = None
    max_retries: Any = None
    deadline: float | None = None
    validation_hook: Callable[..., Any] | None = None
    retry_config: RetryConfig = field(default_factory=RetryConfig)
    hooks: tuple[AsyncHook, ...] = ()
    constrain: Constrain = "schema"
    schema_prompt: SchemaPrompt = "types"
    defaults: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def with_defaults(self, kwargs: Mapping[str, Any]) -> dict[str, Any]:
        """The keywords of a call, with the model and the defaults where the call does not set them."""
        model = {} if self.model is None else {"model": self.model}
        return {**self.defaults, **model, **kwargs}


def options() -> set[str]:
    """The keywords of `patch`, but for `client` and `mode`."""
    return {one.name for one in dataclasses.fields(Settings)}


def merged(before: Settings, given: Mapping[str, Any], *, is_async: bool) -> Settings:
    """The settings with the given options replaced.

    Raises:
        UsageError: An argument is invalid.
    """
    unknown = sorted(given.keys() - options())
    if unknown:
        raise UsageError(f"unknown option {', '.join(unknown)}.")
    named = {name: value for name, value in given.items() if value is not UNSET}
    check_model(named)
    check_max_retries(named.get("max_retries"), AsyncRetrying if is_async else Retrying)
    check_seconds("deadline", named.get("deadline"))
    check_callable("validation_hook", named.get("validation_hook"))
    if "retry_config" in named:
        if named["retry_config"] is None:
            named["retry_config"] = RetryConfig()
        check_config(named["retry_config"])
    if "hooks" in named:
        named["hooks"] = hooks_of(named["hooks"])
    if named.get("constrain", "schema") not in LEVELS:
        raise UsageError(f"constrain={named['constrain']!r}: expected 'schema', 'limits' or 'json'.")
    style = named.get("schema_prompt", "types")
    if not callable(style) and style not in ("types", "json-schema"):
        raise UsageError(f"schema_prompt={style!r}: expected 'types', 'json-schema' or a function of the JSON Schema.")
    if callable(style):
        check_takes("schema_prompt", style, ("schema",))
    if "defaults" in named:
        named["defaults"] = _checked_defaults(named["defaults"])
        if named.get("model") is not None and "model" in named["defaults"]:
            raise UsageError("the model is set twice: use model= and remove it from defaults.")
    settings = dataclasses.replace(before, **named)
    callbacks = {"validation_hook": settings.validation_hook, "on_retry": settings.retry_config.on_retry}
    check_sync(is_async, callbacks, settings.hooks)
    check_callbacks(settings.validation_hook, settings.retry_config.on_retry, settings.hooks)
    return settings


def check_model(named: Mapping[str, Any]) -> None:
    """Raise unless the model is a name.

    Raises:
        UsageError: Names the value.
    """
    model = named.get("model")
    if model is not None and (not isinstance(model, str) or not model):
        raise UsageError(f'model={model!r}: pass the name of an installed model, such as model="llama3.1".')


def context_of(given: Mapping[str, Any]) -> Any:
    """The validation context of a call, under the current keyword or instructor's older one.

    Raises:
        UsageError: Under both.
    """
    context, same = given.get("context"), given.get("validation_context")
    if context is not None and same is not None:
        raise UsageError("context= and validation_context= are the same: pass only context=.")
    return same if context is None else context


def check_config(config: object) -> None:
    """Raise unless `config` is a `RetryConfig`.

    Raises:
        UsageError: Names the value.
    """
    if not isinstance(config, RetryConfig):
        raise UsageError(f"retry_config={config!r}: expected a RetryConfig, such as RetryConfig(max_retries=3).")


def _checked_defaults(defaults: object) -> Mapping[str, Any]:
    if defaults is None:
        return {}
    if not isinstance(defaults, Mapping):
        raise UsageError(
            f"defaults={defaults!r}: expected a dict of keywords for create, such as {{'model': 'llama3.1'}}."
        )
    named = dict(cast("Mapping[str, Any]", defaults))
    own = sorted(OURS & named.keys())
    if own:
        raise UsageError(f"defaults holds {', '.join(own)}: pass these to patch or to each call.")
    return named


def hooks_of(given: Any) -> tuple[AsyncHook, ...]:
    if given is None:
        return ()
    several = not callable(given) and isinstance(given, Iterable) and not isinstance(given, (str, bytes))
    hooks = tuple(cast("Iterable[Any]", given)) if several else (cast("Any", given),)
    for hook in hooks:
        if not callable(hook):
            raise UsageError(
                f"hooks={given!r}: expected a callable or a list of callables; each is called with one event."
            )
    return cast("tuple[AsyncHook, ...]", hooks)


def check_sync(is_async: bool, callbacks: Mapping[str, Any], hooks: tuple[Any, ...]) -> None:
    if is_async:
        return
    for name, callback in (*callbacks.items(), *(("hooks", hook) for hook in hooks)):
        called = getattr(cast("Any", type(callback)), "__call__", None)  # noqa: B004 (an object whose __call__ is async)
        if inspect.iscoroutinefunction(callback) or inspect.iscoroutinefunction(called):
            raise UsageError(
                f"{name}={callback!r} is a coroutine function, but the client is sync: pass a plain function."
            )


def check_takes(name: str, callback: Any, arguments: tuple[str, ...]) -> None:
    """Raise if a callback's signature does not accept its arguments.

    Raises:
        UsageError: Names the arguments of the callback.
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
            f"{name}={callback!r} cannot be called with the positional arguments ({', '.join(arguments)}): {error}."
        ) from None


def check_callbacks(validation_hook: Any, on_retry: Any, hooks: Iterable[Any]) -> None:
    """Raise for callbacks that would fail when they are called."""
    check_takes("validation_hook", validation_hook, ("value", "retry_count", "exception"))
    check_takes("on_retry", on_retry, ("retry_count", "error"))
    for hook in hooks:
        check_takes("hooks", hook, ("event",))


def check_max_retries(given: Any, kind: type[BaseRetrying]) -> None:
    """Raise unless the value is a count, a tenacity object for this kind of client, or None.

    Raises:
        UsageError: Names the value.
    """
    if not isinstance(given, BaseRetrying):
        if given is not None:
            check_count("max_retries", given)
    elif not isinstance(given, kind):
        raise UsageError(
            f"max_retries is a tenacity.{type(given).__name__}, but the client is "
            f"{'async' if kind is AsyncRetrying else 'sync'}: pass a tenacity.{kind.__name__}."
        )


@dataclass(slots=True)
class Retries(Generic[R]):
    """The retry settings of one call, from its keywords, its `retry_config`, and those of `patch`.

    Attributes:
        base: The tenacity object that controls retries of invalid answers.
        budget: The maximum number of these retries; None leaves it to `base`.
        config: Waits, retries of server errors and `on_retry`.
        deadline: Seconds for the whole call; None for no limit.
    """

    base: R
    budget: int | None
    config: RetryConfig
    deadline: float | None


def retries_of(ours: Mapping[str, Any], settings: Settings, kind: type[R]) -> Retries[R]:
    """The retries of one call.

    Raises:
        UsageError: An argument is invalid.
    """
    own: RetryConfig | None = ours.get("retry_config")
    config = settings.retry_config if own is None else own
    check_config(config)
    most, deadline = ours.get("max_retries"), ours.get("deadline")
    check_max_retries(most, kind)
    check_seconds("deadline", deadline)
    if most is None and (own is None or not own.states_max_retries):
        most = settings.max_retries
    if deadline is None and own is not None:
        deadline = own.deadline
    if deadline is None:
        deadline = settings.deadline
    if deadline is None:
        deadline = config.deadline
    if isinstance(most, BaseRetrying):
        return Retries(cast("R", most), None, config, allowed(deadline))
    base = cast("R", _own_base(config.wait, kind))
    return Retries(base, config.max_retries if most is None else most, config, allowed(deadline))


@functools.lru_cache(maxsize=64)
def _own_base(wait: Any, kind: Any) -> Any:
    return kind(wait=wait, reraise=True)
