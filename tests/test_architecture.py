"""The structure, held to what the design says of it: layers by reading imports, names against reality."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import instructor_ollama
from instructor_ollama import errors, events

PACKAGE = Path(instructor_ollama.__file__).parent


def modules() -> dict[str, Path]:
    return {str(path.relative_to(PACKAGE).with_suffix("")): path for path in sorted(PACKAGE.rglob("*.py"))}


# package or module: (our packages it may import, libraries it may import beside the standard library)
LAYERS: dict[str, tuple[set[str], set[str]]] = {
    "events": (set(), {"pydantic_core", "typing_extensions"}),
    "errors": ({"events"}, {"typing_extensions"}),  # both for types only
    "retry": ({"errors"}, {"tenacity"}),
    "_schema": ({"errors"}, {"pydantic", "pydantic_core"}),
    "_server": ({"errors"}, set()),
    "_prompt": ({"_schema", "errors"}, {"pydantic", "pydantic_core"}),
    "_reply": ({"_schema", "errors", "events"}, {"jiter", "pydantic", "pydantic_core"}),
    "_clients": (
        {"_reply", "_server", "errors", "events"},
        {"ollama", "openai", "pydantic"},
    ),
    "_call": (
        {"_clients", "_prompt", "_reply", "_schema", "_server", "errors", "events", "retry"},
        {"pydantic", "tenacity"},
    ),
    "_patching": (
        {"_call", "_clients", "_prompt", "_schema", "errors", "events", "retry"},
        {"ollama", "openai", "pydantic", "tenacity", "typing_extensions"},  # the clients for types only
    ),
    "__init__": ({"_patching", "errors", "events", "retry"}, set()),
    "__main__": ({"cli"}, set()),
}
# module of `_call` and `_clients`: packages of ours that it, unlike its neighbours, may not import
NARROWER: dict[str, set[str]] = {
    "_call/exchange": {"retry"},
    "_call/sender": {"_prompt", "_schema", "retry"},
    "_call/context_guard": {"_prompt", "_schema", "_server", "retry"},
    "_call/truncation": {"_clients", "_prompt", "_reply", "_schema", "_server", "errors", "events", "retry"},
    "_call/token_bounds": {"_clients", "_prompt", "_reply", "_schema", "_server", "errors", "events", "retry"},
    "_call/retrying": {"_prompt", "_reply", "_schema", "events"},
    "_call/driver": {"_prompt", "_reply", "_schema", "_server", "events", "retry"},
    "_clients/adapter": {"_server", "events"},
}
PUBLIC_ONLY = ("cli", "embedded", "testing")
# The one private import of these: what a version refuses is a table of data that a stand-in for a server must not have
# a copy of, and that imports nothing of ours.
TABLES = {"testing/_checks": {"_schema"}}
PUBLIC = {"", "errors", "events", "retry", "embedded", "cli", "testing", *instructor_ollama.__all__}


def imports(name: str, path: Path, *, at_run_time: bool = False) -> tuple[set[str], set[str]]:
    """Our own modules and the libraries that a module imports."""
    tree = ast.parse(path.read_text())
    skipped = {
        id(child)
        for node in ast.walk(tree)
        if at_run_time and isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for child in ast.walk(node)
    }
    ours: set[str] = set()
    others: set[str] = set()
    depth = name.count("/")
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            found = [(0, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found = [(node.level, node.module)]
        elif isinstance(node, ast.ImportFrom):
            found = [(node.level, alias.name) for alias in node.names]
        else:
            continue
        for level, module in found:
            top = module.split(".")[0]
            if level > depth or top == "instructor_ollama":
                ours.add(module.removeprefix("instructor_ollama").strip(".").split(".")[0])
            elif level == 0 and top not in sys.stdlib_module_names:
                others.add(top)
            elif level:
                ours.add(name.split("/")[0])
    return ours, others


@pytest.mark.parametrize("name", modules())
def test_each_module_imports_only_what_its_layer_may(name):
    ours, others = imports(name, modules()[name])
    if name.startswith(PUBLIC_ONLY):
        assert ours <= PUBLIC | TABLES.get(name, set()), f"{name} may use the public API only"
        return
    package = name.split("/")[0]
    assert package in LAYERS, f"{package} has no layer: give it one"
    may_ours, may_others = LAYERS[package]
    assert (ours - may_ours - {package}, others - may_others) == (set(), set())
    assert ours.isdisjoint(NARROWER.get(name, set()))


def test_the_table_that_others_import_imports_nothing_of_ours():
    assert imports("_schema/converters", modules()["_schema/converters"]) == (set(), set())
    assert re.findall(r"from \.\._\w+.*", modules()["testing/_checks"].read_text()) == [
        "from .._schema import converters"
    ]


def test_the_layers_have_no_circle():
    order: list[str] = []
    while len(order) < len(LAYERS):
        free = [one for one in LAYERS if one not in order and LAYERS[one][0] <= {*order, *PUBLIC_ONLY}]
        assert free, f"a circle among {sorted(LAYERS.keys() - set(order))}"
        order += free


def test_the_modules_of_a_package_have_no_circle():
    for package in LAYERS:
        inside = {name: neighbours(name) for name in modules() if name.startswith(f"{package}/")}
        settled: set[str] = set()
        while settled < inside.keys():
            free = {name for name, needs in inside.items() if name not in settled and needs <= settled}
            assert free, f"a circle among {sorted(inside.keys() - settled)}"
            settled |= free


def neighbours(name: str) -> set[str]:
    """The modules of the same package that a module imports when the program runs."""
    found: set[str] = set()
    tree = ast.parse(modules()[name].read_text())
    for node in tree.body:
        if not isinstance(node, ast.ImportFrom) or not node.level:
            continue
        base = name.split("/")[: -node.level]
        steps = [*base, *(node.module or "").split(".")] if node.module else base
        for module in ("/".join(steps), *("/".join([*steps, alias.name]) for alias in node.names)):
            for path in (module, f"{module}/__init__"):
                if path in modules() and path != name and path.split("/")[0] == name.split("/")[0]:
                    found.add(path)
    return found


@pytest.mark.parametrize("name", [name for name in modules() if not name.startswith(PUBLIC_ONLY)])
def test_no_import_hides_in_a_function(name):
    tree = ast.parse(modules()[name].read_text())
    functions = [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    hidden = [one for node in functions for one in ast.walk(node) if isinstance(one, (ast.Import, ast.ImportFrom))]
    assert not hidden


def test_tenacity_and_openai_live_behind_their_modules():
    users: dict[str, set[str]] = {"tenacity": set(), "openai": set(), "ollama": set()}
    for name, path in modules().items():
        for library in imports(name, path, at_run_time=True)[1] & users.keys():
            users[library].add(name)
    assert users["tenacity"] <= {"retry", "_call/retrying", "_patching/methods", "_patching/settings"}
    assert users["openai"] <= {"_clients/openai", "_patching/client_keywords", "cli/demo", "cli/doctor"}
    assert users["ollama"] <= {"_clients/ollama", "_patching/client_keywords"}


@pytest.mark.parametrize("name", modules())
def test_each_module_begins_with_what_lives_there(name):
    document = ast.get_docstring(ast.parse(modules()[name].read_text()))
    assert document
    assert len(document.splitlines()[0]) > 20


def test_the_package_is_lazy():
    code = (
        "import sys, instructor_ollama; "
        "print([name for name in ('openai', 'tenacity', 'pydantic', 'httpx', 'ollama') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_facade_is_what_is_there():
    assert instructor_ollama.__all__ == sorted(instructor_ollama.__all__)
    assert dir(instructor_ollama) == instructor_ollama.__all__
    for name in instructor_ollama.__all__:
        assert getattr(instructor_ollama, name) is not None
    assert re.fullmatch(r"\d+\.\d+\.\d+.*", instructor_ollama.__version__)
    with pytest.raises(AttributeError, match="nothing"):
        instructor_ollama.nothing


@pytest.mark.parametrize("module", [errors, events], ids=lambda module: module.__name__)
def test_every_public_name_of_a_module_is_exported(module):
    public = {
        name
        for name, value in vars(module).items()
        if inspect.isclass(value) and value.__module__ == module.__name__ and not name.startswith("_")
    }
    assert public <= set(module.__all__)
    assert module.__all__ == sorted(module.__all__)


def test_the_error_tree_in_the_docstring_is_the_tree():
    drawn: dict[str, tuple[str | None, str | None]] = {}
    stack: list[str] = []
    for line in errors.__doc__.splitlines():
        match = re.match(r"([│ ├└─]*)(\w+(?:Error))(?: \((\w+)\))?$", line)
        if match is None:
            continue
        depth = len(match[1]) // 3
        del stack[depth:]
        drawn[match[2]] = (stack[-1] if stack else None, match[3])
        stack.append(match[2])
    real = {
        name: (
            next((base.__name__ for base in value.__bases__ if base.__module__ == errors.__name__), None),
            next(
                (base.__name__ for base in value.__bases__ if base.__module__ == "builtins" and base is not Exception),
                None,
            ),
        )
        for name, value in vars(errors).items()
        if inspect.isclass(value) and issubclass(value, errors.InstructorOllamaError) and name == value.__name__
    }
    assert drawn == real


def test_any_error_is_short():
    for name in errors.__all__:
        kind = getattr(errors, name)
        if issubclass(kind, errors.DeadlineExceededError):
            assert len(str(kind("x" * 9999, deadline=1))) < 2000
        elif issubclass(kind, errors.InstructorOllamaError):
            assert len(str(kind("x" * 9999))) < 2000
