"""The addresses that a build writes into the package's metadata (`hatch_build.py`)."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest
from hatchling.builders.sdist import SdistBuilder
from hatchling.metadata.core import ProjectMetadata
from hatchling.plugin.manager import PluginManager

ROOT = Path(__file__).parents[2]
FILES = ("pyproject.toml", "README.md", "LICENSE", "hatch_build.py")

spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
hatch_build = importlib.util.module_from_spec(spec)
spec.loader.exec_module(hatch_build)

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="no git here")


@pytest.fixture
def checkout(tmp_path):
    """The files that metadata are made of, in a folder of their own."""
    for name in FILES:
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def cloned(folder, origin):
    for command in (["init", "--quiet"], ["remote", "add", "origin", origin]):
        subprocess.run(["git", "-C", str(folder), *command], check=True)


def metadata_of(folder):
    return ProjectMetadata(str(folder), PluginManager()).core


@needs_git
@pytest.mark.parametrize(
    ("origin", "address"),
    [
        ("git@github.com:owner/name.git", "https://github.com/owner/name"),
        ("https://github.com/owner/name", "https://github.com/owner/name"),
        ("https://github.com/owner/name.git/", "https://github.com/owner/name"),
        ("https://user:secret@github.com/owner/na.me.git", "https://github.com/owner/na.me"),
        ("ssh://git@gitlab.com/owner/name.git", "https://gitlab.com/owner/name"),
        ("https://git.example/owner/name", ""),
        ("https://github.com.example/owner/name", ""),
        ("/srv/git/name.git", ""),
    ],
)
def test_the_repository_is_where_the_clone_comes_from(origin, address, tmp_path):
    cloned(tmp_path, origin)
    assert hatch_build.repository(tmp_path) == address


@needs_git
def test_a_clone_has_addresses_and_no_relative_links(checkout):
    cloned(checkout, "git@github.com:owner/name.git")
    core = metadata_of(checkout)
    assert core.urls["Source"] == "https://github.com/owner/name"
    links = [link for link in re.findall(r"\]\(([^)]+)\)", core.readme) if not link.startswith("#")]
    assert "https://github.com/owner/name/blob/HEAD/docs/how-to.md#use-async-clients" in links
    assert [link for link in links if not link.startswith("https://")] == []


def test_elsewhere_there_are_none(checkout):
    core = metadata_of(checkout)
    assert core.urls == {}
    assert core.readme == (ROOT / "README.md").read_text()
    assert core.readme_content_type == "text/markdown"


@needs_git
def test_a_source_distribution_keeps_them(checkout, tmp_path_factory):
    cloned(checkout, "git@github.com:owner/name.git")
    folder = tmp_path_factory.mktemp("unpacked")
    (made,) = SdistBuilder(str(checkout)).build(directory=str(folder), versions=["standard"])
    with tarfile.open(made) as archive:
        archive.extractall(folder, filter="data")
    (unpacked,) = (path for path in folder.iterdir() if path.is_dir())
    core = metadata_of(unpacked)
    assert core.urls["Source"] == "https://github.com/owner/name"
    assert "](docs/" not in core.readme
