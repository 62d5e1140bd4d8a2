"""Where each conversation was read, so that coming back shows the same lines."""

from __future__ import annotations

import logging
from collections.abc import Container, Mapping
from contextlib import suppress
from dataclasses import astuple, dataclass
from pathlib import Path

from app.core.kept_json import read_kept, write_kept
from app.core.message import ConversationId, MessageId

logger = logging.getLogger(__name__)

_KEPT = 500  # conversations, the last left


@dataclass(frozen=True, slots=True)
class ReadingPlace:
    """A block and its distance from the window's top: where a person was reading."""

    message_id: MessageId
    section: int  # as in `Position`
    block: int
    y: float  # logical pixels


class ReadingPlaces:
    """Places by conversation; those of conversations left at their end are not kept.

    The file holds ids and numbers, nothing that was written. GUI thread.
    """

    def __init__(self, path: Path | None = None) -> None:
        """`path` None: they are forgotten with the program."""
        self._path = path
        self._places: dict[ConversationId, ReadingPlace] = {}
        self._saved: dict[ConversationId, ReadingPlace] = {}
        if path is not None:
            with suppress(OSError, ValueError, TypeError, AttributeError):
                self._places = _read(read_kept(path))
                self._saved = dict(self._places)

    def of(self, conversation_id: ConversationId) -> ReadingPlace | None:
        """Where it was read; None: at its end, or never."""
        return self._places.get(conversation_id)

    def put(self, conversation_id: ConversationId, place: ReadingPlace | None) -> None:
        """Remember where a conversation is left."""
        self._places.pop(conversation_id, None)
        if place is not None:
            self._places[conversation_id] = place
            while len(self._places) > _KEPT:
                del self._places[next(iter(self._places))]

    def save(self, known: Container[ConversationId]) -> None:
        """Write those of `known` conversations; what cannot be written is logged.

        What was deleted or never meant to be kept leaves no trace.
        """
        for conversation_id in [name for name in self._places if name not in known]:
            del self._places[conversation_id]
        if self._path is None or self._places == self._saved:
            return
        places: dict[str, object] = {
            name: astuple(place) for name, place in self._places.items()
        }
        try:
            # The window does not wait for the disk: what is lost is read from its end.
            write_kept(self._path, places, survives_power_cut=False)
        except OSError as error:
            logger.warning("reading places are not remembered: %s", error)
        else:
            self._saved = dict(self._places)


def _read(raw: Mapping[str, tuple[str, int, int, float]]) -> dict[ConversationId, ReadingPlace]:
    """Raises: ValueError, TypeError, AttributeError: the file holds something else."""
    return {
        ConversationId(name): ReadingPlace(
            MessageId(str(message)), int(section), max(int(block), 0), float(y)
        )
        for name, (message, section, block, y) in raw.items()
    }
