"""The checks that every finished program goes through, applied to the one in this checkout."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
N_CHECKS = 4


def checked(*program: str | Path) -> tuple[int, list[dict[str, object]]]:
    done = subprocess.run(
        [sys.executable, ROOT / "packaging/program_test.py", sys.executable, *program],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, json.loads(done.stdout)


def test_the_program_of_this_checkout_passes() -> None:
    code, rows = checked(ROOT / "main.py")
    assert code == 0, rows
    assert len(rows) == N_CHECKS


@pytest.mark.parametrize("does", ["pass", "raise SystemExit(1)", "print('{\"ok\": false}')"])
def test_a_program_that_does_nothing_right_fails_every_check(tmp_path: Path, does: str) -> None:
    program = tmp_path / "main.py"
    program.write_text(does, encoding="utf-8")
    code, rows = checked(program)
    assert code == 1
    assert [row["ok"] for row in rows] == [False] * N_CHECKS
