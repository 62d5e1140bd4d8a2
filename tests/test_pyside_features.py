"""What PySide6 does with the modules that are imported beside it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
COUNT_SOURCES = """
import linecache
from app.pyside_features import leave_sources_unread
leave_sources_unread()
before = len(linecache.cache)
import app.core.message, csv, sqlite3
print(len(linecache.cache) - before)
"""


def test_no_source_is_kept_in_memory() -> None:
    done = subprocess.run(
        [sys.executable, "-c", COUNT_SOURCES],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(done.stdout) == 0
