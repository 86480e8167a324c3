"""Each row of the table of schema converters on the server that it names, and what has no row: enforced."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from instructor_ollama._schema import converters
from tests.kit.converter_rows import CONSTRUCTS, ENFORCED, consequence, example_of, rows_of, write_models
from tests.kit.sampling import PARAMETERS
from tests.kit.servers import OllamaServer


@pytest.fixture(scope="module")
def server(ollama_server: OllamaServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OllamaServer]:
    """A server of its own, since it crashes."""
    folder: Path = tmp_path_factory.mktemp("converters")
    with OllamaServer(ollama_server.executable) as server:
        for name, gguf in write_models(folder).items():
            server.create(name, gguf, parameters=PARAMETERS)
        yield server


@pytest.mark.parametrize("construct", CONSTRUCTS)
def test_each_row_is_what_the_server_does(server: OllamaServer, construct: str) -> None:
    converter = converters.converter_of(tuple(map(int, server.version.split("."))))
    rows = rows_of(construct, converter)
    for row in rows:
        assert consequence(server, row, row.consequence) == row.consequence
    if not rows:
        assert consequence(server, example_of(construct), ENFORCED) == ENFORCED
