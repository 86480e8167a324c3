"""The signature of a patched method for `help` and `inspect`: the client's own and the library's keywords."""

from __future__ import annotations

import functools
import inspect
import types
from typing import TYPE_CHECKING, Any

from ..errors import UnsupportedFeatureError
from . import LIBRARIES

if TYPE_CHECKING:
    from collections.abc import Callable

    from . import Binding

_KEYWORDS = {
    "response_model": "TypeForm[T] | None",
    "max_retries": "int | Retrying | AsyncRetrying | None",
    "deadline": "float | None",
    "retry_config": "RetryConfig | None",
    "validation_hook": "Callable[..., Any] | None",
    "hooks": "Hook | Iterable[Hook] | None",
    "context": "Any",
    "strict": "bool | None",
}
"""Our keywords of `create`, all of which may be left out, with their types."""

_ADDED = """With `response_model`, a validated value of that type in place of the reply.

Args:
    response_model: The type to return: a Pydantic model, or anything that Pydantic validates.
    max_retries: Retries after an invalid answer, or a tenacity object; 3 by default.
    deadline: Seconds that the whole call may take; `timeout` bounds one request.
    retry_config: Waits, retries of server errors and `on_retry`, in place of the one given to `patch`.
    validation_hook: As in `patch`.
    hooks: Called with each event, after those given to `patch`.
    context: Handed to the validators of the type.
    strict: Pydantic's strict mode; None leaves it to the type.
"""


def described(method: Callable[..., Any], binding: Binding) -> Callable[..., Any]:
    """The bound method with the name, docstring and signature of the client's own, to which ours are added."""
    bound: Any = method
    owner: Any = binding.owner
    function = _described(bound.__func__, getattr(owner.__class__, binding.method))
    return types.MethodType(function, bound.__self__)


@functools.cache
def _described(ours: types.FunctionType, theirs: Callable[..., Any]) -> Any:
    """A copy of our function that describes itself as theirs does."""
    twin: Any = types.FunctionType(ours.__code__, ours.__globals__, ours.__name__, ours.__defaults__, ours.__closure__)
    twin.__kwdefaults__ = ours.__kwdefaults__
    for name in ("__module__", "__name__", "__qualname__"):
        setattr(twin, name, getattr(theirs, name))
    twin.__doc__ = "\n\n".join(filter(None, (inspect.getdoc(theirs), _ADDED)))
    twin.__signature__ = with_keywords(inspect.signature(theirs))
    return twin


def with_keywords(signature: inspect.Signature) -> inspect.Signature:
    """A signature with our keywords at its end."""
    parameters = list(signature.parameters.values())
    rest = [parameters.pop()] if parameters and parameters[-1].kind is inspect.Parameter.VAR_KEYWORD else []
    ours = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)
        for name, annotation in _KEYWORDS.items()
        if name not in signature.parameters
    ]
    return signature.replace(parameters=[*parameters, *ours, *rest])


def keywords_of(binding: Binding) -> frozenset[str] | None:
    """The keywords of the client's own method; None where a wrapper, or a method of a subclass, may take others."""
    owner: Any = binding.owner
    return None if binding.wrapper is not None else _keywords_of(getattr(owner.__class__, binding.method))


@functools.cache
def _keywords_of(method: Any) -> frozenset[str] | None:
    if type(method) is not types.FunctionType or method.__globals__["__name__"].partition(".")[0] not in LIBRARIES:
        return None  # an object that wraps the function says that it is one
    named = list(inspect.signature(method).parameters.values())[1:]
    if any(one.kind is inspect.Parameter.VAR_KEYWORD for one in named):
        return None
    return frozenset(one.name for one in named)


def refusing(own: Callable[..., Any], where: str, *, parallel: bool) -> Any:
    """A method of the client that refuses `response_model` by name and is the client's own otherwise.

    Args:
        own: The method.
        where: Its name as the user writes it.
        parallel: Whether its signature is to stay in step with `create`'s.

    Returns:
        The method, with `UnsupportedFeatureError` where it is given `response_model`.
    """
    message = (
        f"{where}(response_model=...) is not supported: use "
        "client.chat.completions.create(response_model=...), which returns the validated value."
    )

    @functools.wraps(own)
    async def awaited(*args: Any, **kwargs: Any) -> Any:
        if kwargs.get("response_model") is not None:
            __tracebackhide__ = _rich_traceback_omit = True
            raise UnsupportedFeatureError(message)
        return await own(*args, **kwargs)

    @functools.wraps(own)
    def called(*args: Any, **kwargs: Any) -> Any:
        if kwargs.get("response_model") is not None:
            __tracebackhide__ = _rich_traceback_omit = True
            raise UnsupportedFeatureError(message)
        return own(*args, **kwargs)

    method: Any = awaited if inspect.iscoroutinefunction(own) else called
    if parallel:
        method.__signature__ = with_keywords(inspect.signature(own))
    return method
