"""Uses a finished program on this machine, wherever it came from: for every system's release.

    python packaging/program_test.py PROGRAM [ARGUMENT ...]

PROGRAM is what a person starts (on Windows lumbre-cli.exe, whose words can be read), ARGUMENT
comes before those of the checks. No window is seen. Prints one JSON object; exit code 1 when a
check failed. Standard library only.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from checking import ASK, CheckError, answered, column, demand, half_written, passed, row_of

TIMEOUT_S = 300
INTERRUPTED = "SELECT thinking || text FROM messages WHERE finish_reason = 'interrupted'"
PROFILE = "smoke-test"  # where it is kept below --data-dir
N_ATTEMPTS = 10  # at killing it while an answer is half written
OFFSCREEN = {"QT_QPA_PLATFORM": "offscreen"}


@dataclass(frozen=True, slots=True)
class Program:
    """The command line of the program, and a folder of its own for everything it writes."""

    command: tuple[str, ...]
    folder: Path

    def run(self, *arguments: str | Path) -> str:
        """What it writes.

        Raises:
            CheckError: its exit code is not 0, or it took minutes.
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
            raise CheckError(f"{words}: longer than {TIMEOUT_S} s") from error
        if done.returncode != 0:
            said = (done.stdout + done.stderr).decode("utf-8", errors="replace")
            raise CheckError(f"{words}: exit code {done.returncode}\n{said[-3000:]}")
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
        rows = [row_of(check, program) for check in CHECKS]
    print(json.dumps(rows, indent=1))
    return 0 if all(row["ok"] for row in rows) else 1


def says_its_version(program: Program) -> str:
    """The program starts at all."""
    said = program.run("--version")
    demand(said.startswith("Lumbre "), f"it says {said!r}")
    return said


def opens_its_window(program: Program) -> object:
    """The smoke test: window, practice model, answer, row in the database, PDF."""
    report = passed(program.run("--smoke-test"))
    return {name: report[name] for name in ("first_paint_ms", "answered_ms", "versions")}


def answers_in_the_terminal(program: Program) -> object:
    """`--ask` with the practice model."""
    return answered(program.run("--data-dir", program.folder / "ask", *ASK))


def keeps_what_was_answered_when_it_is_killed(program: Program) -> object:
    """Killed in the middle of an answer: the next start has what was written by then."""
    folder = program.folder / "killed"
    part = _answer_cut_by_a_kill(program, folder)
    passed(program.run("--smoke-test", "--data-dir", folder))
    kept = column(folder / PROFILE, INTERRUPTED)
    demand(any(text.startswith(part) for text in kept), f"lost: {part!r}; kept: {kept}")
    demand(not half_written(folder / PROFILE), "an answer is still said to be on its way")
    return f"{len(part)} characters when it was killed"


def _answer_cut_by_a_kill(program: Program, folder: Path) -> str:
    for _ in range(N_ATTEMPTS):
        running = program.start("--demo", "--data-dir", folder)
        try:
            deadline = time.monotonic() + TIMEOUT_S
            while running.poll() is None and time.monotonic() < deadline:
                if any(half_written(folder / PROFILE)):
                    break
                time.sleep(0.005)
        finally:
            running.kill()
            running.wait()
        if parts := [text for text in half_written(folder / PROFILE) if text]:
            return parts[-1]
    raise CheckError("no answer could be caught half written")


CHECKS: tuple[Callable[[Program], object], ...] = (
    says_its_version,
    opens_its_window,
    answers_in_the_terminal,
    keeps_what_was_answered_when_it_is_killed,
)

if __name__ == "__main__":
    sys.exit(main())
