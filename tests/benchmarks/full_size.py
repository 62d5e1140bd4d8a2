"""Memory of the program with a long conversation on a full-size model, under a limit.

    python -m tests.benchmarks.full_size MODEL [--tokens 6000] [--limit-gib 16] [--minutes 20]

Everything that the program holds is in one process: window, history, engine. It reads a
conversation of so many tokens (or as many as it can in the time), answers a few, and keeps the
KV state on the disk, which is when its anonymous memory is at its highest. Linux only; the
limit is a memory cgroup (version 1 or 2), which needs the right to make one. Prints one JSON
object.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_V1 = Path("/sys/fs/cgroup/memory")
_V2 = Path("/sys/fs/cgroup")


@contextlib.contextmanager
def limited(gib: float) -> Iterator[Path | None]:
    """A cgroup with this limit; None where none can be made."""
    parent = _V1 if _V1.is_dir() else _V2
    group = parent / f"lumbre_full_size_{os.getpid()}"
    try:
        group.mkdir()
        name = "memory.limit_in_bytes" if parent == _V1 else "memory.max"
        (group / name).write_text(str(int(gib * (1 << 30))))
    except OSError as error:
        print(f"no limit: {error}", file=sys.stderr)
        yield None
        return
    try:
        yield group
    finally:
        group.rmdir()


def of_group(group: Path) -> dict[str, int]:
    """What the kernel counted."""
    found = {}
    for name in ("memory.max_usage_in_bytes", "memory.failcnt", "memory.peak"):
        if (group / name).exists():
            found[name.replace(".", "_")] = int((group / name).read_text())
    for name in ("memory.oom_control", "memory.events"):
        if (group / name).exists():
            for line in (group / name).read_text().splitlines():
                key, value = line.split()
                if key == "oom_kill":
                    found["oom_kills"] = int(value)
    return found


def status_bytes(name: str) -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1]) * 1024
    return 0


class Peak:
    """The largest anonymous memory, looked at every 20 ms."""

    def __init__(self) -> None:
        self.n_bytes = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> int:
        self._stop.set()
        self._thread.join()
        return self.n_bytes

    def _watch(self) -> None:
        while not self._stop.wait(0.02):
            self.n_bytes = max(self.n_bytes, status_bytes("RssAnon"))


def child(options: argparse.Namespace) -> dict[str, Any]:
    """The program, in the limited process."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from app.core.conversation import Conversation
    from app.core.generation import (
        ChannelBudget,
        EngineSettings,
        GenerationRequest,
        LoadRequest,
        PrefillRequest,
    )
    from app.core.harmony import Prompt, PromptMessage
    from app.core.message import Role
    from app.core.resources import resource_path
    from app.engine.llama_engine import LlamaEngine, StateSettings
    from app.storage.conversation_store import open_store
    from app.storage.kv_states import FolderKvStates
    from app.storage.state_files import FolderStates

    data_dir = Path(tempfile.mkdtemp(dir=options.model.parent))
    store = open_store(data_dir)
    conversation = Conversation.start("long")
    store.save_summary(conversation.summary)
    states = FolderKvStates(data_dir, FolderStates(data_dir), lambda: 2 << 30)
    vocabulary = resource_path("o200k_base.tiktoken")
    engine = LlamaEngine(vocabulary, states=StateSettings(states, worth_keeping_s=0.0))
    peak = Peak()
    _ = _window()
    loaded = engine.load(
        LoadRequest(options.model, EngineSettings(n_ctx=8192, n_threads=options.threads))
    )
    words = (
        "the",
        "quick",
        "brown",
        "fox",
        "jumps",
        "over",
        "a",
        "lazy",
        "dog",
        "and",
        "rests",
    )
    text = " ".join(words[i % len(words)] for i in range(options.tokens))
    prompt = Prompt((PromptMessage(Role.USER, text),))
    request = PrefillRequest(prompt, conversation_id=conversation.id)
    began, n_read = time.monotonic(), 0
    for progress in engine.prefill(request):
        n_read = progress.n_done
        if time.monotonic() - began > options.minutes * 60:
            request.cancel.cancel()
    seconds = time.monotonic() - began
    read = GenerationRequest(
        prompt, budget=ChannelBudget(8, 8), conversation_id=conversation.id
    )
    if not request.cancel.is_cancelled:
        for _event in engine.generate(read):
            pass
    mapped = status_bytes("RssFile")
    engine.unload()  # keeps the state
    n_kept = sum(f.stat().st_size for f in (data_dir / "states").glob("*"))
    result = {
        "model_bytes": options.model.stat().st_size,
        "n_ctx": loaded.n_ctx,
        "n_ubatch": loaded.n_ubatch,
        "n_read": n_read,
        "prefill_tps": round(n_read / seconds, 2),
        "mapped_bytes": mapped,
        "anonymous_peak_bytes": peak.stop(),
        "state_file_bytes": n_kept,
        "is_within_1_gib": peak.n_bytes <= 1 << 30,
    }
    store.close()
    subprocess.run(["rm", "-r", str(data_dir)], check=True)
    return result


def _window() -> object:
    """The window's share: Qt, its widgets and fonts."""
    from PySide6.QtWidgets import QApplication, QTextEdit

    from app.ui import main_window

    application = QApplication.instance() or QApplication([])
    view = QTextEdit()
    view.show()
    application.processEvents()
    return application, view, main_window


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.full_size")
    parser.add_argument("model", type=Path)
    parser.add_argument("--tokens", type=int, default=6000)
    parser.add_argument("--limit-gib", type=float, default=16.0)
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--threads", type=int, default=None)
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(json.dumps(child(options)))
        return 0
    command = [sys.executable, "-m", "tests.benchmarks.full_size", *sys.argv[1:], "--child"]
    with limited(options.limit_gib) as group:

        def enter() -> None:
            if group is not None:
                (group / "cgroup.procs").write_text(str(os.getpid()))

        done = subprocess.run(
            command, stdout=subprocess.PIPE, text=True, preexec_fn=enter, check=False
        )
        result: dict[str, Any] = {"exit_code": done.returncode, "limit_gib": None}
        if group is not None:
            result |= {"limit_gib": options.limit_gib, **of_group(group)}
        if done.returncode == 0:
            result |= json.loads(done.stdout.splitlines()[-1])
    print(json.dumps(result, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
