"""The addresses in the package's metadata, for a build in a clone: `[project.urls]`, and absolute links in the README.

A package index shows the README away from its files, where relative links lead nowhere. The address of the repository
is that of the clone's `origin`, and a source distribution keeps it. Elsewhere there is none, and links stay as they
are.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

_REMOTE = re.compile(
    r"(?:https://|ssh://|git@)(?:[^@/]*@)?(github\.com|gitlab\.com)[:/]([\w.-]+/[\w.-]+?)(?:\.git)?/?$"
)
_LINK = re.compile(r"\]\((?![a-z]+:|#)([^)]+)\)")


class Addresses(MetadataHookInterface):
    """Called by hatchling for `dynamic = ["readme", "urls"]`."""

    PLUGIN_NAME = "custom"

    def update(self, metadata: dict[str, Any]) -> None:
        """Write readme and urls."""
        root = Path(self.root)
        address = repository(root)
        text = (root / "README.md").read_text(encoding="utf-8")
        metadata["readme"] = {"content-type": "text/markdown", "text": with_absolute_links(text, address)}
        metadata["urls"] = urls(address)


def repository(root: Path) -> str:
    """The address of the repository on a public host, such as "https://github.com/owner/name"; empty where unknown."""
    if not (root / ".git").exists():
        return ""
    command = ["git", "-C", str(root), "remote", "get-url", "origin"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)  # noqa: S603
    except OSError:
        return ""
    remote = _REMOTE.match(done.stdout.strip())
    return f"https://{remote[1]}/{remote[2]}" if remote else ""


def with_absolute_links(text: str, address: str) -> str:
    """A Markdown text whose links to files lead to the repository."""
    return _LINK.sub(rf"]({address}/blob/HEAD/\1)", text) if address else text


def urls(address: str) -> dict[str, str]:
    """`[project.urls]`; the first is the repository's own."""
    pages = {"Documentation": "docs/how-to.md", "Changelog": "CHANGELOG.md"}
    blobs = {name: f"{address}/blob/HEAD/{page}" for name, page in pages.items()}
    return {"Source": address, **blobs, "Issues": f"{address}/issues"} if address else {}
