"""The hint on a passphrase: words help, rows of keys do not."""

from __future__ import annotations

import pytest

from app.core.passphrase import Strength, strength_of


@pytest.mark.parametrize(
    ("passphrase", "strengths"),
    [
        ("", {Strength.TOO_SHORT}),
        ("short", {Strength.TOO_SHORT}),
        ("12345678", {Strength.WEAK}),
        ("password1", {Strength.WEAK}),
        ("contraseña", {Strength.WEAK}),
        ("aaaaaaaaaaaaaaaa", {Strength.WEAK}),
        ("qwertyuiop", {Strength.WEAK}),
        ("caballo batería", {Strength.WEAK}),
        ("correcto caballo batería", {Strength.FAIR}),
        ("grapa correcto caballo batería lumbre", {Strength.GOOD}),
        ("seis palabras muy raras nunca juntas", {Strength.STRONG}),
        ("x8#kQ2!pLm9zT4&vW7^r", {Strength.STRONG}),
    ],
)
def test_a_passphrase_is_as_strong_as_it_is_hard_to_guess(
    passphrase: str, strengths: set[Strength]
) -> None:
    assert strength_of(passphrase) in strengths


def test_one_more_word_never_makes_it_weaker() -> None:
    words = ["correcto", "caballo", "batería", "grapa", "nube", "verde"]
    values = [strength_of(" ".join(words[:n])).value for n in range(1, len(words) + 1)]
    assert values[1:] == sorted(values[1:])
