"""Cancelling from another thread."""

from __future__ import annotations

import threading

from app.core.cancellation import CancelToken


def test_callbacks_run_once_and_late_ones_at_once() -> None:
    token, calls = CancelToken(), []
    token.on_cancel(lambda: calls.append("early"))
    token.cancel()
    token.cancel()
    token.on_cancel(lambda: calls.append("late"))
    assert calls == ["early", "late"]
    assert token.is_cancelled


def test_a_forgotten_callback_is_not_called() -> None:
    token, calls = CancelToken(), []

    def callback() -> None:
        calls.append(1)

    token.on_cancel(callback)
    token.forget(callback)
    token.forget(callback)
    token.cancel()
    assert calls == []


def test_waiting_ends_when_another_thread_cancels() -> None:
    token = CancelToken()
    assert not token.wait(0.0)
    thread = threading.Thread(target=token.cancel)
    thread.start()
    assert token.wait(10.0)
    thread.join()


def test_many_threads_cancel_and_register_and_each_callback_runs_once() -> None:
    token, lock, calls = CancelToken(), threading.Lock(), []

    def register(i: int) -> None:
        def callback() -> None:
            with lock:
                calls.append(i)

        token.on_cancel(callback)
        if i % 7 == 0:
            token.cancel()

    threads = [threading.Thread(target=register, args=(i,)) for i in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(calls) == list(range(50))
