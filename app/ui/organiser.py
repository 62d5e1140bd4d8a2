"""Keeping order among conversations: names, pins, folders, the archive, the trash."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject

from app.core.conversation import (
    Conversation,
    ConversationStore,
    ConversationSummary,
    Folder,
    FolderId,
)
from app.core.errors import LumbreError
from app.core.message import ConversationId
from app.core.organisation import clean_name, new_folder_id
from app.ui.chat_events import UndoOffered
from app.ui.conversation_book import ConversationBook
from app.ui.size_words import number_text
from app.workers.storage_worker import StorageThread

Ids = Sequence[ConversationId]


class Organiser(QObject):
    """Changes one or several conversations at once; each change can be undone as one."""

    def __init__(self, storage: StorageThread, book: ConversationBook) -> None:
        super().__init__(book)
        self._storage = storage
        self._book = book

    # -- one conversation ------------------------------------------------------------------
    def rename(self, conversation_id: ConversationId, title: str) -> None:
        """Give it a title; an empty one changes nothing."""
        if wanted := " ".join(title.split()):
            self._book.change(conversation_id, lambda s: replace(s, title=wanted))

    # -- several ---------------------------------------------------------------------------
    def set_pinned(self, ids: Ids, is_pinned: bool) -> None:
        """Keep them at the top, or not; out of the archive they come when they are."""
        self._book.change_all(
            ids,
            lambda s: replace(
                s, is_pinned=is_pinned, is_archived=s.is_archived and not is_pinned
            ),
        )

    def move(self, ids: Ids, folder_id: FolderId | None) -> None:
        """Put them into a folder, or into none; what is pinned or archived is so no more."""
        folder = self.folder(folder_id)
        text = self.tr("Moved out of the folder.")
        if folder is not None:
            text = self.tr('Moved to "{name}".').replace("{name}", folder.name)
        wanted_id = folder.id if folder is not None else None
        self._change(
            ids,
            lambda s: replace(s, folder_id=wanted_id, is_pinned=False, is_archived=False),
            text,
        )

    def set_archived(self, ids: Ids, is_archived: bool) -> None:
        """Put them out of the way, or back; the open one is left when it goes."""
        text = self.tr("Archived.") if is_archived else self.tr("Taken out of the archive.")
        is_open = self._book.current.id in ids
        self._change(ids, lambda s: replace(s, is_archived=is_archived), text)
        if is_archived and is_open and self._book.current.summary.is_archived:
            self._book.open_blank()

    def delete(self, ids: Ids) -> None:
        """Move them to the trash and offer to take them back, all at once.

        Temporary ones are forgotten; they come back only by that offer.
        """
        found = [s for s in map(self._book.summary_of, ids) if s is not None]
        stored = tuple(s.id for s in found if not s.is_temporary)

        temporary = tuple(s.id for s in found if s.is_temporary)

        def deleted(_: None) -> None:
            self._book.forget([s.id for s in found])
            self._book.temporary.delete(temporary)
            text = self._deleted_text(found)
            undo = UndoOffered(text, lambda: self.restore(stored, temporary))
            self._book.undo_offered.emit(undo)

        if stored:
            self._storage.submit(
                lambda store: store.delete_conversations(stored), deleted, self._book.fail
            )
        elif found:
            deleted(None)

    def _deleted_text(self, gone: Sequence[ConversationSummary]) -> str:
        if len(gone) > 1:
            text = self.tr("{n} conversations are in the trash.")
            return text.replace("{n}", number_text(len(gone)))
        if gone[0].is_temporary:
            return self.tr("The temporary chat is deleted.")
        return self.tr('"{title}" is in the trash.').replace("{title}", gone[0].title)

    def restore(self, ids: Ids, temporary: Ids = ()) -> None:
        """Take conversations out of the trash, and back what was in memory only.

        A single one is opened.
        """
        wanted = tuple(ids)

        def restore(store: ConversationStore) -> list[Conversation]:
            store.restore_conversations(wanted)
            if len(wanted) == 1:
                return [store.load(wanted[0])]
            summaries = {s.id: s for s in store.list_conversations()}
            return [Conversation(summaries[i]) for i in wanted if i in summaries]

        def restored(conversations: list[Conversation]) -> None:
            back = self._book.temporary.restore(temporary)
            self._book.take_back([*conversations, *back])

        if wanted:
            self._storage.submit(restore, restored, self._book.fail)
        else:
            restored([])

    def _change(
        self,
        ids: Ids,
        change: Callable[[ConversationSummary], ConversationSummary],
        text: str,
    ) -> None:
        """Change what is not temporary, and offer to put it all back."""
        found = [s for s in map(self._book.summary_of, ids) if s is not None]
        before = {s.id: s for s in found if not s.is_temporary and change(s) != s}

        def put_back(summary: ConversationSummary) -> ConversationSummary:
            was = before[summary.id]
            return replace(
                summary,
                folder_id=was.folder_id,
                is_pinned=was.is_pinned,
                is_archived=was.is_archived,
            )

        if before:
            self._book.change_all(tuple(before), change)
            undo = UndoOffered(text, lambda: self._book.change_all(tuple(before), put_back))
            self._book.undo_offered.emit(undo)

    # -- folders ---------------------------------------------------------------------------
    def folder(self, folder_id: FolderId | None) -> Folder | None:
        """The folder with this id; None when there is none."""
        return next((f for f in self._book.folders if f.id == folder_id), None)

    def new_folder(self, name: str, ids: Ids = ()) -> FolderId | None:
        """Make a folder and move conversations into it; None: the name is empty.

        The name of a folder that is there means that one.
        """
        wanted = clean_name(name)
        if not wanted:
            return None
        folder = next((f for f in self._book.folders if f.name == wanted), None)
        if folder is None:
            folder = Folder(new_folder_id(), wanted)
            self._put_folder(folder)
        self.move(ids, folder.id)
        return folder.id

    def rename_folder(self, folder_id: FolderId, name: str) -> None:
        """Give it another name; an empty one changes nothing."""
        folder, wanted = self.folder(folder_id), clean_name(name)
        if folder is not None and wanted and wanted != folder.name:
            self._put_folder(replace(folder, name=wanted))

    def set_folded(self, folder_id: FolderId, is_folded: bool) -> None:
        """Show only its heading, or what is in it, too; that is remembered."""
        folder = self.folder(folder_id)
        if folder is not None and folder.is_folded != is_folded:
            self._put_folder(replace(folder, is_folded=is_folded))

    def delete_folder(self, folder_id: FolderId) -> None:
        """Delete the folder, never what is in it, and offer to put both back together."""
        folder = self.folder(folder_id)
        if folder is None:
            return
        members = tuple(s.id for s in self._book.listed if s.folder_id == folder_id)

        def undo() -> None:
            self._put_folder(folder)
            self._book.change_all(members, lambda s: replace(s, folder_id=folder_id))

        self._book.change_all(members, lambda s: replace(s, folder_id=None))
        self._book.set_folders([f for f in self._book.folders if f.id != folder_id])
        self._storage.submit(
            lambda store: store.delete_folder(folder_id), on_failed=self._failed
        )
        text = self.tr('The folder "{name}" is deleted. What was in it is still there.')
        self._book.undo_offered.emit(UndoOffered(text.replace("{name}", folder.name), undo))

    def _put_folder(self, folder: Folder) -> None:
        folders = self._book.folders
        if any(f.id == folder.id for f in folders):
            folders = tuple(folder if f.id == folder.id else f for f in folders)
        else:
            folders = (*folders, folder)
        self._book.set_folders(folders)
        self._storage.submit(lambda store: store.save_folder(folder), on_failed=self._failed)

    def _failed(self, error: LumbreError) -> None:
        """Not saved: show what is."""
        self._book.fail(error)
        self._book.read_again(keeps_open=True)
