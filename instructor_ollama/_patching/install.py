"""Puts the methods on a client's resources, and takes them off again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._clients import MARK, Replacement, binding_of
from .._clients.signature import described
from .methods import METHODS, AsyncPatchedMethods, PatchedMethods
from .settings import UNSET

if TYPE_CHECKING:
    from .._clients import Binding
    from .settings import Settings

VIEWS = ("with_raw_response", "with_streaming_response")
"""What openai keeps once it is asked for, with the method as it was then."""


def install(binding: Binding, settings: Settings) -> None:
    """Put the methods on the client; the last step of `patch`."""
    methods = (AsyncPatchedMethods if binding.is_async else PatchedMethods)(binding, settings)

    def patch_copy(made: Any) -> Any:
        again = binding_of(made)
        if methods_of(again) is None:
            install(again, methods.settings)
        return made

    replacements = [
        *binding.replacements(patch_copy),
        Replacement(binding.owner, MARK, methods),
        Replacement(binding.owner, binding.method, described(methods.create, binding)),
        *(Replacement(binding.owner, name, getattr(methods, name)) for name in METHODS),
    ]
    for owner, name, value in replacements:
        there = _attributes(owner)
        methods.replaced.append(Replacement(owner, name, there.get(name, UNSET)))
        there[name] = value
    there = _attributes(binding.owner)
    methods.replaced += [Replacement(binding.owner, name, there.pop(name, UNSET)) for name in VIEWS]


def methods_of(binding: Binding) -> PatchedMethods | None:
    """The methods of a patched client."""
    return _attributes(binding.owner).get(MARK)


def uninstall(methods: PatchedMethods) -> None:
    """Give the client back what it had before `install`."""
    for owner, name, value in methods.replaced:
        _attributes(owner).pop(name, None)
        if value is not UNSET:
            _attributes(owner)[name] = value


def _attributes(value: object) -> dict[str, Any]:
    """An object's own attributes, to be changed in place."""
    return vars(value)
