"""The examples in the docstrings of the schema package are true, and each public function has one."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil
from types import ModuleType

import pytest

from instructor_ollama import _schema

MODULES = [
    importlib.import_module(found.name) for found in pkgutil.walk_packages(_schema.__path__, f"{_schema.__name__}.")
]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.removeprefix(f"{_schema.__name__}."))
def test_examples(module: ModuleType) -> None:
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.removeprefix(f"{_schema.__name__}."))
def test_each_public_function_has_an_example(module: ModuleType) -> None:
    functions = inspect.getmembers(module, inspect.isfunction)
    own = [one for name, one in functions if not name.startswith("_") and one.__module__ == module.__name__]
    assert [one.__name__ for one in own if ">>>" not in (one.__doc__ or "")] == []
