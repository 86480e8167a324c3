"""Tracers that wrap an openai client, before and after `patch`, sync and async: what works, and how often is it asked?

    pip install openai langfuse logfire langsmith braintrust openinference-instrumentation-openai sentry-sdk
    python -m benchmarks.wrappers                  the table of those that are installed; exits 1 while a cell fails

In an environment of its own: the packages come with many others, and each patches openai for the whole process, so each
cell runs in a process of its own. Nothing is sent anywhere: the tracers have no server, and the Ollama is a fake.
"""

from __future__ import annotations

import asyncio
import importlib.metadata
import json
import os
import subprocess
import sys
import warnings

WRAPPERS = {
    "langfuse": "langfuse",
    "logfire": "logfire",
    "langsmith": "langsmith",
    "braintrust": "braintrust",
    "openinference": "openinference-instrumentation-openai",
    "sentry": "sentry-sdk",
}
"""The package of each wrapper."""

CALLS = ("value", "plain", "stream", "raw", "invalid", "busy")
NOWHERE = "http://127.0.0.1:9"
ENVIRONMENT = {
    "LANGFUSE_PUBLIC_KEY": "pk", "LANGFUSE_SECRET_KEY": "sk", "LANGFUSE_HOST": NOWHERE, "LANGFUSE_BASE_URL": NOWHERE,
    "LANGSMITH_TRACING": "true", "LANGSMITH_API_KEY": "x", "LANGSMITH_ENDPOINT": NOWHERE,
    "BRAINTRUST_API_KEY": "x", "BRAINTRUST_API_URL": NOWHERE, "BRAINTRUST_APP_URL": NOWHERE,
    "LOGFIRE_SEND_TO_LOGFIRE": "false",
}  # fmt: skip


def wrap(name: str, client: object) -> object:
    """The client as the package's own documentation wraps it; None wraps for the whole process."""
    if name == "langfuse":
        import langfuse.openai  # noqa: F401 (wraps by being imported)
    elif name == "logfire":
        import logfire

        logfire.configure(send_to_logfire=False, console=False, inspect_arguments=False)
        logfire.instrument_openai(client)
    elif name == "langsmith":
        from langsmith.wrappers import wrap_openai

        return wrap_openai(client)
    elif name == "braintrust":
        import braintrust

        return braintrust.wrap_openai(client)
    elif name == "openinference":
        from openinference.instrumentation.openai import OpenAIInstrumentor
        from opentelemetry.sdk.trace import TracerProvider

        OpenAIInstrumentor().instrument(tracer_provider=TracerProvider())
    elif name == "sentry":
        import sentry_sdk
        from sentry_sdk.integrations.openai import OpenAIIntegration

        sentry_sdk.init(dsn="http://key@127.0.0.1:9/1", traces_sample_rate=1.0, integrations=[OpenAIIntegration()])
    return client


def cell(name: str, order: str, kind: str) -> dict[str, str]:
    """What each kind of call ends in: "ok", or what was seen."""
    import openai
    import tenacity
    from pydantic import BaseModel

    from instructor_ollama import RetryConfig, patch
    from instructor_ollama import errors as errors
    from instructor_ollama.testing import FakeOllama, Raw

    class User(BaseModel):
        name: str
        age: int

    config = RetryConfig(max_retries=1, transient_wait=tenacity.wait_none())
    right, messages = '{"name": "Jason", "age": 25}', [{"role": "user", "content": "Jason is 25"}]
    seen: dict[str, str] = {}
    with FakeOllama(strict=False) as fake:
        made: object = (openai.AsyncOpenAI if kind == "async" else openai.OpenAI)(base_url=fake.base_url, api_key="x")
        if order == "bare":
            client: object = wrap(name, made)
        elif order == "before":
            client = patch(wrap(name, made), retry_config=config)
        else:
            client = wrap(name, patch(made, retry_config=config))
        completions = client.chat.completions

        async def called(method: object, **more: object) -> object:
            result = method(model="m", messages=messages, **more)
            return await result if kind == "async" else result

        async def check(call: str) -> str:
            fake.answers, fake.requests = right, []
            if call == "value":
                value = await called(completions.create, response_model=User)
                if type(value) is not User and isinstance(value, User):
                    return "a proxy"  # the wrapper's own, around what our method has returned
                return str(value == User(name="Jason", age=25))
            if call == "plain":
                return str((await called(completions.create)).choices[0].message.content == right)
            if call == "stream":
                stream = await called(completions.create, stream=True)
                chunks = [one async for one in stream] if kind == "async" else list(stream)
                return str("".join(one.choices[0].delta.content or "" for one in chunks if one.choices) == right)
            if call == "raw":
                raw = await called(completions.with_raw_response.create)
                return str(raw.parse().choices[0].message.content == right)
            if call == "invalid":
                fake.answers = ['{"name": "Jason"}', right]
                value = await called(completions.create, response_model=User)
                return str(value.age == 25 and len(fake.requests) == 2)
            fake.answers = Raw(503, {"error": "server busy"})
            try:
                await called(completions.create, response_model=User)
            except errors.ServerBusyError:
                return str(len(fake.requests) == 4) if len(fake.requests) == 4 else f"{len(fake.requests)} requests"
            return "no error"

        async def main() -> None:
            for call in CALLS:
                if order == "bare" and call in ("value", "invalid", "busy"):
                    continue
                try:
                    found = await asyncio.wait_for(check(call), 30)
                except Exception as error:
                    found = f"{type(error).__name__}: {error}"[:60]
                seen[call] = {"True": "ok", "False": "another value"}.get(found, found)

        asyncio.run(main())
    return seen


def main() -> int:
    """Run each cell in its own process and print the table."""
    print("| wrapper | order | client | " + " | ".join(CALLS) + " |")
    print("|---|---|---|" + "---|" * len(CALLS))
    failed = 0
    for name, package in WRAPPERS.items():
        try:
            version = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            print(f"{package} is not installed", file=sys.stderr)
            continue
        for order in ("bare", "before", "after"):
            for kind in ("sync", "async"):
                command = [sys.executable, "-m", "benchmarks.wrappers", "cell", name, order, kind]
                done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **ENVIRONMENT})
                lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
                seen = json.loads(lines[-1]) if lines else {}
                failed += not lines or any(value not in ("ok", "a proxy") for value in seen.values())
                why = done.stderr.strip().splitlines()[-1:] if not lines else []
                cells = [seen.get(call, "-" if lines else "failed") for call in CALLS]
                print("|", " | ".join([f"{package} {version}", order, kind, *cells]), "|", *why, flush=True)
    return int(failed > 0)


if __name__ == "__main__":
    if sys.argv[1:2] == ["cell"]:
        warnings.simplefilter("ignore")
        print(json.dumps(cell(*sys.argv[2:])), flush=True)
        os._exit(0)  # exporters without a server would hold the process up
    sys.exit(main())
