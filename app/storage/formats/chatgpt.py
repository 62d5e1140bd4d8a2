"""ChatGPT's `conversations.json`, as its export of all data has it.

A conversation is a tree of nodes, most of which are steps of one answer: thoughts, calls of
tools, their output, the answer. Here the steps of one turn become one message.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from app.core.conversation import Conversation
from app.core.message import ConversationId, FinishReason, Message, MessageId, Role
from app.storage.formats.untrusted import (
    MOST_MESSAGES,
    Head,
    as_list,
    as_object,
    as_seconds,
    as_text,
    build,
    stable_id,
    too_large,
)

_CITATION = re.compile("\ue200[^\ue201]{0,400}\ue201")  # marks of ChatGPT's own window
_UNSEEN = {"reasoning_recap", "user_editable_context", "model_editable_context"}


def looks_right(item: dict[str, Any]) -> bool:
    """True for a conversation of ChatGPT."""
    return isinstance(item.get("mapping"), dict)


def read_conversation(item: dict[str, Any]) -> Conversation:
    """One element of the list.

    Raises:
        LeftOutError: it cannot be imported.
    """
    created_at = as_seconds(item.get("create_time"), 0.0)
    own_id = as_text(item.get("conversation_id")) or as_text(item.get("id"))
    title = as_text(item.get("title"))
    head = Head(
        id=stable_id("chatgpt", own_id or f"{created_at} {title}"),
        title=title,
        created_at=created_at,
        updated_at=as_seconds(item.get("update_time"), created_at),
        is_pinned=item.get("is_starred") is True,
    )
    tree = _Tree(head, as_object(item.get("mapping"), "mapping"))
    return build(head, tree.messages(), tree.shown(item.get("current_node")))


@dataclass
class _Steps:
    """The steps of one answer, so far."""

    number: int  # of the first step among all nodes
    created_at: float
    id: MessageId  # of the last step
    model_name: str = ""
    thinking: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Turn:
    """How far a branch has come: the last whole message, and steps that follow it."""

    after: MessageId | None = None
    steps: _Steps | None = None  # belongs to one branch: it is ended where branches divide


class _Tree:
    """The nodes of one conversation."""

    def __init__(self, head: Head, mapping: dict[str, Any]) -> None:
        if len(mapping) > MOST_MESSAGES:
            raise too_large()
        self._head = head
        self._nodes = {key: n for key, n in mapping.items() if isinstance(n, dict)}
        self._messages: dict[MessageId, Message] = {}
        # Where a message begins in the file: versions keep that order.
        self._numbers = {key: number for number, key in enumerate(self._nodes)}
        self._order: dict[MessageId, int] = {}
        self._n_children: dict[str, int] = {}
        for node in self._nodes.values():
            if (parent := self._parent(node)) is not None:
                self._n_children[parent] = self._n_children.get(parent, 0) + 1

    def messages(self) -> list[Message]:
        """All messages, in the order in which they begin in the file."""
        turns: dict[str, _Turn] = {}
        for key in self._nodes:
            chain: dict[str, None] = {}
            current: str | None = key
            while current is not None and current not in turns and current not in chain:
                chain[current] = None
                current = self._parent(self._nodes[current])
            for step in reversed(chain):
                before = turns.get(self._parent(self._nodes[step]) or "", _Turn())
                turns[step] = self._next(step, before)
        return sorted(self._messages.values(), key=lambda m: self._order[m.id])

    def shown(self, node: object) -> str | None:
        """The message that the shown node became a part of; None when there is none."""
        seen: set[str] = set()
        while isinstance(node, str) and node in self._nodes and node not in seen:
            if self._id(node) in self._messages:
                return self._id(node)
            seen.add(node)
            node = self._parent(self._nodes[node])
        return None

    def _next(self, key: str, before: _Turn) -> _Turn:
        turn = self._with_step(key, before)
        if turn.steps is not None and self._n_children.get(key, 0) != 1:
            return self._whole(turn)  # the branch ends or divides here
        return turn

    def _with_step(self, key: str, turn: _Turn) -> _Turn:
        raw = self._nodes[key].get("message")
        if not isinstance(raw, dict) or _is_hidden(raw):
            return turn
        author = raw.get("author")
        role = as_text(author.get("role")) if isinstance(author, dict) else ""
        thinking, text = _content(raw, is_tool=role == "tool")
        if role not in {"user", "assistant", "tool"} or not (thinking or text):
            return turn
        created_at = as_seconds(raw.get("create_time"), self._head.created_at)
        home, id_ = ConversationId(self._head.id), self._id(key)
        if role == "user":
            after = self._whole(turn).after
            question = Message(id_, home, Role.USER, text, after, created_at=created_at)
            self._take(question, self._numbers[key])
            return _Turn(id_)
        steps = turn.steps or _Steps(self._numbers[key], created_at, id_)
        steps.id = id_
        steps.model_name = _model(raw) or steps.model_name
        steps.thinking.append(thinking)
        steps.text.append(text)
        return _Turn(turn.after, steps)

    def _whole(self, turn: _Turn) -> _Turn:
        """Make a message of the steps so far."""
        if (steps := turn.steps) is None:
            return turn
        answer = Message(
            steps.id,
            ConversationId(self._head.id),
            Role.ASSISTANT,
            _joined(*steps.text),
            turn.after,
            _joined(*steps.thinking),
            steps.created_at,
            finish_reason=FinishReason.STOP,
            model_name=steps.model_name,
        )
        self._take(answer, steps.number)
        return _Turn(answer.id)

    def _take(self, message: Message, number: int) -> None:
        self._messages.setdefault(message.id, message)
        self._order.setdefault(message.id, number)

    def _id(self, key: str) -> MessageId:
        return MessageId(stable_id(self._head.id, key))

    def _parent(self, node: dict[str, Any]) -> str | None:
        parent = node.get("parent")
        return parent if isinstance(parent, str) and parent in self._nodes else None


def _is_hidden(raw: dict[str, Any]) -> bool:
    metadata = raw.get("metadata")
    return isinstance(metadata, dict) and bool(
        metadata.get("is_visually_hidden_from_conversation")
    )


def _model(raw: dict[str, Any]) -> str:
    metadata = raw.get("metadata")
    return as_text(metadata.get("model_slug")) if isinstance(metadata, dict) else ""


def _content(raw: dict[str, Any], *, is_tool: bool) -> tuple[str, str]:
    """What a step adds to the thinking and to the text."""
    content = raw.get("content")
    if not isinstance(content, dict):
        return "", ""
    kind = as_text(content.get("content_type"))
    if kind in _UNSEEN:
        return "", ""
    if kind == "thoughts":
        return "\n\n".join(map(_thought, as_list(content.get("thoughts")))), ""
    text = _visible_text(content)
    if kind in {"code", "execution_output"} or is_tool:
        language = as_text(content.get("language"))
        return "", _fenced(text, "" if language == "unknown" else language)
    return "", _joined(_attachments(raw), text)


def _visible_text(content: dict[str, Any]) -> str:
    if as_text(content.get("content_type")) in {"tether_browsing_display", "tether_quote"}:
        parts = [as_text(content.get(name)) for name in ("title", "url", "text", "result")]
    else:
        parts = [*map(_part, as_list(content.get("parts"))), as_text(content.get("text"))]
    return _CITATION.sub("", "\n\n".join(p for p in parts if p)).strip()


def _part(part: object) -> str:
    if isinstance(part, str):
        return as_text(part)
    if not isinstance(part, dict):
        return ""
    if "image" in as_text(part.get("content_type")):
        return "[image]"
    return as_text(part.get("text"))


def _thought(thought: object) -> str:
    if not isinstance(thought, dict):
        return ""
    return _joined(as_text(thought.get("summary")), as_text(thought.get("content")))


def _attachments(raw: dict[str, Any]) -> str:
    metadata = raw.get("metadata")
    files = as_list(metadata.get("attachments")) if isinstance(metadata, dict) else []
    names = [as_text(f.get("name")) for f in files if isinstance(f, dict)]
    return "\n".join(f"[{name}]" for name in names if name)


def _fenced(text: str, language: str) -> str:
    """A code block whose fence is longer than any in the text."""
    if not text:
        return ""
    longest = max((len(run) for run in re.findall("`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def _joined(*texts: str) -> str:
    return "\n\n".join(t for t in texts if t)
