"""Names and keywords of instructor that this library does not have, each with its replacement.

Only used when an unknown name is requested. Knows no client and no other module.
"""

from __future__ import annotations

import inspect
import opcode
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_CLIENT = (
    'instructor_ollama works with Ollama: use from_openai(OpenAI(base_url="http://localhost:11434/v1", '
    'api_key="ollama"), model="llama3.1"), or AsyncOpenAI for async'
)
_CONTENT = (
    "images and files are content parts of a message, as openai has them: "
    '{"type": "image_url", "image_url": {"url": "data:image/png;base64,..."}}'
)
_PLAIN = "pass the type itself as response_model; no base class or decorator is needed"
_SCHEMA = "Pydantic's model_json_schema() is the schema of a model"
_BATCH = "Ollama has no batch API: call create for each document"
_FINETUNE = "Ollama does not train models; a hook (hooks=...) receives every request and answer"
_LLM_VALIDATOR = "write a validator that calls client.chat.completions.create(response_model=bool, ...)"
_STREAMING = "partial answers cannot be validated: use create(response_model=T), or list[T] for several items"
_ERRORS = "errors are in instructor_ollama.errors"
_HOOKS = 'client.on("completion:kwargs", handler) of from_openai takes the name as a string; hooks=... takes a function'
_RETRY = "use max_retries=, deadline= or retry_config=RetryConfig(...)"

NAMES: Mapping[str, str] = {
    "Audio": _CONTENT,
    "BatchJob": _BATCH,
    "BatchProcessor": _BATCH,
    "BatchRequest": _BATCH,
    "CitationMixin": "write a validator that looks for the quotation in info.context (see context=)",
    "FinetuneFormat": _FINETUNE,
    "HookName": _HOOKS,
    "Hooks": _HOOKS,
    "Image": _CONTENT,
    "Instructions": _FINETUNE,
    "InstructorRetryException": "it is instructor_ollama.errors.InstructorRetryException",
    "IterableModel": "use response_model=list[T]",
    "Maybe": "use response_model=T | None, or Optional[T]",
    "OpenAISchema": _PLAIN,
    "PDF": _CONTENT,
    "Partial": _STREAMING,
    "Provider": _CLIENT,
    "ResponseSchema": _PLAIN,
    "Validator": _LLM_VALIDATOR,
    "apatch": "use patch(AsyncOpenAI(...))",
    "batch": _BATCH,
    "cache": "cache answers yourself, for example with functools.lru_cache around a function that calls create",
    "core": _ERRORS,
    "disable_pydantic_error_url": "the model is never shown Pydantic's URLs",
    "distil": _FINETUNE,
    "dsl": _STREAMING,
    "exceptions": _ERRORS,
    "function_calls": "use instructor_ollama.Mode",
    "generate_anthropic_schema": _SCHEMA,
    "generate_gemini_schema": _SCHEMA,
    "generate_openai_schema": _SCHEMA,
    "handle_response_model": "use create(response_model=T)",
    "hooks": _HOOKS,
    "llm_validator": _LLM_VALIDATOR,
    "mode": "use instructor_ollama.Mode",
    "multimodal": _CONTENT,
    "openai_moderation": "Ollama has no moderation API: " + _LLM_VALIDATOR,
    "openai_schema": _PLAIN,
    "process_response": "use create(response_model=T)",
    "response_schema": _PLAIN,
    "templating": "context= is for validators; format the messages yourself, such as with an f-string",
    "v2": "every name is in instructor_ollama itself",
    "validation": _LLM_VALIDATOR,
}
"""Names of the package `instructor`, and what to use instead."""

ERRORS: Mapping[str, str] = {
    "AsyncValidationError": "use RetriesExhaustedError",
    "ClientError": "use UnsupportedClientError",
    "ConfigurationError": "use UsageError",
    "FailedAttempt": "use the attempts of an AnswerError, which are records of instructor_ollama.events.Attempt",
    "IncompleteOutputException": "use IncompleteAnswerError",
    "InstructorError": "use InstructorOllamaError, the base of every error of this library",
    "InstructorValidationError": "use RetriesExhaustedError",
    "ModeError": "use UnsupportedModeError",
    "MultimodalError": "use CapabilityError, which is raised for a model without image support",
    "ProviderError": "use OllamaError, the base of all server errors",
    "ResponseParsingError": "use RetriesExhaustedError; each of its attempts has the answer and its error",
    "TokenBudgetError": _RETRY,
    "TokenBudgetExceeded": _RETRY,
    "TokenUsageUnavailableError": _RETRY,
    "ValidationError": "use RetriesExhaustedError, whose __cause__ is Pydantic's ValidationError",
}
"""Names of `instructor.core.exceptions`, and what to use instead."""

KEYWORDS: Mapping[str, str] = {
    "async_client": "pass an AsyncOpenAI",
    "autodetect_images": _CONTENT,
    "cache": NAMES["cache"],
    "cache_namespace": NAMES["cache"],
    "cache_ttl": NAMES["cache"],
    "create": "pass the client itself",
    "provider": _CLIENT,
    "retry_if_parsing_fails": "an answer that is not JSON is always retried, within max_retries",
    "template_inputs": NAMES["templating"],
    "throw_error": "an error is always raised: catch instructor_ollama.errors.RetriesExhaustedError",
    "token_budget": "limit an answer with max_tokens=, the attempts with max_retries= and the call with deadline=",
}
"""Keywords of instructor's functions and calls, and what to use instead."""


def instead(name: str, table: Mapping[str, str]) -> str:
    """What to use for a name of instructor's; empty for any other name."""
    if name in table:
        return f"{name} is not available: {table[name]}."
    if table is NAMES and name.startswith("from_"):
        return f"{name} is not available: {_CLIENT}."
    return ""


def missing(module: str, name: str, table: Mapping[str, str]) -> Exception:
    """The error for a name that a module does not have; called by the `__getattr__` of that module.

    For `from module import name` Python replaces an `AttributeError` by a sentence of its own, so that statement is
    given an `ImportError`.

    Args:
        module: Name of the module.
        name: What was asked for.
        table: The names of instructor's that belong there.
    """
    message = instead(name, table)
    if not message:
        return AttributeError(f"module {module!r} has no attribute {name!r}")
    frame = inspect.currentframe()
    caller = frame.f_back.f_back if frame is not None and frame.f_back is not None else None
    if caller is not None and caller.f_code.co_code[caller.f_lasti] == opcode.opmap["IMPORT_FROM"]:
        return ImportError(message, name=module)
    return AttributeError(message)
