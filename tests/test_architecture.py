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


PURE = {"errors"}
WIRE = {"_wire", "_wire_schema"}
READER = {
    "_answer",
    "_changes",
    "_echo",
    "_escapes",
    "_json_text",
    "_objects",
    "_place",
    "_plain_text",
    "_reply_scan",
    "_shape",
    "_spots",
    "_tolerant_json",
    "_words",
}
CORE = (
    {
        "_adapter",
        "_altered",
        "_connection_table",
        "_exchange",
        "_faults",
        "_guard",
        "_known",
        "_mode",
        "_narrowing",
        "_notation",
        "_outcome",
        "_prompts",
        "_reading",
        "_refused",
        "_rejection",
        "_secrets",
        "_stated",
        "_target",
        "_token_bounds",
        "_truncation",
        "_warnings",
        "errors",
        "events",
    }
    | WIRE
    | READER
)

# module: (our modules it may import, libraries it may import beside the standard library)
LAYERS: dict[str, tuple[set[str], set[str]]] = {
    "__init__": ({"errors", "events", "_context", "_instructor", "_mode", "_patch", "_types", "retry"}, set()),
    "errors": ({"_instructor_names", "_portable", "events"}, {"typing_extensions"}),  # the last for types only
    "_instructor_names": ({"events"}, set()),  # for types only
    "_unavailable": (set(), set()),
    "_templates": ({"_prompts", "_warnings", "errors"}, set()),
    "events": ({"errors"}, {"pydantic_core", "typing_extensions"}),
    "_portable": (set(), set()),
    "_mode": ({"errors"}, set()),
    "retry": ({"_unknown", "errors", "events"}, {"tenacity"}),
    "_wire_schema": (WIRE, {"pydantic", "pydantic_core"}),
    **{name: ({"_wire"}, {"pydantic", "pydantic_core"}) for name in modules() if name.startswith("_wire/")},
    **dict.fromkeys(READER, (READER | PURE, {"jiter"})),
    "_deep": (set(), set()),
    "_refused": ({"errors"}, {"pydantic"}),
    "_target": ({"_deep", "_refused", "_shape", "_wire_schema", "errors"}, {"pydantic", "pydantic_core"}),
    "_narrowing": (set(), set()),
    "_notation": ({"_narrowing"}, set()),
    "_prompts": ({"_notation", "_shape", "_target", "errors"}, {"pydantic", "pydantic_core"}),
    "_fault_table": ({"errors"}, set()),
    "_connection_table": (set(), set()),
    "_adapter": ({"_reading", "errors"}, set()),
    "_guard": ({"_adapter", "_known", "_reading", "_truncation", "_warnings", "errors", "events"}, set()),
    "_known": ({"_token_bounds"}, set()),
    "_token_bounds": (set(), set()),
    "_truncation": ({"_known", "_token_bounds"}, set()),
    "_warnings": (set(), set()),
    "_outcome": ({"_prompts", "_reading", "_reply_scan", "_secrets", "_target", "errors", "events"}, set()),
    "_secrets": ({"_target"}, {"pydantic", "pydantic_core"}),
    "_rejection": (
        {"_answer", "_json_text", "_reply_scan", "_shape", "_target", "errors"},
        {"pydantic", "pydantic_core"},
    ),
    "_reading": (
        {"_altered", "_answer", "_rejection", "_repetition", "_reply_scan", "_secrets", "_target", "errors", "events"},
        {"pydantic", "pydantic_core"},
    ),
    "_repetition": (set(), set()),
    "_altered": (set(), set()),
    "_stated": ({"_wire"}, {"pydantic"}),
    "_faults": ({"_connection_table", "_fault_table", "errors"}, set()),
    "_exchange": (CORE - {"_exchange"}, {"pydantic", "pydantic_core"}),
    "_abandon": (set(), set()),
    "_retrying": ({"_abandon", "_adapter", "_exchange", "errors", "retry"}, {"tenacity"}),
    "_settings": ({"_keywords", "_prompts", "errors", "events", "retry"}, {"tenacity"}),
    "_keywords": ({"_prompts", "events", "retry"}, {"tenacity", "typing_extensions"}),  # all but the last for types
    "_unknown": ({"_unavailable", "errors"}, set()),
    "_clients/__init__": ({"_adapter", "errors"}, set()),
    "_clients/_translate": ({"_altered", "_portable", "errors"}, set()),
    "_clients/_connection": ({"_adapter", "_faults", "errors"}, set()),
    "_clients/_content": ({"errors"}, set()),
    "_clients/_ignored": ({"_warnings", "errors"}, set()),
    "_clients/_own": ({"_clients"}, set()),
    "_clients/_signature": ({"_clients", "errors"}, set()),
    "_clients/openai": (
        {"_adapter", "_clients", "_faults", "_reading", "_warnings", "errors", "events"},
        {"openai"},
    ),
    "_clients/ollama": ({"_adapter", "_clients", "_faults", "_reading", "errors", "events"}, {"ollama", "pydantic"}),
    "_client_keywords": ({"_keywords"}, {"openai", "ollama", "typing_extensions"}),  # this and the next: types only
    **dict.fromkeys(
        ("_ollama_types", "_openai_types"), ({"_client_keywords", "events"}, {"openai", "ollama", "typing_extensions"})
    ),
    "_types": ({"_clients", "_ollama_types", "_openai_types", "errors"}, set()),
    "_patch": (
        CORE | {"_clients", "_keywords", "_retrying", "_settings", "_templates", "_types", "_unknown", "retry"},
        {"tenacity", "ollama", "openai", "typing_extensions"},  # the last three for types only
    ),
    "_context": ({"_adapter", "_clients", "_retrying", "errors"}, {"openai", "ollama"}),  # the clients for types only
    "_instructor": (
        {
            *("_client_keywords", "_clients", "_instructor_hooks", "_keywords", "_mode", "_openai_types", "_patch"),
            *("_settings", "_unknown", "errors"),
        },
        {"openai", "typing_extensions"},
    ),
    "_instructor_hooks": ({"_settings", "errors", "events"}, set()),
    "__main__": ({"cli"}, set()),
}
PUBLIC_ONLY = ("cli", "embedded", "testing")
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
        assert ours <= PUBLIC, f"{name} may use the public API only"
        return
    assert name in LAYERS, f"{name} has no layer: give it one"
    may_ours, may_others = LAYERS[name]
    assert (ours - may_ours, others - may_others) == (set(), set())


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
    assert users["tenacity"] <= {"retry", "_retrying", "_patch", "_settings"}
    assert users["openai"] <= {"_clients/openai", "_client_keywords", "cli/demo", "cli/doctor"}
    assert users["ollama"] <= {"_clients/ollama", "_client_keywords"}


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
