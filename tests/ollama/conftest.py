"""Real Ollama servers for the tests of this folder: one of each executable that is there, with the random model in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit.random_model import write_random_model
from tests.kit.sampling import MODEL, PARAMETERS
from tests.kit.servers import WHY_NONE, OllamaServer, executables, version_of


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "ollama_server" in metafunc.fixturenames:
        found = executables()
        servers = [pytest.param(path, id=f"ollama-{version_of(path)}") for path in found]
        skipped = [pytest.param("", id="no-ollama", marks=pytest.mark.skip(reason=WHY_NONE))]
        metafunc.parametrize("ollama_server", servers or skipped, indirect=True, scope="session")


@pytest.fixture(scope="session")
def ollama_server(request: pytest.FixtureRequest) -> Iterator[OllamaServer]:
    """A running server; tests that stop or kill it start one of their own."""
    with OllamaServer(request.param) as server:
        yield server


@pytest.fixture(scope="session")
def random_gguf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_random_model(tmp_path_factory.mktemp("random") / "random.gguf")


@pytest.fixture(scope="session")
def random_model(ollama_server: OllamaServer, random_gguf: Path) -> str:
    """The name of the random model in `ollama_server`."""
    ollama_server.create(MODEL, random_gguf, parameters=PARAMETERS)
    return MODEL
