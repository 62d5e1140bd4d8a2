"""Prompts with attachments that are larger than the context."""

from __future__ import annotations

import pytest

from app.core.attachment import Attachment
from app.core.context_window import answer_reserve
from app.core.harmony import ControlToken, Prompt, PromptMessage
from app.core.message import Role
from app.core.resources import resource_path
from app.engine.prompt_encoder import PromptEncoder
from app.engine.tokenizer import Tokenizer

N_CTX = 2048


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer(resource_path("o200k_base.tiktoken"))


def asked(text: str, *attachments: Attachment) -> PromptMessage:
    return PromptMessage(Role.USER, text, attachments=attachments)


def test_an_attachment_that_fits_is_read_whole(tokenizer: Tokenizer) -> None:
    prompt = Prompt((asked("What is it?", Attachment("one two three", "n.txt")),))
    ids = PromptEncoder(tokenizer).encode(prompt, N_CTX, 5).ids
    assert list(ids) == tokenizer.encode_segments(prompt.segments())


@pytest.mark.parametrize("word", ["word ", "語", "🔥\n", "<|end|>", "`", "é\t", "  x"])
def test_attachments_of_any_text_are_cut_to_fit_and_the_question_stays(
    tokenizer: Tokenizer, word: str
) -> None:
    large = Attachment(word * 30_000, "large.txt")
    small = Attachment("A small note.", "small.txt")
    prompt = Prompt((asked("What is it?", large, small),), instructions="Be brief.")
    encoded = PromptEncoder(tokenizer).encode(prompt, N_CTX, 5)
    text = tokenizer.decode(encoded.ids)
    assert len(encoded.ids) <= N_CTX - answer_reserve(N_CTX)
    assert "large.txt (only its beginning" in text
    assert "small.txt\n```\nA small note.\n```" in text
    assert "What is it?" in text
    assert "\ufffd" not in text
    end = tokenizer.encode_segments([ControlToken.END])[0]
    assert encoded.ids.count(end) == 3  # of system, developer and user message


def test_the_same_message_is_cut_the_same_way_in_a_later_turn(tokenizer: Tokenizer) -> None:
    encoder = PromptEncoder(tokenizer)
    first = asked("Read it.", Attachment("word " * 30_000, "large.txt"))
    before = encoder.encode(Prompt((first,)), N_CTX, 5)
    answer = PromptMessage(Role.ASSISTANT, "Read.")
    later = encoder.encode(Prompt((first, answer, asked("And?"))), N_CTX, 5)
    assert later.n_dropped == 0
    assert later.ids[: before.n_messages] == before.ids[: before.n_messages]
