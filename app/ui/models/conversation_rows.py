"""What the rows of the sidebar are, and under which heading each conversation stands."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from operator import attrgetter

from PySide6.QtCore import QCoreApplication

from app.core.conversation import ConversationSummary, Folder, FolderId
from app.core.errors import QT_TRANSLATE_NOOP


class Section(Enum):
    """Headings, in their order; there is one of FOLDER for each folder."""

    TEMPORARY = QT_TRANSLATE_NOOP("sections", "Not saved")
    PINNED = QT_TRANSLATE_NOOP("sections", "Pinned")
    FOLDER = ""  # the heading is the folder's name
    TODAY = QT_TRANSLATE_NOOP("sections", "Today")
    YESTERDAY = QT_TRANSLATE_NOOP("sections", "Yesterday")
    WEEK = QT_TRANSLATE_NOOP("sections", "Last 7 days")
    MONTH = QT_TRANSLATE_NOOP("sections", "Last 30 days")
    OLDER = QT_TRANSLATE_NOOP("sections", "Older")
    ARCHIVED = QT_TRANSLATE_NOOP("sections", "Archived")


@dataclass(frozen=True, slots=True)
class Heading:
    """A row above conversations."""

    section: Section
    folder: Folder | None = None  # of FOLDER
    n_conversations: int = 0
    is_folded: bool = False  # what belongs under it is not listed

    @property
    def can_fold(self) -> bool:
        """Folders and the archive can be folded; only they can be chosen."""
        return self.section in {Section.FOLDER, Section.ARCHIVED}

    @property
    def text(self) -> str:
        """Translated heading, or the folder's name."""
        if self.folder is not None:
            return self.folder.name
        return QCoreApplication.translate("sections", self.section.value)

    @property
    def key(self) -> tuple[Section, FolderId | None]:
        """What tells it from other headings."""
        return self.section, self.folder.id if self.folder is not None else None


Row = Heading | ConversationSummary


class _WithoutMarks(dict[int, int | None]):
    """For `str.translate`: leaves out combining characters; filled as they are met."""

    def __missing__(self, code: int) -> int | None:
        kept = self[code] = None if unicodedata.combining(chr(code)) else code
        return kept


_WITHOUT_MARKS = _WithoutMarks()


def folded(text: str) -> str:
    """`text` without case and accents, for finding it."""
    small = text.casefold()
    if small.isascii():  # most titles, and ten thousands may be asked for at once
        return small
    return unicodedata.normalize("NFKD", small).translate(_WITHOUT_MARKS)


def day_limits(now: datetime) -> tuple[tuple[float, Section], ...]:
    """Since when (seconds since 1970) each heading of time holds, newest first; then older.

    `now` is in the person's time zone. What lies in the future is today's: the clock was set
    back.
    """
    today = datetime.combine(now.date(), datetime.min.time())
    limits = []
    for n_days, section in _DAYS:
        begin = today - timedelta(days=n_days)
        # Not `now`'s own offset: a day before summer time has another one.
        local = begin.astimezone() if now.tzinfo is None else begin.replace(tzinfo=now.tzinfo)
        limits.append((local.timestamp(), section))
    return tuple(limits)


def section_of(
    summary: ConversationSummary, limits: tuple[tuple[float, Section], ...]
) -> Section:
    """Under which heading a conversation stands; `limits` are of `day_limits`."""
    if summary.is_temporary or summary.is_archived:
        return Section.TEMPORARY if summary.is_temporary else Section.ARCHIVED
    if summary.is_pinned or summary.folder_id is not None:
        return Section.PINNED if summary.is_pinned else Section.FOLDER
    at = summary.updated_at
    for begin, section in limits:
        if at >= begin:
            return section
    return Section.OLDER


_DAYS = (
    (0, Section.TODAY),
    (1, Section.YESTERDAY),
    (6, Section.WEEK),
    (29, Section.MONTH),
)
_UPDATED_AT = attrgetter("updated_at")
_BY_TIME = frozenset(
    {Section.TODAY, Section.YESTERDAY, Section.WEEK, Section.MONTH, Section.OLDER}
)


def grouped(
    summaries: Iterable[ConversationSummary],
    folders: Sequence[Folder],
    *,
    shows_archived: bool,
    is_searching: bool,
) -> Iterable[Row]:
    """Conversations under their headings, newest first.

    Args:
        summaries: what is to be listed; a folder that is not there is no folder.
        folders: in the order in which they are shown; empty ones are shown, too.
        shows_archived: whether the archive is unfolded.
        is_searching: nothing is folded away then, and empty folders are left out.
    """
    groups = _groups(summaries, {f.id for f in folders})
    for heading in _headings(folders, shows_archived=shows_archived):
        members = groups.get(heading.folder.id if heading.folder else heading.section, [])
        if not members and (is_searching or heading.folder is None):
            continue
        is_folded = heading.is_folded and not is_searching
        yield replace(heading, n_conversations=len(members), is_folded=is_folded)
        if not is_folded:
            yield from members


def _groups(
    summaries: Iterable[ConversationSummary], known: Container[FolderId]
) -> dict[object, list[ConversationSummary]]:
    """What stands under each heading, newest first; the key is the section or the folder's id.

    Most of ten thousand stand under a time: they are sorted once and cut, not asked one by one.
    """
    groups: dict[object, list[ConversationSummary]] = {}
    by_time = []
    for s in summaries:
        if s.is_temporary or s.is_archived or s.is_pinned or s.folder_id in known:
            section = section_of(s, ())
            key = s.folder_id if section is Section.FOLDER else section
            groups.setdefault(key, []).append(s)
        else:
            by_time.append(s)
    for members in groups.values():
        members.sort(key=_UPDATED_AT, reverse=True)
    by_time.sort(key=_UPDATED_AT, reverse=True)
    start = 0
    for begin, section in day_limits(datetime.now()):
        end = bisect_right(by_time, -begin, lo=start, key=lambda s: -s.updated_at)
        groups[section] = by_time[start:end]
        start = end
    groups[Section.OLDER] = by_time[start:]
    return groups


def _headings(folders: Sequence[Folder], *, shows_archived: bool) -> Iterable[Heading]:
    """All that could be, in their order."""
    for section in Section:
        if section is Section.FOLDER:
            for folder in folders:
                yield Heading(section, folder, is_folded=folder.is_folded)
        else:
            is_folded = section is Section.ARCHIVED and not shows_archived
            yield Heading(section, is_folded=is_folded)


def key_of(row: Row) -> object:
    """What tells a row from all others."""
    return row.id if isinstance(row, ConversationSummary) else row.key


def keys_of(rows: Iterable[Row]) -> list[object]:
    """`key_of` of each."""
    return [row.id if type(row) is ConversationSummary else key_of(row) for row in rows]


def places(rows: Iterable[Row]) -> dict[object, object]:
    """What a person has put each conversation under, by its id; the time does not count."""
    places: dict[object, object] = {}
    above: object = None
    for row in rows:
        if isinstance(row, Heading):
            above = None if row.section in _BY_TIME else row.key
        else:
            places[row.id] = above
    return places
