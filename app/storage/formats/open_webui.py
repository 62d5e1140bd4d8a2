"""Open WebUI's export of chats: a list of objects, each with its messages as a tree."""

from __future__ import annotations

import html
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

_ROLES = {"user": Role.USER, "assistant": Role.ASSISTANT, "tool": Role.TOOL}
_REASONING = '<details type="reasoning"'
_END = "</details>"
_MILLISECONDS_FROM = 100_000_000_000  # a time beyond the year 5138 is one in milliseconds


def looks_right(item: dict[str, Any]) -> bool:
    """True for a chat of Open WebUI."""
    chat = item.get("chat")
    return isinstance(chat, dict) and ("history" in chat or "messages" in chat)


def read_conversation(item: dict[str, Any]) -> Conversation:
    """One element of the list.

    Raises:
        LeftOutError: it cannot be imported.
    """
    chat = as_object(item.get("chat"), "chat")
    created_at = _seconds(item.get("created_at"), _seconds(chat.get("timestamp"), 0.0))
    title = as_text(item.get("title")) or as_text(chat.get("title"))
    params = chat.get("params")
    head = Head(
        id=stable_id("open-webui", as_text(item.get("id")) or f"{created_at} {title}"),
        title=title,
        created_at=created_at,
        updated_at=_seconds(item.get("updated_at"), created_at),
        is_pinned=item.get("pinned") is True,
        instructions=as_text(params.get("system")) if isinstance(params, dict) else "",
    )
    history = chat.get("history")
    nodes = history.get("messages") if isinstance(history, dict) else None
    if isinstance(nodes, dict):
        shown = history.get("currentId") if isinstance(history, dict) else None
        messages = [_message(head, key, node) for key, node in nodes.items()]
    else:
        messages, shown = _chained(head, as_list(chat.get("messages"))), None
    leaf = stable_id(head.id, shown) if isinstance(shown, str) else None
    return build(head, [m for m in messages if m is not None], leaf)


def _message(head: Head, key: str, node: object) -> Message | None:
    """None for what is no message to a person: the instructions of the system."""
    raw = as_object(node, "message")
    role = _ROLES.get(as_text(raw.get("role")))
    if role is None:
        if raw.get("role") == "system":
            return None
        raise malformed("role")
    parent = raw.get("parentId")
    thinking, text = _split(_text(raw.get("content")))
    return Message(
        MessageId(stable_id(head.id, key)),
        ConversationId(head.id),
        role,
        text,
        MessageId(stable_id(head.id, parent)) if isinstance(parent, str) else None,
        thinking,
        _seconds(raw.get("timestamp"), head.created_at),
        finish_reason=FinishReason.STOP if role is Role.ASSISTANT else None,
        model_name=as_text(raw.get("model")) if role is Role.ASSISTANT else "",
    )


def _chained(head: Head, nodes: list[Any]) -> list[Message | None]:
    """Older exports have a plain list: each message follows the one before."""
    messages: list[Message | None] = []
    before: str | None = None
    for index, node in enumerate(nodes):
        raw = as_object(node, "message")
        key = as_text(raw.get("id")) or str(index)
        messages.append(_message(head, key, {**raw, "parentId": before}))
        before = key
    return messages


def _text(content: object) -> str:
    if isinstance(content, list):
        texts = [as_text(part.get("text")) for part in content if isinstance(part, dict)]
        return "\n\n".join(t for t in texts if t)
    return as_text(content)


def _split(text: str) -> tuple[str, str]:
    """Thinking and answer: Open WebUI keeps the thinking as a folded block of HTML."""
    thoughts: list[str] = []
    answer: list[str] = []
    at = 0
    while (start := text.find(_REASONING, at)) >= 0:
        opened = text.find(">", start)
        end = text.find(_END, opened)
        if opened < 0 or end < 0:
            break
        answer.append(text[at:start])
        inside = text[opened + 1 : end]
        _, summary, rest = inside.partition("</summary>")
        lines = html.unescape(rest if summary else inside).strip().splitlines()
        thoughts.append("\n".join(line.removeprefix(">").removeprefix(" ") for line in lines))
        at = end + len(_END)
    answer.append(text[at:])
    return "\n\n".join(thoughts), "".join(answer).strip() if thoughts else text


def _seconds(value: object, otherwise: float) -> float:
    seconds = as_seconds(value, otherwise)
    return seconds / 1000 if seconds > _MILLISECONDS_FROM else seconds
