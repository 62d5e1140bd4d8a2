"""The release workflow: pinned, least rights, nothing published that was not used before."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from release_notes import notes_of

ROOT = Path(__file__).resolve().parents[2]
WORKFLOW = ROOT / ".github" / "workflows" / "release.yml"
CHANGELOG = """\
# Changelog

## 1.1.0 (unreleased)

- Later.

## 1.0.0 (2026-11-21)

- This.

## 0.9.0 (2026-10-01)

- That.
"""


@pytest.fixture(scope="module")
def workflow() -> dict[str, Any]:
    return yaml.safe_load(WORKFLOW.read_text("utf-8"))


def test_the_notes_are_those_of_one_version() -> None:
    assert notes_of("1.0.0", CHANGELOG) == "- This."


@pytest.mark.parametrize("version", ["1.1.0", "2.0.0", "1.0"])
def test_a_version_without_a_date_is_no_release(version: str) -> None:
    assert notes_of(version, CHANGELOG) is None


def test_every_foreign_action_is_pinned_to_a_commit() -> None:
    used = re.findall(r"uses: (\S+)", WORKFLOW.read_text("utf-8"))
    assert len(used) > 10
    assert [action for action in used if not re.search(r"@[0-9a-f]{40}$", action)] == []


def test_only_publishing_may_write(workflow: dict[str, Any]) -> None:
    assert workflow["permissions"] == {"contents": "read"}
    writers = [name for name, job in workflow["jobs"].items() if "permissions" in job]
    assert writers == ["publish"]


def test_publishing_waits_for_every_system(workflow: dict[str, Any]) -> None:
    others = set(workflow["jobs"]) - {"publish"}
    assert set(workflow["jobs"]["publish"]["needs"]) == others


@pytest.mark.parametrize(
    ("job", "word"),
    [
        ("windows", "program_test.py"),
        ("macos", "program_test.py"),
        ("linux", "package_test.py"),
    ],
)
def test_every_bundle_is_used_before_it_is_handed_on(
    workflow: dict[str, Any], job: str, word: str
) -> None:
    steps = [str(step) for step in workflow["jobs"][job]["steps"]]
    handed_on = next(i for i, step in enumerate(steps) if f"'name': '{job}'" in step)
    assert any(word in step for step in steps[:handed_on])


def test_a_secret_is_given_only_to_the_step_that_uses_it(workflow: dict[str, Any]) -> None:
    for job in workflow["jobs"].values():
        values = map(str, job.get("env", {}).values())
        assert not [v for v in values if "secrets." in v and "!= ''" not in v]


def test_every_script_that_is_called_is_there() -> None:
    called = set(
        re.findall(r"packaging[/\\\\][\w/\\\\]+\.(?:py|sh|ps1)", WORKFLOW.read_text("utf-8"))
    )
    assert len(called) > 6
    assert [name for name in called if not (ROOT / name.replace("\\", "/")).is_file()] == []
