"""From a conversation to the rows of its shown branch."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication

from app.core.conversation import Conversation
from app.core.errors import LumbreError
from app.core.message import Message, MessageId
from app.ui.chat_events import Phase
from app.ui.error_text import error_text
from app.ui.models.path_model import MessageRow


def path_rows(
    conversation: Conversation,
    errors: Mapping[MessageId, LumbreError],
    live: tuple[MessageId, Phase] | None,
) -> list[MessageRow]:
    """Rows of the active path, oldest first.

    Args:
        conversation: the tree.
        errors: why an answer failed, in this run of the program.
        live: the answer that is being written, and how far it is.
    """
    return [_row(conversation, m, errors, live) for m in conversation.active_path()]


def _row(
    conversation: Conversation,
    message: Message,
    errors: Mapping[MessageId, LumbreError],
    live: tuple[MessageId, Phase] | None,
) -> MessageRow:
    versions = conversation.versions(message.id)
    place = next(i for i, m in enumerate(versions, 1) if m.id == message.id)
    error = errors.get(message.id)
    is_live = live is not None and live[0] == message.id
    return MessageRow(
        message,
        version=place,
        n_versions=len(versions),
        is_live=is_live,
        status=live_status(live[1]) if live is not None and is_live else "",
        error=error_text(error) if error is not None else "",
    )


def live_status(phase: Phase, progress: float | None = None) -> str:
    """What the running answer says of itself, translated; empty while text comes."""
    if phase is Phase.READING:
        if not progress:
            return QCoreApplication.translate("LiveStatus", "Reading")
        text = QCoreApplication.translate("LiveStatus", "Reading, {percent} %")
        return text.format(percent=int(progress * 100))
    if phase is Phase.STOPPING:
        return QCoreApplication.translate("LiveStatus", "Stopping")
    return ""
