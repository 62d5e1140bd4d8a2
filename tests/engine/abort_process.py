"""A process whose engine thread is made to abort: `python -m tests.engine.abort_process CASE`.

Arguments: the case, the model, a database to write to, "before", "after" or "never" for when
faulthandler is enabled. Prints one JSON object when the main thread has outlived it.
"""

from __future__ import annotations

import ctypes
import faulthandler
import json
import os
import signal
import sqlite3
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.core.errors import EngineAbortedError
from app.core.generation import Delta, LoadRequest
from app.core.resources import resource_path
from app.engine.bindings import bindings, ggml_base
from app.engine.llama_engine import LlamaEngine
from app.engine.native import c_library, computing_threads
from tests.engine.asking import SETTINGS, request, user

PATIENCE_S = 30.0


def failed_assertion(engine: LlamaEngine) -> None:
    """Fails in llama_decode for real: more tokens than the context's batch holds."""
    low = bindings()
    decode = low.llama_decode

    def decode_too_much(context: Any, _: Any) -> int:
        ids = (ctypes.c_int32 * 5000)()
        return int(decode(context, low.llama_batch_get_one(ids, 5000)))

    low.llama_decode = decode_too_much


def ggml_abort(engine: LlamaEngine) -> None:
    abort = ggml_base()["ggml_abort"]
    abort.argtypes = [ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p]
    bindings().llama_decode = lambda *_: abort(b"/some/where/file.cpp", 12, b"no such luck")


def escaped_exception(engine: LlamaEngine) -> None:
    terminate = ctypes.CDLL("libstdc++.so.6")._ZSt9terminatev
    bindings().llama_decode = lambda *_: terminate()


def abort_in_a_native_thread(engine: LlamaEngine) -> None:
    """As when one of llama.cpp's own threads fails."""
    pthread = c_library()
    thread = ctypes.c_void_p()
    entry = ctypes.cast(pthread.abort, ctypes.c_void_p)

    def decode(*_: Any) -> int:
        pthread.pthread_create(ctypes.byref(thread), None, entry, None)
        pthread.pthread_join(thread, None)
        return 0

    bindings().llama_decode = decode


def abort_in_one_compute_thread(engine: LlamaEngine) -> None:
    """The others then wait for it at a barrier, which ggml does by spinning."""
    low = bindings()
    decode = low.llama_decode

    def fail(*arguments: Any) -> int:
        (worker,) = computing_threads() - {threading.get_native_id()}
        c_library().tgkill(os.getpid(), worker, int(signal.SIGABRT))
        return int(decode(*arguments))

    low.llama_decode = fail


def abort_in_the_main_thread(engine: LlamaEngine) -> None:
    def decode(*_: Any) -> int:
        time.sleep(PATIENCE_S)
        return 0

    bindings().llama_decode = decode


CASES: dict[str, Callable[[LlamaEngine], None]] = {
    f.__name__: f
    for f in (
        failed_assertion,
        ggml_abort,
        escaped_exception,
        abort_in_a_native_thread,
        abort_in_one_compute_thread,
        abort_in_the_main_thread,
    )
}


def main(case: str, model: str, database: str, when: str) -> None:
    traces = open(database + ".traces", "w")  # noqa: SIM115 (as long as the process)
    if when == "before":
        faulthandler.enable(traces)
    engine = LlamaEngine(resource_path("o200k_base.tiktoken"))
    texts: list[str] = []
    is_ready = threading.Event()

    def work() -> None:
        engine.load(LoadRequest(Path(model), replace(SETTINGS, n_threads=2)))
        if when == "after":
            faulthandler.enable(traces)
        wanted = request(user("Hello"))
        for event in engine.generate(wanted):
            if isinstance(event, Delta):
                texts.append(event.text)
                CASES[case](engine)  # the next decode does it
                is_ready.set()

    thread = threading.Thread(target=work, daemon=True, name="engine")
    thread.start()
    is_ready.wait(PATIENCE_S)
    if case == "abort_in_the_main_thread":
        c_library().abort()
    deadline = time.monotonic() + PATIENCE_S
    while engine.abort_reason is None and time.monotonic() < deadline:
        time.sleep(0.01)
    print(json.dumps(outlived(engine, database, texts)))
    sys.stdout.flush()
    os._exit(0)  # as the window does: the parked thread cannot be joined


def outlived(engine: LlamaEngine, database: str, texts: list[str]) -> dict[str, object]:
    """What the main thread can still do."""
    connection = sqlite3.connect(database)
    connection.execute("create table answer (text)")
    for text in texts:
        connection.execute("insert into answer values (?)", (text,))
        connection.commit()
    connection.close()
    time.sleep(2.5)  # the others are stopped by now
    cpu = time.process_time()
    time.sleep(0.5)
    cpu = time.process_time() - cpu
    refused = ""
    try:
        engine.load(LoadRequest(Path("other.gguf"), SETTINGS))
    except EngineAbortedError as error:
        refused = str(error)
    engine.close()
    return {
        "reason": engine.abort_reason,
        "texts": texts,
        "cpu_while_parked_s": cpu,
        "refused": refused,
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
