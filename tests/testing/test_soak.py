"""The soak in small: every call ends in its own result or error, and nothing is left behind."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="counts sockets and memory in /proc")
def test_every_call_ends_as_it_has_to():
    command = [
        sys.executable,
        "-W",
        "error",
        "-m",
        "benchmarks.soak",
        "--calls",
        "420",
        "--at-once",
        "50",
        "--every",
        "5",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "     0 ended otherwise than they had to" in done.stdout
    assert "left behind: 0 sockets, 0 connections" in done.stdout
