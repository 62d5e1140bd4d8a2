"""What the tests of finished programs share: demands, rows of a report, a look at the data.

Standard library only: the tests of a release run with whatever Python there is.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

QUESTION = "How do I change the reasoning level?"
ASK = ("--ask", QUESTION, "--reasoning", "low", "--greedy", "--json")
Row = dict[str, object]
Subject = TypeVar("Subject")  # what is checked: a program, a package in a system


class CheckError(Exception):
    """A check failed; the text says which of its demands does not hold."""


def demand(holds: bool, what: str) -> None:
    """Go on.

    Raises:
        CheckError: `what`, because it does not hold.
    """
    if not holds:
        raise CheckError(what)


def row_of(check: Callable[[Subject], object], subject: Subject, *, label: str = "") -> Row:
    """Make one check; what it found, or why it failed, and its seconds. Told on stderr, too."""
    started = time.monotonic()
    row: Row = {"check": check.__name__, "ok": True}
    try:
        row["found"] = check(subject)
    except (CheckError, OSError, LookupError, ValueError) as error:
        row |= {"ok": False, "found": f"{type(error).__name__}: {error}"}
    row["seconds"] = round(time.monotonic() - started, 1)
    outcome = "ok" if row["ok"] else f"FAILED: {row['found']}"
    words = f"{label} {check.__name__}: {outcome}, {row['seconds']} s"
    print(words.strip(), file=sys.stderr, flush=True)
    return row


def last_json(words: str) -> Any:
    """The object in the last line; something else may have written lines before it."""
    lines = words.strip().splitlines()
    demand(bool(lines), "it wrote nothing")
    return json.loads(lines[-1])


def passed(words: str) -> dict[str, Any]:
    """The smoke test's report.

    Raises:
        CheckError: it did not pass.
    """
    report: dict[str, Any] = last_json(words)
    demand(bool(report["ok"]), str(report))
    return report


def answered(words: str) -> Row:
    """The answer that `ASK` got, with its statistics.

    Raises:
        CheckError: it is empty.
    """
    found = last_json(words)
    demand(bool(found["answer"]), "the answer is empty")
    return {"answer": found["answer"][:80], "stats": found["stats"]}


def wait_until(holds: Callable[[], bool], what: str, timeout_s: float) -> None:
    """Return as soon as it holds.

    Raises:
        CheckError: there is no `what` after `timeout_s`.
    """
    deadline = time.monotonic() + timeout_s
    while not holds():
        demand(time.monotonic() < deadline, f"no {what} within {timeout_s:.0f} s")
        time.sleep(0.1)


def half_written(data: Path) -> list[str]:
    """Thinking and text of each answer that is being written, as it is on the disk."""
    return column(data, "SELECT thinking || text FROM messages WHERE state = 'streaming'")


def column(data: Path, query: str) -> list[str]:
    """One column from a copy of the database in a folder: the program's own is left alone."""
    with tempfile.TemporaryDirectory() as name:
        try:
            for path in data.glob("*.db*"):
                if not path.name.endswith("-shm"):
                    shutil.copy(path, name)
            (database,) = Path(name).glob("*.db")
            with contextlib.closing(sqlite3.connect(database)) as connection:
                return [str(row[0]) for row in connection.execute(query)]
        except (sqlite3.Error, OSError, ValueError):
            return []  # not there yet, or caught while it was written
