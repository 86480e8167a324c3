"""A real engine without Ollama: llama.cpp's server from the `xllamacpp` wheel, and a tiny model to run in it.

    with embedded.Server() as server:
        client = patch(OpenAI(base_url=server.base_url, api_key="ollama"))
        client.chat.completions.create(model=server.model, response_model=User, messages=...)

The demo model is for demonstrations and tests. It copies names, numbers and dates from short English texts into
JSON and corrects rejected answers; it can do nothing else. `training/QUALITY.md` lists its quality.
"""

from __future__ import annotations

from ._demo import DEMO_MODEL, create_demo, demo_modelfile
from ._server import Server

__all__ = ["DEMO_MODEL", "Server", "create_demo", "demo_modelfile"]
