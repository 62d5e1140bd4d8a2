from __future__ import annotations

import os
import random
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.core.cancellation import CancelToken
from app.core.machine import DeviceKind
from app.engine.context import DecodeStoppedError, LlamaContext
from app.engine.native import StopFlag, computing_threads, devices, new_threadpool
from app.engine.thread_priority import lower_own_priority
from tests.engine.native_model import N_TEXT, logits, open_context, write_sensitive_model


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sensitive_model(tmp_path_factory.mktemp("models") / "model.gguf")


def text(n: int) -> list[int]:
    rng = random.Random(1)
    return [rng.randrange(N_TEXT) for _ in range(n)]


def read_all(context: LlamaContext, ids: list[int]) -> np.ndarray:
    for start in range(0, len(ids), context.n_ubatch):
        context.decode(ids[start : start + context.n_ubatch], start)
    return logits(context)


def test_the_cpu_is_a_device() -> None:
    kinds = [device.kind for device in devices()]
    assert kinds.count(DeviceKind.CPU) == 1


@pytest.mark.parametrize(
    "change",
    [{"n_cpu_moe": 2}, {"use_mmap": False}, {"n_threads": 2}, {"n_gpu_layers": 3}],
    ids=str,
)
def test_how_a_model_is_loaded_does_not_change_its_logits(
    model: Path, change: dict[str, Any]
) -> None:
    plain = open_context(model)
    other = LlamaContext(replace(plain.plan, **change), CancelToken())
    ids = text(150)
    assert np.abs(read_all(plain, ids) - read_all(other, ids)).max() < 1e-5
    plain.close()
    other.close()


def test_without_flash_attention_the_logits_are_the_same_but_for_rounding(model: Path) -> None:
    """It keeps sums in f16 while single tokens are written; the other way keeps them in f32."""
    with_it, without = open_context(model), open_context(model, flash_attention=False)
    ids = text(150)
    for context in (with_it, without):
        read_all(context, ids)
        for place in range(150, 170):
            context.decode_one(ids[place - 150], place)
    difference = np.abs(logits(with_it) - logits(without)).max()
    assert 0 < difference < 0.02 * logits(without).std()
    with_it.close()
    without.close()


def test_a_state_does_not_fit_the_other_way_of_attention(model: Path) -> None:
    with_it, without = open_context(model), open_context(model, flash_attention=False)
    read_all(with_it, text(100))
    assert not without.restore_sequence(with_it.save_sequence())
    with_it.close()
    without.close()


def test_logits_need_not_be_asked_for(model: Path) -> None:
    asked, silent = open_context(model), open_context(model)
    ids = text(100)
    asked.decode(ids[:64], 0)
    silent.decode(ids[:64], 0, wants_logits=False)
    for context in (asked, silent):
        context.decode(ids[64:], 64)
    assert np.array_equal(logits(asked), logits(silent))
    asked.close()
    silent.close()


def test_a_set_flag_stops_a_decode_and_another_flag_frees_it(model: Path) -> None:
    context = open_context(model)
    flag = StopFlag()
    context.obey(flag)
    context.decode(text(10), 0)
    flag.set()
    assert flag.is_set
    with pytest.raises(DecodeStoppedError):
        context.decode(text(10), 10)
    context.obey(None)
    context.decode(text(10), 10)
    context.close()
    flag.set()  # the context is gone


def test_the_window_can_be_saved_as_an_earlier_token_saw_it(model: Path) -> None:
    early, late = open_context(model), open_context(model)
    ids = text(300)
    read_all(early, ids[:250])
    read_all(late, ids)
    assert len(early.save_window(250)) == len(late.save_window(250)) > 0
    assert late.restore_window(early.save_window(250))
    early.close()
    late.close()


def test_a_window_that_has_moved_on_is_not_saved(model: Path) -> None:
    context = open_context(model)
    read_all(context, text(1000))
    assert context.save_window(100) == b""
    assert context.save_window(1000) != b""
    context.close()


def test_a_window_of_another_model_is_refused(model: Path, tmp_path: Path) -> None:
    from tests.engine.native_model import SHAPE

    context = open_context(model)
    other = open_context(
        write_sensitive_model(tmp_path / "other.gguf", replace(SHAPE, n_layers=4))
    )
    read_all(context, text(200))
    assert not other.restore_window(context.save_window(200))
    assert not other.restore_window(b"nonsense" * 100)
    context.close()
    other.close()


def test_a_thread_pool_is_made_and_freed() -> None:
    pool = new_threadpool(2, poll=0)
    assert pool is not None
    pool.free()
    pool.free()


@pytest.mark.skipif(sys.platform != "linux", reason="Linux lists its threads")
def test_the_threads_of_a_pool_are_known_while_it_lives() -> None:
    counts: list[int] = []

    def work() -> None:
        pool = new_threadpool(3, poll=0)
        assert pool is not None
        deadline = time.monotonic() + 10  # each sets its policy itself, once it runs
        while len(computing_threads() - before) < 3 and time.monotonic() < deadline:
            time.sleep(0.001)
        counts.append(len(computing_threads() - before))
        pool.free()
        counts.append(len(computing_threads() - before))

    before = computing_threads()
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert counts == [3, 0]


@pytest.mark.skipif(sys.platform != "linux", reason="reads Linux's priority of a thread")
def test_only_the_thread_that_asks_gets_a_lower_priority() -> None:
    own = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    seen: list[int] = []

    def work() -> None:
        lower_own_priority()
        seen.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
        lower_own_priority()
        seen.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [max(own, 5)] * 2
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == own
