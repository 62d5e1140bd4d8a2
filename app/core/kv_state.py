"""The KV cache of a conversation on the disk: what is kept, and the port to where it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.core.message import ConversationId

Buffer = bytes | bytearray | memoryview


@dataclass(frozen=True, slots=True)
class StateKey:
    """Whose state it is. A conversation has one for each beginning that its prompts had.

    Another reasoning level or other instructions are another beginning: nothing after it can
    be shared, and going back to the first one shall not cost a second reading.
    """

    conversation_id: ConversationId
    beginning: str  # hex digits; the same for the same system and developer message


@dataclass(frozen=True, slots=True)
class KvWindow:
    """The sliding window as it was after the first `n_tokens`: a state to return to."""

    n_tokens: int
    data: Buffer


@dataclass(frozen=True, slots=True)
class KvState:
    """A whole KV cache. The bytes are llama.cpp's own and mean nothing to anybody else."""

    ids: tuple[int, ...]  # the tokens in it, from position 0 on
    sequence: Buffer  # all layers after the last of them
    windows: tuple[KvWindow, ...]  # ascending, all before the last token
    made_at: float  # seconds since 1970: what was erased later may still be in it

    @property
    def n_bytes(self) -> int:
        """Bytes of it, near enough for a budget."""
        return len(self.sequence) + sum(len(w.data) for w in self.windows) + 4 * len(self.ids)


class KvStateStore(Protocol):
    """Keeps states between runs, the most recently used ones within a budget.

    May be called from any thread. Nothing is raised: a state that is missing, damaged or
    made by another model is no state, and the text is read again.
    """

    def load(
        self,
        key: StateKey,
        identity: str,
        is_wanted: Callable[[Sequence[int], Sequence[int]], bool],
    ) -> KvState | None:
        """The state of `key`, proved to be byte for byte what was saved; None without one.

        Args:
            key: whose.
            identity: as it was given to `save`; a state with another one is deleted.
            is_wanted: asked before the bulk is read, with the token ids and the places (in
                tokens) that the state can be returned to.
        """
        ...

    def save(self, key: StateKey, identity: str, state: KvState) -> bool:
        """Keep `state`, in place of an earlier one of `key`; False when it is not kept.

        It is not when the budget is too small or the conversation is deleted.

        Args:
            key: whose.
            identity: model, llama.cpp's build and all else that the bytes depend on.
            state: what.
        """
        ...

    def touch(self, key: StateKey) -> None:
        """It was used just now: others go first when room is needed."""
        ...

    def delete(self, key: StateKey) -> None:
        """Remove a state, from the disk too."""
        ...

    def trim(self) -> None:
        """Remove what goes beyond the budget and what no conversation owns any more."""
        ...

    def room_bytes(self) -> int:
        """The most that one state may take; 0: none is kept."""
        ...
