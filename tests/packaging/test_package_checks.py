"""What the checks of installed packages make of what they find."""

from __future__ import annotations

import pytest
from package_checks import device_has_passed, foreign_files


@pytest.mark.parametrize(
    ("trials", "is_used"),
    [
        ({"cpu", "card"}, True),
        ({"cpu", "card", "slow:card"}, True),
        ({"cpu", "slow:card"}, False),
        ({"cpu", "failed:card"}, False),
        ({"cpu"}, False),
    ],
)
def test_a_card_is_used_when_it_has_passed(trials: set[str], is_used: bool) -> None:
    assert device_has_passed(trials) is is_used


def test_what_lies_outside_the_programs_folders_is_foreign() -> None:
    home = "/home/person/"
    written = {home + ".local/share/lumbre/lumbre.db", home + ".cache/mesa/x", home + ".lumbre"}
    written |= {"/usr/lib/lumbre/__pycache__/a.pyc", "/tmp/left"}
    found = foreign_files(written, (".local/share/lumbre",))
    assert found == ["/home/person/.lumbre", "/tmp/left", "/usr/lib/lumbre/__pycache__/a.pyc"]
