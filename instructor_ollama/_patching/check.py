"""`check`: a health check of a client, its server and a model, with one small extraction."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast, overload

from pydantic import BaseModel

from .._call.driver import adrive, drive
from .._clients import binding_of
from ..errors import EndpointNotFoundError, UsageError
from ..events import Usage
from ..retry import RetryConfig, check_seconds
from .ensure_context import asked
from .install import methods_of
from .methods import AsyncPatchedMethods, PatchedMethods
from .settings import Settings
from .tracebacks import is_known, shortened

if TYPE_CHECKING:
    from collections.abc import Coroutine, Generator

    import ollama
    import openai

    from .._clients import Binding
    from .._clients.adapter import Step
    from ..events import Extraction

SENTENCE = "Jason is 25 years old"
_EXPECTED = ("jason", 25)
_NO_MODEL = "Run `ollama pull llama3.2` (2.0 GB), or another one of https://ollama.com/library."


class User(BaseModel):  # no docstring: Pydantic would show it to the model
    name: str
    age: int


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The result of `check`.

    Attributes:
        works: Whether a valid and correct value was extracted.
        answers: Whether a valid value was extracted, even if incorrect: server and model work, but the model is too
        weak.
        problem: The problem and its fix; empty if `works`.
        model: The model that was used; None if there is none.
        value: The repr of the extracted value; None if there is none.
        attempts: Number of answers.
        usage: Tokens of all attempts.
        seconds: Duration of the check.
    """

    works: bool
    answers: bool
    problem: str
    model: str | None
    value: str | None
    attempts: int
    usage: Usage
    seconds: float


@overload
def check(
    client: openai.OpenAI | ollama.Client, model: str | None = None, *, deadline: float = 30.0
) -> CheckResult: ...
@overload
def check(
    client: openai.AsyncOpenAI | ollama.AsyncClient, model: str | None = None, *, deadline: float = 30.0
) -> Coroutine[Any, Any, CheckResult]: ...
@shortened
def check(client: Any, model: str | None = None, *, deadline: float = 30.0) -> Any:
    """Run one small extraction and report the result.

    Errors of the server, the connection or the model are reported and never raised. The hooks, the defaults and the
    validation hook of a patched client are not used.

    Args:
        client: Any client that can be patched, patched or not.
        model: The model to use; None selects the one given to `patch`, else a loaded one, else the smallest.
        deadline: Maximum seconds for the extraction, including loading the model.

    Returns:
        A `CheckResult`; awaitable for an async client.

    Raises:
        UnsupportedClientError: The client is not supported.
        UsageError: `model` is not a name, or `deadline` is not a number of seconds.
    """
    binding = binding_of(client)
    if model is not None and (not isinstance(cast("object", model), str) or not model):
        raise UsageError(f"model={model!r}: pass the name of an installed model, or None.")
    check_seconds("deadline", deadline)
    asking = _Asking(binding, model or _usual_model(binding), deadline)
    return _acheck(asking) if binding.is_async else _check(asking)


def _check(asking: _Asking) -> CheckResult:
    try:
        if asking.model is None:
            asking.model = drive(_installed_model(asking.binding))
        if asking.model is None:
            return asking.no_model()
        return asking.done(PatchedMethods(asking.binding, Settings()).extract(**asking.keywords()))
    except Exception as error:
        return asking.failed(error)


async def _acheck(asking: _Asking) -> CheckResult:
    try:
        if asking.model is None:
            asking.model = await adrive(_installed_model(asking.binding))
        if asking.model is None:
            return asking.no_model()
        return asking.done(await AsyncPatchedMethods(asking.binding, Settings()).extract(**asking.keywords()))
    except Exception as error:
        return asking.failed(error)


class _Asking:
    """One check: what is sent, and what follows from how it ended."""

    def __init__(self, binding: Binding, model: str | None, deadline: float) -> None:
        self.binding = binding
        self.model = model
        self._deadline = deadline
        self._started = time.monotonic()

    def keywords(self) -> dict[str, Any]:
        """Of `extract`."""
        return {
            "model": self.model,
            "messages": [{"role": "user", "content": SENTENCE}],
            "response_model": User,
            "max_retries": 1,
            "deadline": self._deadline,
            "retry_config": RetryConfig(transient_retries=1),
        }

    def done(self, extraction: Extraction[User]) -> CheckResult:
        """The result for a value that came."""
        value, attempts = extraction.value, len(extraction.attempts)
        is_right = (value.name.casefold(), value.age) == _EXPECTED
        problem = (
            ""
            if is_right
            else f"{self.model} responds, but the extracted value is incorrect: {value!r} from {SENTENCE!r}. "
            "Use a larger model."
        )
        return self._result(is_right, problem, repr(value), attempts, extraction.usage)

    def no_model(self) -> CheckResult:
        """The result where no model is installed that could be asked."""
        return self._result(False, f"no installed model supports chat. {_NO_MODEL}", None, 0, Usage())

    def failed(self, error: Exception) -> CheckResult:
        """The result for an error; a misuse, and one that is neither the library's nor the client's, is raised."""
        if isinstance(error, UsageError) or not is_known(error):
            raise error
        attempts: Any = getattr(error, "attempts", ())
        used = sum((attempt.usage for attempt in attempts), Usage())
        return self._result(False, str(error) or type(error).__name__, None, len(attempts), used)

    def _result(self, works: bool, problem: str, value: str | None, attempts: int, usage: Usage) -> CheckResult:
        seconds = time.monotonic() - self._started
        return CheckResult(works, value is not None, problem, self.model, value, attempts, usage, seconds)


def _usual_model(binding: Binding) -> str | None:
    """The model given to `patch`."""
    methods = methods_of(binding)
    return None if methods is None else methods.settings.model or methods.settings.defaults.get("model")


def _installed_model(binding: Binding) -> Generator[Step, Any, str | None]:
    """A loaded model, else the smallest that is installed and chats."""
    running = yield from _listed(binding, "/api/ps")
    installed = yield from _listed(binding, "/api/tags")
    able = [row for row in installed if "completion" in (row.get("capabilities") or ("completion",))]
    loaded = {row.get("name") for row in running}
    able.sort(key=lambda row: (row.get("name") not in loaded, bool(row.get("remote_host")), row.get("size") or 0))
    name: Any = able[0].get("name") if able else None
    return name if isinstance(name, str) else None


def _listed(binding: Binding, path: str) -> Generator[Step, Any, list[dict[str, Any]]]:
    """The models that a path of Ollama's own API lists.

    Raises:
        EndpointNotFoundError: What answers there is not Ollama.
    """
    try:
        answered: Any = yield from asked(binding, "GET", path)
    except TypeError:  # what ollama's clients make of JSON that is no object
        answered = None
    models: Any = cast("dict[str, Any]", answered).get("models", 0) if isinstance(answered, dict) else 0
    if not isinstance(models, list) and models is not None:
        raise EndpointNotFoundError(f"{path} did not return what Ollama returns: pass the name of the model to check.")
    return [row for row in cast("list[Any]", models or ()) if isinstance(row, dict)]
