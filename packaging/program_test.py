"""Uses a finished program on this machine, wherever it came from: for every system's release.

    python packaging/program_test.py PROGRAM [ARGUMENT ...]

PROGRAM is what a person starts (on Windows lumbre-cli.exe, whose words can be read), ARGUMENT
comes before those of the checks. No window is seen. Prints one JSON object; exit code 1 when a
check failed. Standard library only.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

TIMEOUT_S = 300
N_ATTEMPTS = 10  # at killing it while an answer is half written
QUESTION = "How do I change the reasoning level?"
OFFSCREEN = {"QT_QPA_PLATFORM": "offscreen"}


class ProgramTestError(Exception):
    """A check failed; says which of its demands does not hold."""


@dataclass(frozen=True, slots=True)
class Program:
    """The command line of the program, and a folder of its own for everything it writes."""

    command: tuple[str, ...]
    folder: Path

    def run(self, *arguments: str | Path) -> str:
        """What it writes.

        Raises:
            ProgramTestError: its exit code is not 0, or it took minutes.
        """
        words = [*self.command, *map(str, arguments)]
        try:
            done = subprocess.run(
                words,
                env=os.environ | OFFSCREEN,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=TIMEOUT_S,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise ProgramTestError(f"{words}: longer than {TIMEOUT_S} s") from error
        if done.returncode != 0:
            said = (done.stdout + done.stderr).decode("utf-8", errors="replace")
            raise ProgramTestError(f"{words}: exit code {done.returncode}\n{said[-3000:]}")
        return done.stdout.decode("utf-8", errors="replace").strip()

    def start(self, *arguments: str | Path) -> subprocess.Popen[bytes]:
        """The same, running."""
        return subprocess.Popen(
            [*self.command, *map(str, arguments)],
            env=os.environ | OFFSCREEN,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


def main() -> int:
    """Every check; a failed one does not stop the others."""
    parser = argparse.ArgumentParser(description="Use a finished program on this machine.")
    parser.add_argument("command", nargs="+", metavar="PROGRAM")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lumbre ñ ", ignore_cleanup_errors=True) as name:
        program = Program(tuple(options.command), Path(name))
        rows = [_row(check, program) for check in CHECKS]
    print(json.dumps(rows, indent=1))
    return 0 if all(row["ok"] for row in rows) else 1


def _row(check: Callable[[Program], object], program: Program) -> dict[str, object]:
    started = time.monotonic()
    row: dict[str, object] = {"check": check.__name__, "ok": True}
    try:
        row["found"] = check(program)
    except (ProgramTestError, OSError, LookupError, ValueError) as error:
        row |= {"ok": False, "found": f"{type(error).__name__}: {error}"}
    return row | {"seconds": round(time.monotonic() - started, 1)}


def _demand(holds: bool, what: str) -> None:
    if not holds:
        raise ProgramTestError(what)


def says_its_version(program: Program) -> str:
    """The program starts at all."""
    said = program.run("--version")
    _demand(said.startswith("Lumbre "), f"it says {said!r}")
    return said


def opens_its_window(program: Program) -> object:
    """The smoke test: window, practice model, answer, row in the database, PDF."""
    report = json.loads(program.run("--smoke-test").splitlines()[-1])
    _demand(report["ok"], str(report))
    return {name: report[name] for name in ("first_paint_ms", "answered_ms", "versions")}


def answers_in_the_terminal(program: Program) -> object:
    """`--ask` with the practice model."""
    words = ("--ask", QUESTION, "--reasoning", "low", "--greedy", "--json")
    found = json.loads(program.run("--data-dir", program.folder / "ask", *words))
    _demand(bool(found["answer"]), "the answer is empty")
    return {"answer": found["answer"][:80], "stats": found["stats"]}


def keeps_what_was_answered_when_it_is_killed(program: Program) -> object:
    """Killed in the middle of an answer: the next start has what was written by then."""
    folder = program.folder / "killed"
    part = _answer_cut_by_a_kill(program, folder)
    report = json.loads(program.run("--smoke-test", "--data-dir", folder).splitlines()[-1])
    _demand(report["ok"], str(report))
    kept = _read(
        folder, "SELECT thinking || text FROM messages WHERE finish_reason = 'interrupted'"
    )
    _demand(any(text.startswith(part) for text in kept), f"lost: {part!r}; kept: {kept}")
    _demand(not _streaming(folder), "an answer is still said to be on its way")
    return f"{len(part)} characters when it was killed"


def _answer_cut_by_a_kill(program: Program, folder: Path) -> str:
    for _ in range(N_ATTEMPTS):
        running = program.start("--demo", "--data-dir", folder)
        try:
            deadline = time.monotonic() + TIMEOUT_S
            while running.poll() is None and time.monotonic() < deadline:
                if any(_streaming(folder)):
                    break
                time.sleep(0.005)
        finally:
            running.kill()
            running.wait()
        if parts := [text for text in _streaming(folder) if text]:
            return parts[-1]
    raise ProgramTestError("no answer could be caught half written")


def _streaming(folder: Path) -> list[str]:
    return _read(folder, "SELECT thinking || text FROM messages WHERE state = 'streaming'")


def _read(folder: Path, query: str) -> list[str]:
    """One column from a copy of the database in `folder`: the program's own is left alone."""
    with tempfile.TemporaryDirectory() as name:
        try:
            for path in folder.rglob("*.db*"):
                if not path.name.endswith("-shm"):
                    shutil.copy(path, name)
            (database,) = Path(name).glob("*.db")
            with contextlib.closing(sqlite3.connect(database)) as connection:
                return [str(row[0]) for row in connection.execute(query)]
        except (sqlite3.Error, OSError, ValueError):
            return []  # not there yet, or caught while it was written


CHECKS: tuple[Callable[[Program], object], ...] = (
    says_its_version,
    opens_its_window,
    answers_in_the_terminal,
    keeps_what_was_answered_when_it_is_killed,
)

if __name__ == "__main__":
    sys.exit(main())
