from __future__ import annotations

import random
from collections.abc import Iterable

import pytest

from app.core.loop_guard import LoopGuard
from app.core.message import Channel
from app.core.resources import resource_path
from app.engine.tokenizer import Tokenizer


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer(resource_path("o200k_base.tiktoken"))


def n_until_it_fires(tokens: Iterable[int], channel: Channel = Channel.ANALYSIS) -> int | None:
    guard = LoopGuard(channel)
    for n, token in enumerate(tokens, 1):
        if guard.add(token):
            return n
    return None


def some_ids(seed: int, n: int) -> list[int]:
    rng = random.Random(seed)
    return [rng.randrange(199_000) for _ in range(n)]


@pytest.mark.parametrize("period", [1, 2, 3, 4, 7, 31, 32, 33, 64, 100, 199, 200])
def test_a_passage_repeated_for_ever_is_found_soon(period: int) -> None:
    before = some_ids(1, 777)
    passage = some_ids(2, period)
    n = n_until_it_fires(before + passage * (3000 // period))
    assert n is not None
    assert 800 <= n - len(before) <= max(800, 6 * period) + 32 + period


@pytest.mark.parametrize("passage", ["abba", "aab", "abab c", "aaaaaaab"])
def test_passages_with_repeated_tokens_are_found(passage: str) -> None:
    assert n_until_it_fires([ord(c) for c in passage] * 1000) is not None


def test_it_stays_on_after_it_has_fired() -> None:
    guard = LoopGuard(Channel.ANALYSIS)
    for token in [1, 2, 3] * 400:
        guard.add(token)
    assert guard.is_looping
    for token in some_ids(3, 100):
        guard.add(token)
    assert guard.is_looping


def test_random_text_is_none() -> None:
    assert n_until_it_fires(some_ids(4, 20_000)) is None


def test_a_passage_that_changes_a_little_each_time_is_none() -> None:
    passage = some_ids(5, 40)
    changing = [[*passage, 1000 + i] for i in range(200)]
    assert n_until_it_fires(token for part in changing for token in part) is None


def test_a_passage_of_more_than_two_hundred_tokens_is_none() -> None:
    assert n_until_it_fires(some_ids(6, 201) * 20) is None


WANTED = {
    "a ruler": "=" * 2000 + "\n",
    "many rulers": ("=" * 80 + "\n") * 60,
    "a table": "".join(f"| {i} | {i * i} | {'yes' if i % 2 else 'no'} |\n" for i in range(400)),
    "a table of the same rows": "| 0 | 0 | 0 | 0 |\n" * 40,
    "a matrix of zeros": ("0, " * 16 + "\n") * 20,
    "numbers in a row": ", ".join(str(i) for i in range(3000)),
    "the alphabet again and again": "a b c d e f g h i j k l m n o p q r s t u v w x y z\n"
    * 25,
    "a punishment": "I must not talk in class.\n" * 100,
    "repeated lines of code": "    print('hello')\n" * 120,
    "code": "".join(f"    def test_{i}(self) -> None:\n        pass\n\n" for i in range(300)),
    "a refrain": ("La la la la la la la la la la la la!\n" * 8 + "And so it goes.\n\n") * 6,
    "indentation": "\n".join(" " * (4 * (i % 12)) + "}" for i in range(400)),
    "zeros": "0" * 1500,
    "JSON": '{"a": 1, "b": [1, 2, 3], "c": null},\n' * 30,
    "Spanish": "Me gustas cuando callas porque estás como ausente. " * 30,
}


@pytest.mark.parametrize("name", WANTED)
def test_what_people_ask_for_is_none(name: str, tokenizer: Tokenizer) -> None:
    assert n_until_it_fires(tokenizer.encode(WANTED[name]), Channel.FINAL) is None


LOOPS = {
    "one word": "very " * 2000,
    "a sentence": "The answer is 42, but wait, let me check again. " * 200,
    "a paragraph": (
        "Wait, maybe I have made a mistake. Let me go through it again from the beginning: the "
        "train leaves at nine, travels for three hours, and so it arrives at noon. But the "
        "question says that it is late. Hmm. "
    )
    * 60,
    "line breaks": "\n" * 60_000,
    "a table that does not end": "| | | | |\n" * 1000,
}


@pytest.mark.parametrize("name", LOOPS)
@pytest.mark.parametrize("channel", Channel)
def test_what_runaway_models_write_is_found(
    name: str, channel: Channel, tokenizer: Tokenizer
) -> None:
    assert n_until_it_fires(tokenizer.encode(LOOPS[name]), channel) is not None


def test_an_answer_may_repeat_itself_longer_than_a_thought() -> None:
    zeros = [15, 11] * 600
    assert n_until_it_fires(zeros, Channel.ANALYSIS) is not None
    assert n_until_it_fires(zeros, Channel.FINAL) is None
