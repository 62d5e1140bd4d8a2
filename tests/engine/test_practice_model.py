"""The shipped practice model's file, and the text that it was trained on."""

from __future__ import annotations

import re

import gguf
import pytest

from app.core.message import ReasoningEffort
from app.core.model_card import PRACTICE_MODEL_NAME
from app.core.resources import resource_path
from app.engine.tokenizer import N_VOCAB, Tokenizer
from tests.fixtures.practice_dialogues import (
    DIALOGUES,
    FALLBACKS,
    LANGUAGES,
    QUESTIONS,
    expected_answer,
    expected_fallback,
    phrasings,
    spellings,
    without_accents,
)
from tests.fixtures.practice_samples import all_texts, unseen_questions

PATH = resource_path("practice-gpt-oss.gguf")
CONTROL = {
    199_998: "<|startoftext|>",
    199_999: "<|endoftext|>",
    200_002: "<|return|>",
    200_003: "<|constrain|>",
    200_005: "<|channel|>",
    200_006: "<|start|>",
    200_007: "<|end|>",
    200_008: "<|message|>",
    200_012: "<|call|>",
}


@pytest.fixture(scope="module")
def reader() -> gguf.GGUFReader:
    return gguf.GGUFReader(PATH)


@pytest.fixture(scope="module")
def vocabulary(reader: gguf.GGUFReader) -> list[tuple[str, int]]:
    """Text and type of every token."""
    texts = reader.fields["tokenizer.ggml.tokens"].contents()
    types = reader.fields["tokenizer.ggml.token_type"].contents()
    return list(zip(texts, types, strict=True))


def _byte_of_sign() -> dict[str, int]:
    """GPT-2's printable stand-ins for bytes, by which a GGUF writes its tokens."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [b for b in range(256) if b not in printable]
    signs = {chr(b): b for b in printable}
    return signs | {chr(256 + i): b for i, b in enumerate(others)}


# ------------------------------------------------------------------------------ the file


def test_the_file_is_small_enough_to_ship() -> None:
    assert PATH.stat().st_size <= 45_000_000


def test_it_is_labelled_as_what_it_is(reader: gguf.GGUFReader) -> None:
    assert reader.fields["general.architecture"].contents() == "gpt-oss"
    assert reader.fields["general.name"].contents() == PRACTICE_MODEL_NAME
    assert reader.fields["general.license"].contents() == "apache-2.0"


def test_its_vocabulary_is_that_of_the_tokenizer(
    vocabulary: list[tuple[str, int]], tokenizer: Tokenizer
) -> None:
    byte_of = _byte_of_sign()
    assert len(vocabulary) == N_VOCAB
    for token, (text, kind) in enumerate(vocabulary):
        piece = tokenizer.piece(token)
        assert (kind == gguf.TokenType.NORMAL) == bool(piece)
        if piece:
            assert bytes(byte_of[sign] for sign in text) == piece


def test_its_control_tokens_are_those_of_harmony(vocabulary: list[tuple[str, int]]) -> None:
    for token, text in CONTROL.items():
        assert vocabulary[token] == (text, gguf.TokenType.CONTROL)


def test_it_is_built_like_gpt_oss_20b(reader: gguf.GGUFReader) -> None:
    def value(name: str) -> object:
        return reader.fields[f"gpt-oss.{name}"].contents()

    assert value("attention.sliding_window") == 128
    assert value("expert_used_count") == 4
    assert value("context_length") == 131_072
    assert value("rope.scaling.type") == "yarn"
    kinds = {t.name.split(".", 2)[-1]: t.tensor_type for t in reader.tensors}
    assert kinds["ffn_gate_exps.weight"] == gguf.GGMLQuantizationType.MXFP4
    assert kinds["attn_q.weight"] == gguf.GGMLQuantizationType.Q8_0
    assert kinds["attn_sinks.weight"] == gguf.GGMLQuantizationType.F32


# ------------------------------------------------------------------------- the dialogues


def test_there_are_some_eighty_questions_in_each_language() -> None:
    names = {
        language: [d.name for d in DIALOGUES if d.language == language]
        for language in LANGUAGES
    }
    assert names["en"] == names["es"]
    assert len(set(names["en"])) == len(names["en"]) >= 80


def test_a_higher_level_reasons_longer_and_answers_the_same() -> None:
    for dialogue in (*DIALOGUES, *FALLBACKS.values()):
        low, medium, high = (dialogue.reply(effort) for effort in ReasoningEffort)
        assert len(low.thinking) < len(medium.thinking) < len(high.thinking)
        assert medium.thinking.startswith(low.thinking)
        assert high.thinking.startswith(medium.thinking)
        assert low.answer == medium.answer == high.answer


def test_yes_or_no_is_said_only_to_a_question_that_asks_for_it() -> None:
    asks_otherwise = re.compile(
        r"(?:how|what|which|where|who|why|when)\b|¿?y?\W*"
        r"(?:cómo|qué|cuál|cuáles|cuánto|cuánta|cuántos|dónde|quién|por qué|cuándo)\b"
    )
    answered = [d for d in DIALOGUES if re.match(r"(?:Yes|No|Sí)[,.:]", d.answer)]
    assert {d.name for d in answered} >= {"privacy", "leaves"}
    for dialogue in answered:
        for question in dialogue.questions:
            assert question.endswith("?")
            assert not asks_otherwise.match(question.lower()), question


def test_the_first_word_answers_the_very_question() -> None:
    for question, first in (
        ("Is it private?", "Yes"),
        ("¿Es privado?", "Sí"),
        ("Does anything leave my computer?", "No"),
        ("¿Sale algo de mi ordenador?", "No"),
        ("Do you send my data to OpenAI?", "No"),
        ("¿Se envía algo a internet?", "No"),
    ):
        assert re.match(r"\w+", expected_answer(question).answer)[0] == first  # type: ignore[index]


def test_no_spelling_of_a_question_means_two_things() -> None:
    for dialogue in DIALOGUES:
        for question in dialogue.questions:
            for spelling in spellings(question):
                assert expected_answer(spelling) == dialogue.reply(ReasoningEffort.MEDIUM)


def test_every_dialogue_has_several_phrasings() -> None:
    assert [d.name for d in DIALOGUES if len(d.questions) < 4] == []


def test_an_unknown_question_has_no_expected_answer() -> None:
    with pytest.raises(KeyError):
        expected_answer("What is the capital of France?")


def test_the_fallback_names_the_model_to_download() -> None:
    for language in LANGUAGES:
        assert "gpt-oss-20b" in expected_fallback(language).answer


def test_unseen_questions_are_not_trained_on() -> None:
    trained = set(all_texts())
    for language in LANGUAGES:
        questions = unseen_questions(language)
        assert len(questions) == len(set(questions)) == 100
        assert trained.isdisjoint(questions)


def test_one_question_of_each_dialogue_is_listed() -> None:
    assert len(QUESTIONS) == len(set(QUESTIONS)) == len(DIALOGUES)


def test_a_pattern_gives_every_choice() -> None:
    assert list(phrasings("{a|b} c{ d|}")) == ["a c d", "a c", "b c d", "b c"]


def test_accents_go_and_the_letter_enye_stays() -> None:
    assert (
        without_accents("¿Cómo cambia el Ñandú pingüino?") == "¿Como cambia el Ñandu pinguino?"
    )
