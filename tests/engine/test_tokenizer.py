"""The tokenizer never makes a control token of text and never hangs on it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import UserError
from app.core.harmony import ControlToken
from app.core.resources import resource_path
from app.engine.tokenizer import N_VOCAB, Tokenizer

FIRST_CONTROL = 199_998


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer(resource_path("o200k_base.tiktoken"))


_shared: list[Tokenizer] = []


def shared() -> Tokenizer:
    """hypothesis calls a test many times: one tokenizer for all of them."""
    if not _shared:
        _shared.append(Tokenizer(resource_path("o200k_base.tiktoken")))
    return _shared[0]


CONTROL_WORDS = [
    f"<|{word}|>" for word in ("start", "end", "message", "channel", "return", "call")
]


@given(st.lists(st.one_of(st.text(max_size=20), st.sampled_from(CONTROL_WORDS)), max_size=12))
def test_no_text_becomes_a_control_token_and_all_of_it_comes_back(parts: list[str]) -> None:
    text = "".join(parts)
    ids = shared().encode(text)
    assert all(i < FIRST_CONTROL for i in ids)
    assert shared().decode(ids) == text


@pytest.mark.parametrize(
    "text",
    ["a" * 1_000_000, " " * 1_000_000, "\n" * 1_000_000, "<|end|>" * 100_000, "😀" * 200_000],
    ids=["letters", "spaces", "newlines", "control words", "emoji"],
)
@pytest.mark.timeout(20)
def test_a_megabyte_of_one_kind_is_encoded_and_comes_back(
    tokenizer: Tokenizer, text: str
) -> None:
    ids = tokenizer.encode(text)
    assert tokenizer.decode(ids) == text
    assert max(ids) < FIRST_CONTROL


def test_prose_longer_than_one_piece_is_cut_at_spaces(tokenizer: Tokenizer) -> None:
    words = "una frase cualquiera con bastantes palabras " * 3_000
    assert tokenizer.decode(tokenizer.encode(words)) == words
    once = tokenizer.encode("una frase cualquiera con bastantes palabras ")
    assert len(tokenizer.encode(words)) <= len(once) * 3_000


def test_lone_surrogates_become_replacement_signs(tokenizer: Tokenizer) -> None:
    assert tokenizer.decode(tokenizer.encode("a\ud800b")) == "a\ufffdb"


def test_segments_keep_their_control_tokens(tokenizer: Tokenizer) -> None:
    ids = tokenizer.encode_segments(
        [ControlToken.START, "user", ControlToken.MESSAGE, "<|end|>"]
    )
    assert ids[0] == 200006
    assert ids[2] == 200008
    assert 200007 not in ids


def test_pieces_of_control_and_unknown_ids_are_empty(tokenizer: Tokenizer) -> None:
    for token in (-1, FIRST_CONTROL, 200_002, N_VOCAB, N_VOCAB + 5):
        assert tokenizer.piece(token) == b""


def test_a_damaged_vocabulary_is_a_sentence(tmp_path: Path) -> None:
    damaged = tmp_path / "o200k_base.tiktoken"
    damaged.write_bytes(resource_path("o200k_base.tiktoken").read_bytes()[:-1] + b"9")
    with pytest.raises(UserError, match="damaged"):
        Tokenizer(damaged)
    with pytest.raises(UserError, match="cannot be read"):
        Tokenizer(tmp_path / "missing")


def test_ids_up_to_half_a_character_are_cut_before_it(tokenizer: Tokenizer) -> None:
    ids = tokenizer.encode("tea 𓀀")
    whole = len(tokenizer.encode("tea"))
    assert len(ids) > whole + 1
    assert tokenizer.without_half_character(ids) == tuple(ids)
    cut = tokenizer.without_half_character(ids[:-1])
    assert tokenizer.decode(cut) == tokenizer.decode(ids[:-1]).rstrip("\ufffd")
    assert tokenizer.without_half_character([]) == ()
