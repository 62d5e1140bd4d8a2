"""KV states kept in memory instead of on a disk."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from app.core.kv_state import KvState, StateKey


class MemoryStates:
    """Satisfies `KvStateStore` in memory."""

    def __init__(self) -> None:
        self.states: dict[StateKey, tuple[str, KvState]] = {}
        self.saved: list[StateKey] = []
        self.touched: list[StateKey] = []
        self.bulk_reads = 0
        self.room = 1 << 30
        self.gate: threading.Event | None = None
        self.damage: Callable[[KvState], KvState] = lambda state: state

    def load(
        self,
        key: StateKey,
        identity: str,
        is_wanted: Callable[[Sequence[int], Sequence[int]], bool],
    ) -> KvState | None:
        found = self.states.get(key)
        if found is None or found[0] != identity:
            return None
        state = found[1]
        places = (*(w.n_tokens for w in state.windows), len(state.ids))
        if not is_wanted(state.ids, places):
            return None
        self.bulk_reads += 1
        return self.damage(state)

    def save(self, key: StateKey, identity: str, state: KvState) -> bool:
        if self.gate is not None:
            self.gate.wait(10)
        self.saved.append(key)
        self.states[key] = (identity, state)
        return True

    def touch(self, key: StateKey) -> None:
        self.touched.append(key)

    def delete(self, key: StateKey) -> None:
        self.states.pop(key, None)

    def trim(self) -> None:
        pass

    def room_bytes(self) -> int:
        return self.room
