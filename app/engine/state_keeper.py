"""Which KV states are kept on the disk, and when one is taken back.

A state is worth keeping when reading its text again would take more than a few seconds. It
is copied in the engine's thread, where nothing else can touch the cache, just before it would
be lost: another conversation, another reasoning level, an edit far back, unloading. A thread
of its own writes it, so that no request waits for a disk.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from array import array
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from app.core.kv_state import KvState, KvStateStore, StateKey
from app.core.message import ConversationId
from app.engine.kv_cache import KvCache, common_prefix

logger = logging.getLogger(__name__)

WORTH_KEEPING_S = 3.0  # of reading again
WORTH_LOADING = 1 / 6  # of `WORTH_KEEPING_S`
# While nothing else happens a state is also kept against a power cut, but not after each turn
# of a conversation: 200 MB a turn would wear out a disk.
WORTH_KEEPING_IDLE_S = 20.0
_WAIT_S = 30.0  # for the last file, at the end of the program
_FEWEST_TOKENS = 16  # that a speed can be measured with
_UNKNOWN_SPEED = 100.0  # tokens a second, before anything was read here


@dataclass(frozen=True, slots=True)
class _Job:
    key: StateKey
    state: KvState


def state_key(
    conversation_id: ConversationId | None, beginning: Sequence[int]
) -> StateKey | None:
    """The key of a prompt that begins with these ids; None where nothing may be kept."""
    if conversation_id is None:
        return None
    digest = hashlib.sha256(b"".join(i.to_bytes(4, "little") for i in beginning))
    return StateKey(conversation_id, digest.hexdigest()[:16])


class StateKeeper:
    """Saves and restores the states of one loaded model. Engine thread only.

    Args:
        store: where they go; its calls come from this object's own thread too.
        cache: of the loaded model.
        identity: as of `state_identity`.
        worth_keeping_s: seconds of reading that make a state worth its room; a sixth of it
            makes it worth loading.
    """

    def __init__(
        self,
        store: KvStateStore,
        cache: KvCache,
        identity: str,
        worth_keeping_s: float = WORTH_KEEPING_S,
    ) -> None:
        self._store = store
        self._cache = cache
        self._identity = identity
        self._worth_keeping_s = worth_keeping_s
        self._speed = 0.0  # tokens a second; 0: not known
        self._owner: StateKey | None = None
        self._n_text = 0  # tokens in the cache that a later prompt will begin with
        self._asked_at = 0.0  # when the owner's last prompt came, seconds since 1970
        self._kept: dict[StateKey, tuple[int, ...]] = {}  # ids of what was saved or loaded
        self._writer = _Writer(store, identity)
        self._writer.trim()  # what a crash or an older budget has left

    def before_reading(self, key: StateKey | None, wanted: Sequence[int], n_text: int) -> None:
        """The cache is about to be rewound to `wanted`.

        Saves what would be lost, and restores what would have to be read.

        Args:
            key: whose prompt it is; None: nothing of it may be kept.
            wanted: its ids.
            n_text: how many of these a later prompt will begin with.
        """
        n_kept = self._cache.n_kept(wanted)
        found = self._find(key, wanted, n_kept)  # before one of the same key replaces it
        left = None
        if self._n_text > n_kept and self._keep(self._worth_keeping_s, n_shared=n_kept):
            left = self._owner
        self._owner, self._n_text, self._asked_at = key, n_text, time.time()
        if key is None or found is None:
            return
        if self._cache.restore(found):
            if left != key:  # else another branch has just taken its place on the disk
                self._kept[key] = found.ids
            self._writer.touch(key)
            logger.info("%d tokens restored", len(found.ids))
        else:
            logger.warning("a state of %d tokens did not fit", len(found.ids))
            self._store.delete(key)

    def n_restorable(self, key: StateKey | None, wanted: Sequence[int]) -> int:
        """How many of the first tokens of `wanted` a kept state would save reading."""
        if key is None:
            return 0
        n = 0

        def look(ids: Sequence[int], places: Sequence[int]) -> bool:
            nonlocal n
            n = _n_usable(wanted, ids, places)
            return False

        if (state := self._writer.pending(key)) is not None:
            look(state.ids, _places(state))
        else:
            self._store.load(key, self._identity, look)
        return n

    def has_read(self, n_tokens: int, seconds: float) -> None:
        """So many tokens were read in so many seconds."""
        if n_tokens >= _FEWEST_TOKENS and seconds > 0:
            self._speed = n_tokens / seconds

    def when_idle(self) -> None:
        """Nothing is wanted just now."""
        factor = WORTH_KEEPING_IDLE_S / WORTH_KEEPING_S
        self._keep(self._worth_keeping_s * factor, n_shared=0)

    def close(self) -> None:
        """The model is about to be unloaded: save, and wait for the last file."""
        self._keep(self._worth_keeping_s, n_shared=0)
        self._owner = None
        self._writer.close()

    def forget(self) -> None:
        """The cache was cleared: there is nothing to be saved."""
        self._owner, self._n_text = None, 0

    def _find(self, key: StateKey | None, wanted: Sequence[int], n_kept: int) -> KvState | None:
        """A state with which clearly less than now would have to be read."""
        worth_s = WORTH_LOADING * self._worth_keeping_s
        if key is None or self._seconds(len(wanted) - n_kept) < worth_s:
            return None

        def is_worth_loading(ids: Sequence[int], places: Sequence[int]) -> bool:
            n_gained = _n_usable(wanted, ids, places) - n_kept
            return n_gained > 0 and self._seconds(n_gained) >= worth_s

        state = self._writer.pending(key)
        if state is None:
            return self._store.load(key, self._identity, is_worth_loading)
        return state if is_worth_loading(state.ids, _places(state)) else None

    def _keep(self, worth_s: float, n_shared: int) -> bool:
        """Save, unless reading again would cost less than `worth_s`; True when it is saved."""
        key, cache = self._owner, self._cache
        n_text = min(self._n_text, cache.n_tokens)
        if key is None or n_text == 0:
            return False
        n_saved = max(min(cache.n_shared(self._kept.get(key, ())), n_text), n_shared)
        room = self._store.room_bytes()
        if self._seconds(n_text - n_saved) < worth_s or n_text == n_saved or room == 0:
            return False
        started = time.monotonic()
        state = cache.state(self._asked_at)
        if state is None or state.n_bytes > room:
            return False
        self._kept[key] = state.ids
        self._writer.save(_Job(key, state))
        seconds = time.monotonic() - started
        logger.info("%d tokens copied in %.0f ms", len(state.ids), seconds * 1000)
        return True

    def _seconds(self, n_tokens: int) -> float:
        return n_tokens / (self._speed or _UNKNOWN_SPEED)


def _places(state: KvState) -> tuple[int, ...]:
    return (*(w.n_tokens for w in state.windows), len(state.ids))


def _n_usable(wanted: Sequence[int], ids: Sequence[int], places: Sequence[int]) -> int:
    """How many tokens of `wanted` need not be read once a state with `ids` is restored."""
    n = common_prefix(array("i", wanted), array("i", ids))
    return n if n == len(wanted) else max((place for place in places if place <= n), default=0)


class _Writer:
    """Brings states to the store, one after the other, in a thread that ends when idle."""

    def __init__(self, store: KvStateStore, identity: str) -> None:
        self._store = store
        self._identity = identity
        self._lock = threading.Lock()
        self._jobs: deque[_Job | StateKey | None] = deque()  # None: trim
        self._pending: dict[StateKey, KvState] = {}
        self._thread: threading.Thread | None = None

    def save(self, job: _Job) -> None:
        """Write a state; an older one of the same key that has not been written is not."""
        with self._lock:
            self._pending[job.key] = job.state
        self._put(job)

    def touch(self, key: StateKey) -> None:
        """Note that this state was used just now."""
        self._put(key)

    def trim(self) -> None:
        """Remove what is too much."""
        self._put(None)

    def pending(self, key: StateKey) -> KvState | None:
        """A state that is still on its way."""
        with self._lock:
            return self._pending.get(key)

    def close(self) -> None:
        """Wait for what is on its way."""
        thread = self._thread
        if thread is not None:
            thread.join(_WAIT_S)
            if thread.is_alive():
                logger.warning("a state is still being written")

    def _put(self, job: _Job | StateKey | None) -> None:
        with self._lock:
            self._jobs.append(job)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="kv-states", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while self._has_more():
            job = self._jobs.popleft()
            try:
                if job is None:
                    self._store.trim()
                elif isinstance(job, StateKey):
                    self._store.touch(job)
                elif self.pending(job.key) is job.state:
                    self._store.save(job.key, self._identity, job.state)
            except Exception:
                logger.exception("a state could not be written")
            if isinstance(job, _Job):
                self._is_over(job)

    def _has_more(self) -> bool:
        with self._lock:
            if not self._jobs:
                self._thread = None
            return bool(self._jobs)

    def _is_over(self, job: _Job) -> None:
        with self._lock:
            if self._pending.get(job.key) is job.state:
                del self._pending[job.key]
