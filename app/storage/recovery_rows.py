"""Which rows of a damaged database are ours, and how their unreadable values are mended.

Nothing tells of which table a row is but its values.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable

from app.core.attachment import MOST_ATTACHMENTS
from app.core.conversation import title_from
from app.core.message import MessageState, ReasoningEffort, Role
from app.storage.attachments import row_id as attachment_row
from app.storage.pages import Row, Value
from app.storage.rows import clean_seconds
from app.storage.sampling_values import sampling_of_text

Values = dict[str, Value]  # by column
Mend = Callable[[Value], Value]

_ROLES = frozenset(map(str, Role))
_STATES = frozenset(map(str, MessageState))
_LEVELS = frozenset(map(str, ReasoningEffort))
_TITLE_CHARACTERS = 200  # of a text, for a title that has to be made
_YES_OR_NO = (0, 1)


def _text_or_none(value: Value) -> Value:
    return value if isinstance(value, str) else None


def _text(value: Value) -> Value:
    return value if isinstance(value, str) else ""


def _bytes_or_none(value: Value) -> Value:
    return value if isinstance(value, bytes) else None


def _nothing(_: Value) -> Value:
    return None


def _seconds(value: Value) -> Value:
    return clean_seconds(value) if isinstance(value, int | float) else 0.0


def _seconds_or_none(value: Value) -> Value:
    return None if value is None else _seconds(value)


def _row_or_none(value: Value) -> Value:
    return value if isinstance(value, int) else None


def _is_set(value: Value) -> Value:
    return int(value == 1)


def _sampling(value: Value) -> Value:
    return value if isinstance(value, str) and sampling_of_text(value) is not None else None


def _level_or_none(value: Value) -> Value:
    return value if value in _LEVELS else None


# Columns in the order of the first release of the schema (later ones come after them), and
# how an unreadable value is mended.
_FIRST_MESSAGE_COLUMNS: dict[str, Mend] = {
    "id": _row_or_none,
    "uuid": _text,
    "conversation": _row_or_none,
    "parent": _row_or_none,
    "role": _text,
    "text": _text,
    "thinking": _text,
    "created_at": _seconds,
    "state": lambda value: value if value in _STATES else str(MessageState.STREAMING),
    "reasoning": _text_or_none,
    "finish_reason": _text_or_none,
    "model_name": _text,
    "stats": _text_or_none,
    "trashed_at": _seconds_or_none,
    "trash_root": _row_or_none,
    "trash_leaf": _row_or_none,
}
_FIRST_CONVERSATION_COLUMNS: dict[str, Mend] = {
    "id": _row_or_none,
    "uuid": _text,
    "title": _text,
    "created_at": _seconds,
    "updated_at": _seconds,
    "sort_key": _seconds,
    "is_pinned": _is_set,
    "draft": _text,
    "reasoning": lambda value: value if value in _LEVELS else str(ReasoningEffort.MEDIUM),
    "instructions": _text,
    "active_leaf": _row_or_none,
    "trashed_at": _seconds_or_none,
}
# A row that was written before these were added has none of them. Imports are not recovered:
# there is nothing to undo.
MESSAGE_COLUMNS: dict[str, Mend] = {
    **_FIRST_MESSAGE_COLUMNS,
    "import": _nothing,
    "token_ids": _bytes_or_none,
}
CONVERSATION_COLUMNS: dict[str, Mend] = {
    **_FIRST_CONVERSATION_COLUMNS,
    "import": _nothing,
    "folder": _row_or_none,
    "is_archived": _is_set,
    "sampling": _sampling,
}
ATTACHMENT_COLUMNS: dict[str, Mend] = {
    "id": _row_or_none,
    "message": _row_or_none,
    "name": _text,
    "kind": _text,
    "text": _text,
    "n_tokens": _row_or_none,
    "is_cut": _is_set,
}
FOLDER_COLUMNS: dict[str, Mend] = {
    "id": _row_or_none,
    "uuid": _text,
    "name": _text,
    "is_folded": _is_set,
    "import": _nothing,
}
PRESET_COLUMNS: dict[str, Mend] = {
    "id": _row_or_none,
    "uuid": _text,
    "name": _text,
    "instructions": _text,
    "sampling": _sampling,
    "reasoning": _level_or_none,
    "is_default": _is_set,
}


def as_message(row: Row) -> Values | None:
    """The row when it is a message; one whose end is cut is a message that was interrupted."""
    if len(row.values) < len(_FIRST_MESSAGE_COLUMNS):
        return None
    raw = dict.fromkeys(MESSAGE_COLUMNS) | dict(zip(MESSAGE_COLUMNS, row.values, strict=False))
    if not row.is_whole:  # what an answer was made of is all of it or nothing
        raw["token_ids"] = None
    is_ours = (
        _is_id(raw["uuid"])
        and isinstance(raw["conversation"], int)
        and raw["role"] in _ROLES
        and isinstance(raw["text"], str)
        and (raw["state"] in _STATES or not row.is_whole)
    )
    return _mended(row, raw, MESSAGE_COLUMNS) if is_ours else None


def as_conversation(row: Row) -> Values | None:
    """The row when it is a conversation."""
    if len(row.values) < len(_FIRST_CONVERSATION_COLUMNS):
        return None
    raw = dict.fromkeys(CONVERSATION_COLUMNS) | dict(
        zip(CONVERSATION_COLUMNS, row.values, strict=False)
    )
    is_ours = (
        _is_id(raw["uuid"])
        and isinstance(raw["title"], str)
        and isinstance(raw["created_at"], int | float)
        and isinstance(raw["sort_key"], int | float)
        and (raw["reasoning"] in _LEVELS or not row.is_whole)
    )
    return _mended(row, raw, CONVERSATION_COLUMNS) if is_ours else None


def as_attachment(row: Row) -> Values | None:
    """The row when it is an attachment: its id tells of which message."""
    if len(row.values) < len(ATTACHMENT_COLUMNS):
        return None
    raw = dict(zip(ATTACHMENT_COLUMNS, row.values, strict=False))
    message = raw["message"]
    is_ours = (
        isinstance(message, int)
        and 0 <= row.rowid - attachment_row(message, 0) < MOST_ATTACHMENTS
        and isinstance(raw["name"], str)
        and isinstance(raw["kind"], str)
        and isinstance(raw["text"], str)
    )
    return _mended(row, raw, ATTACHMENT_COLUMNS) if is_ours else None


def as_folder(row: Row) -> Values | None:
    """The row when it is a folder; few values tell, so that all of them have to fit."""
    if len(row.values) != len(FOLDER_COLUMNS):
        return None
    raw = dict(zip(FOLDER_COLUMNS, row.values, strict=True))
    is_ours = (
        raw["id"] is None
        and _is_id(raw["uuid"])
        and isinstance(raw["name"], str)
        and raw["is_folded"] in _YES_OR_NO
        and (raw["import"] is None or isinstance(raw["import"], int))
    )
    return _mended(row, raw, FOLDER_COLUMNS) if is_ours else None


def as_preset(row: Row) -> Values | None:
    """The row when it is a preset; as of folders."""
    if len(row.values) != len(PRESET_COLUMNS):
        return None
    raw = dict(zip(PRESET_COLUMNS, row.values, strict=True))
    is_ours = (
        raw["id"] is None
        and _is_id(raw["uuid"])
        and isinstance(raw["name"], str)
        and isinstance(raw["instructions"], str)
        and (raw["sampling"] is None or isinstance(raw["sampling"], str))
        and (raw["reasoning"] is None or raw["reasoning"] in _LEVELS or not row.is_whole)
        and (raw["is_default"] in _YES_OR_NO or not row.is_whole)
    )
    return _mended(row, raw, PRESET_COLUMNS) if is_ours else None


def _mended(row: Row, raw: Values, columns: dict[str, Mend]) -> Values:
    return {name: mend(raw[name]) for name, mend in columns.items()} | {"id": row.rowid}


def _is_id(value: Value) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 64


def worth_of(message: Values, is_whole: bool, place: int) -> tuple[bool, bool, int, int]:
    """A finished answer is better than its journal, a longer journal than a shorter one.

    The last number, the place in the file with a minus, makes every row's worth its own.
    """
    is_complete = message["state"] == "complete"
    return is_whole, is_complete, len(str(message["text"])), -place


def without_texts(message: Values) -> Values:
    """What is needed to mend a tree, and the beginning of the text for a title."""
    kept = {name: message[name] for name in ("uuid", "conversation", "parent", "created_at")}
    return {**kept, "text": str(message["text"])[:_TITLE_CHARACTERS]}


def stand_in(message: Values) -> Values:
    """A conversation for messages whose own was lost."""
    return {
        "id": message["conversation"],
        "uuid": uuid.uuid4().hex,
        "title": title_from(str(message["text"])),
        "created_at": message["created_at"],
        "updated_at": message["created_at"],
        "sort_key": message["created_at"],
        "is_pinned": 0,
        "draft": "",
        "reasoning": str(ReasoningEffort.MEDIUM),
        "instructions": "",
        "active_leaf": None,
        "trashed_at": None,
        "import": None,
        "folder": None,
        "is_archived": 0,
        "sampling": None,
    }
