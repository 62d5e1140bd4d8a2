"""Our own format: docs/export-format.md describes it for other programs."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TextIO, TypeVar

from app import __version__
from app.core.attachment import MOST_ATTACHMENTS, Attachment, AttachmentKind
from app.core.conversation import Conversation
from app.core.errors import QT_TRANSLATE_NOOP
from app.core.message import (
    ConversationId,
    FinishReason,
    GenerationStats,
    Message,
    MessageId,
    MessageState,
    ReasoningEffort,
    Role,
)
from app.core.organisation import FolderId, clean_name
from app.storage.formats.untrusted import (
    Head,
    LeftOutError,
    as_list,
    as_object,
    as_seconds,
    as_text,
    build,
    malformed,
)
from app.storage.sampling_values import sampling_of

FORMAT = "lumbre-conversations"
VERSION = 1
_LONGEST_ID = 64
_LARGEST_FIGURE = 1e300

_NEWER = QT_TRANSLATE_NOOP(
    "errors",
    "This file was written by a newer version of Lumbre. Nothing was imported. Install the "
    "newer version to import it.",
)
E = TypeVar("E", bound=StrEnum)


def write_json(
    conversations: Iterable[Conversation],
    file: TextIO,
    folders: Mapping[FolderId, str] = MappingProxyType({}),
) -> tuple[int, int]:
    """Write a document; how many conversations and messages. `folders` are their names."""
    head = {"format": FORMAT, "version": VERSION, "program": f"Lumbre {__version__}"}
    head["exported_at"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    file.write(json.dumps(head, ensure_ascii=False)[:-1])
    file.write(', "conversations": [')
    n_conversations = n_messages = 0
    for conversation in conversations:
        file.write(",\n" if n_conversations else "\n")
        file.write(json.dumps(_conversation_object(conversation, folders), ensure_ascii=False))
        n_conversations += 1
        n_messages += len(conversation.messages)
    file.write("\n]}\n")
    return n_conversations, n_messages


def _conversation_object(
    conversation: Conversation, folders: Mapping[FolderId, str]
) -> dict[str, Any]:
    summary = asdict(conversation.summary)
    del summary["is_temporary"]
    folder = folders.get(summary.pop("folder_id"))
    optional = {
        "folder": folder,
        "is_archived": summary.pop("is_archived"),
        "sampling": summary.pop("sampling"),
    }
    return {
        **summary,
        **{name: value for name, value in optional.items() if value},
        "active_leaf": conversation.active_leaf_id,
        "messages": [_message_object(m) for m in conversation.messages.values()],
    }


def _message_object(message: Message) -> dict[str, Any]:
    optional = {
        "thinking": message.thinking,
        "reasoning": message.reasoning,
        "finish_reason": message.finish_reason,
        "model_name": message.model_name,
        "stats": message.stats and asdict(message.stats),
        "attachments": [_attachment_object(a) for a in message.attachments],
    }
    if message.state is not MessageState.COMPLETE:
        optional["state"] = message.state
    return {
        "id": message.id,
        "parent": message.parent_id,
        "role": message.role,
        "created_at": message.created_at,
        "text": message.text,
        **{name: value for name, value in optional.items() if value},
    }


def _attachment_object(attachment: Attachment) -> dict[str, Any]:
    written: dict[str, Any] = {"kind": attachment.kind, "name": attachment.name}
    if attachment.n_tokens is not None:
        written["n_tokens"] = attachment.n_tokens
    if attachment.is_cut:
        written["is_cut"] = True
    return {**written, "text": attachment.text}


def check_header(header: dict[str, Any]) -> None:
    """Raises `LeftOutError` for a document of a newer program."""
    version = header.get("version")
    if not isinstance(version, int) or version > VERSION:
        raise LeftOutError(_NEWER)


def folder_name(item: dict[str, Any]) -> str:
    """The folder of an element of "conversations"; "" for none."""
    return clean_name(as_text(item.get("folder")))


def read_conversation(item: dict[str, Any]) -> Conversation:
    """One element of "conversations"; unknown fields are passed over.

    Raises:
        LeftOutError: it cannot be imported.
    """
    created_at = as_seconds(item.get("created_at"), time.time())
    head = Head(
        id=_id(item.get("id"), "id"),
        title=as_text(item.get("title")),
        created_at=created_at,
        updated_at=as_seconds(item.get("updated_at"), created_at),
        is_pinned=item.get("is_pinned") is True,
        draft=as_text(item.get("draft")),
        reasoning=_word(ReasoningEffort, item.get("reasoning")) or ReasoningEffort.MEDIUM,
        instructions=as_text(item.get("instructions")),
    )
    messages = [
        _read_message(as_object(m, "message"), ConversationId(head.id), created_at)
        for m in as_list(item.get("messages"))
    ]
    leaf = item.get("active_leaf")
    conversation = build(head, messages, leaf if isinstance(leaf, str) else None)
    summary = replace(
        conversation.summary,
        title=head.title,  # without one, too: only those of other programs get one made
        is_archived=item.get("is_archived") is True,
        sampling=sampling_of(item.get("sampling")),
    )
    return conversation.with_summary(summary)


def _read_message(item: dict[str, Any], home: ConversationId, otherwise: float) -> Message:
    role = _word(Role, item.get("role"))
    if role is None:
        raise malformed("role")
    parent = item.get("parent")
    finish_reason = _word(FinishReason, item.get("finish_reason"))
    if item.get("state") == MessageState.STREAMING:
        finish_reason = FinishReason.INTERRUPTED
    return Message(
        id=MessageId(_id(item.get("id"), "message id")),
        conversation_id=home,
        role=role,
        text=as_text(item.get("text")),
        parent_id=MessageId(parent) if isinstance(parent, str) else None,
        thinking=as_text(item.get("thinking")),
        created_at=as_seconds(item.get("created_at"), otherwise),
        reasoning=_word(ReasoningEffort, item.get("reasoning")),
        finish_reason=finish_reason,
        model_name=as_text(item.get("model_name")),
        stats=_stats(item.get("stats")),
        attachments=tuple(
            _attachment(as_object(a, "attachment"))
            for a in as_list(item.get("attachments"))[:MOST_ATTACHMENTS]
        ),
    )


def _attachment(item: dict[str, Any]) -> Attachment:
    n_tokens = item.get("n_tokens")
    if isinstance(n_tokens, bool) or not isinstance(n_tokens, int) or n_tokens < 0:
        n_tokens = None
    return Attachment(
        as_text(item.get("text")),
        as_text(item.get("name")),
        _word(AttachmentKind, item.get("kind")) or AttachmentKind.TEXT,
        n_tokens,
        item.get("is_cut") is True,
    )


def _stats(value: object) -> GenerationStats | None:
    if not isinstance(value, dict):
        return None
    known: dict[str, Any] = {}
    for name, default in asdict(GenerationStats()).items():
        number = value.get(name)
        if isinstance(number, bool) or not isinstance(number, int | float):
            continue
        if abs(number) < _LARGEST_FIGURE:  # neither infinite nor NaN
            known[name] = type(default)(number)
    return GenerationStats(**known)


def _id(value: object, name: str) -> str:
    text = as_text(value)
    if not 0 < len(text) <= _LONGEST_ID:
        raise malformed(name)
    return text


def _word(kind: type[E], value: object) -> E | None:
    return kind(value) if isinstance(value, str) and value in set(kind) else None
