"""How hard a passphrase is to guess: an estimate for a hint, never a reason to refuse one."""

from __future__ import annotations

import math
import unicodedata
from enum import Enum

SHORTEST_PASSPHRASE = 8  # characters

_BITS_OF_WORD = 11.0  # somebody who guesses words knows some thousands
_PREDICTABLE = 0.6  # of the letters' own bits: people do not choose by chance
_POOLS = (("Ll", 26), ("Lu", 26), ("Nd", 10))
_POOL_OF_OTHERS = 33
# What is tried first by everybody; with what stands in front and behind it.
_COMMON = (
    "password",
    "contraseña",
    "qwerty",
    "12345678",
    "lumbre",
    "iloveyou",
    "teamo",
    "abc123",
)
_ROWS = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjklñ", "zxcvbnm")


class Strength(Enum):
    """What an attacker with this computer's files would have to spend, roughly."""

    TOO_SHORT = 0
    WEAK = 1  # guessed in hours or days
    FAIR = 2
    GOOD = 3
    STRONG = 4  # not guessed


def strength_of(passphrase: str) -> Strength:
    """A rough estimate from length, kinds of letters, words, repetitions and rows of keys."""
    if len(passphrase) < SHORTEST_PASSPHRASE:
        return Strength.TOO_SHORT
    bits = min(_bits_of_letters(passphrase), _bits_of_words(passphrase))
    for limit, strength in ((30, Strength.WEAK), (45, Strength.FAIR), (60, Strength.GOOD)):
        if bits < limit:
            return strength
    return Strength.STRONG


def _bits_of_letters(text: str) -> float:
    plain = text.casefold()
    for common in _COMMON:
        plain = plain.replace(common, "")
    counted, before = 0, ""
    for letter in plain:
        # A letter that repeats or continues a row tells nothing new.
        counted += not _follows(before, letter)
        before = letter
    categories = {unicodedata.category(c) for c in text}
    pool = sum(size for name, size in _POOLS if name in categories)
    if categories - {name for name, _ in _POOLS}:
        pool += _POOL_OF_OTHERS
    return min(counted, 2 * len(set(plain))) * math.log2(max(2, pool)) * _PREDICTABLE


def _bits_of_words(text: str) -> float:
    """Of several words apart; infinite when it is not made of words."""
    words = {word.casefold() for word in text.split()}
    if len(words) < 2 or not all(word.isalpha() for word in words):
        return math.inf
    return sum(min(_BITS_OF_WORD, 4.0 * len(word)) for word in words)


def _follows(before: str, letter: str) -> bool:
    if before == letter:
        return True
    pair = before + letter
    return len(pair) == 2 and any(pair in row or pair in row[::-1] for row in _ROWS)
