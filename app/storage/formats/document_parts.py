"""What an export for people consists of: messages in reading order, dates, who speaks."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

from app.core.attachment import Attachment
from app.core.conversation import Conversation
from app.core.message import FinishReason, Message, MessageId, Role
from app.core.transfer import ExportLabels

_EXCERPT_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Part:
    """A message, and what stands above it."""

    message: Message
    speaker: str
    details: str  # date, model's figures, version
    branch_note: str  # where a further branch begins; "" for the shown branch
    is_unfinished: bool


def parts_of(conversation: Conversation, labels: ExportLabels) -> Iterator[Part]:
    """The shown branch first, then every other branch from where it leaves."""
    children: dict[MessageId | None, list[Message]] = {}
    for message in conversation.messages.values():
        children.setdefault(message.parent_id, []).append(message)
    shown = {m.id for m in conversation.active_path()}
    # Branches that still have to be written: (first message, is it another branch).
    waiting: list[tuple[Message, bool]] = []
    _push(waiting, children.get(None, []), shown)
    while waiting:
        message, is_other = waiting.pop()
        yield _part(conversation, children, message, is_other, labels)
        _push(waiting, children.get(message.id, []), shown)


def _push(
    waiting: list[tuple[Message, bool]], versions: list[Message], shown: set[MessageId]
) -> None:
    """Put versions on the stack so that the shown, or else the newest, comes next."""
    if not versions:
        return
    following = next((m for m in versions if m.id in shown), versions[-1])
    others = [(m, True) for m in versions if m is not following]
    if following.id in shown:
        waiting[:0] = reversed(others)  # after all of the shown branch
    else:
        waiting.extend(reversed(others))
    waiting.append((following, False))


def _part(
    conversation: Conversation,
    children: dict[MessageId | None, list[Message]],
    message: Message,
    is_other: bool,
    labels: ExportLabels,
) -> Part:
    versions = children[message.parent_id]
    note = ""
    if is_other:
        parent = conversation.messages.get(message.parent_id) if message.parent_id else None
        words = " ".join((parent.text if parent else "").split())
        excerpt = words[:_EXCERPT_LENGTH] + ("…" if len(words) > _EXCERPT_LENGTH else "")
        note = labels.other_branch.format(excerpt=excerpt or "…")
    details = [time.strftime("%Y-%m-%d %H:%M", time.localtime(message.created_at))]
    if message.reasoning is not None and message.is_answer:
        details.append(str(message.reasoning))
    if message.stats is not None and message.stats.decode_tps:
        details.append(f"{message.stats.decode_tps:.1f} tokens/s")
    if len(versions) > 1:
        number = versions.index(message) + 1
        details.append(labels.version.format(number=number, count=len(versions)))
    unfinished = {FinishReason.INTERRUPTED, FinishReason.CANCELLED, FinishReason.ERROR}
    return Part(
        message,
        speaker_of(message, labels),
        " · ".join(details),
        note,
        message.finish_reason in unfinished,
    )


def attachment_title(attachment: Attachment, labels: ExportLabels) -> str:
    """Name and size of an attachment in one line."""
    name = " ".join(attachment.name.split()) or labels.pasted
    facts = [labels.attachment.replace("{name}", name)]
    facts.append(labels.characters.replace("{n}", f"{attachment.n_characters:,}"))
    if attachment.is_cut:
        facts.append(labels.only_beginning)
    return " · ".join(facts)


def speaker_of(message: Message, labels: ExportLabels) -> str:
    """Who speaks, in the words of the labels."""
    if message.role is Role.USER:
        return labels.you
    if message.role is Role.ASSISTANT:
        return message.model_name or labels.model
    return labels.tool
