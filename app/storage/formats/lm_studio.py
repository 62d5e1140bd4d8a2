"""LM Studio's `*.conversation.json`: one conversation a file, with versions of messages."""

from __future__ import annotations

from typing import Any

from app.core.conversation import Conversation
from app.core.message import ConversationId, FinishReason, Message, MessageId, Role
from app.storage.formats.untrusted import (
    Head,
    as_list,
    as_object,
    as_seconds,
    as_text,
    build,
    malformed,
    stable_id,
)

_ROLES = {"user": Role.USER, "assistant": Role.ASSISTANT}


def looks_right(item: dict[str, Any]) -> bool:
    """True for a conversation of LM Studio."""
    messages = item.get("messages")
    return isinstance(messages, list) and all(
        isinstance(m, dict) and isinstance(m.get("versions"), list) for m in messages[:3]
    )


def read_conversation(item: dict[str, Any]) -> Conversation:
    """The one conversation of a file.

    Raises:
        LeftOutError: it cannot be imported.
    """
    created_at = as_seconds(item.get("createdAt"), 0.0, unit=0.001)
    title = as_text(item.get("name"))
    head = Head(
        id=stable_id("lm-studio", item.get("createdAt") or title),
        title=title,
        created_at=created_at,
        updated_at=as_seconds(item.get("userLastMessagedAt"), created_at, unit=0.001),
        is_pinned=item.get("pinned") is True,
        instructions=as_text(item.get("systemPrompt")),
    )
    messages: list[Message] = []
    shown: MessageId | None = None
    for index, raw in enumerate(as_list(item.get("messages"))):
        entry = as_object(raw, "message")
        versions = as_list(entry.get("versions"))
        made = [
            _message(head, f"{index} {number}", shown, as_object(version, "version"))
            for number, version in enumerate(versions)
        ]
        selected = entry.get("currentlySelected")
        if not made:
            continue
        if not isinstance(selected, int) or not 0 <= selected < len(made):
            selected = len(made) - 1
        messages += made
        shown = made[selected].id
    return build(head, messages, shown)


def _message(head: Head, key: str, after: MessageId | None, raw: dict[str, Any]) -> Message:
    role = _ROLES.get(as_text(raw.get("role")))
    if role is None:
        raise malformed("role")
    thinking: list[str] = []
    texts: list[str] = []
    for block in [raw, *(s for s in as_list(raw.get("steps")) if isinstance(s, dict))]:
        style = block.get("style")
        is_thinking = isinstance(style, dict) and style.get("type") == "thinking"
        (thinking if is_thinking else texts).append(_text(block.get("content")))
    thought, text = _split("\n\n".join(t for t in texts if t))
    sender = raw.get("senderInfo")
    return Message(
        MessageId(stable_id(head.id, key, text)),
        ConversationId(head.id),
        role,
        text,
        after,
        "\n\n".join(t for t in (*thinking, thought) if t),
        head.created_at,
        finish_reason=FinishReason.STOP if role is Role.ASSISTANT else None,
        model_name=as_text(sender.get("senderName")) if isinstance(sender, dict) else "",
    )


def _text(content: object) -> str:
    parts = [part for part in as_list(content) if isinstance(part, dict)]
    named = [
        as_text(p.get("text")) if p.get("type") == "text" else _attachment(p) for p in parts
    ]
    return "".join(named)


def _attachment(part: dict[str, Any]) -> str:
    name = as_text(part.get("name")) or as_text(part.get("fileIdentifier"))
    return f"[{name}]\n\n" if name else ""


def _split(text: str) -> tuple[str, str]:
    """Older files have the thinking in the text, between tags."""
    head, begin, rest = text.partition("<think>")
    thought, end, answer = rest.partition("</think>")
    if begin and end and not head.strip():
        return thought.strip(), answer.strip()
    return "", text
