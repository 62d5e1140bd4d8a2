"""Context menus of the list of conversations."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from app.core.conversation import ConversationSummary, Folder, FolderId
from app.core.message import ConversationId
from app.ui.conversation_actions import (
    ConversationAction,
    ConversationActionKind,
    FolderAction,
    FolderActionKind,
)
from app.ui.icons import icon
from app.ui.models.conversation_rows import Heading
from app.ui.size_words import number_text
from app.ui.theme import current_colors

Ask = Callable[[ConversationAction], None]
AskFolder = Callable[[FolderAction], None]


class ConversationMenu(QMenu):
    """What can be done with one conversation or with several."""

    def __init__(
        self,
        summaries: Sequence[ConversationSummary],
        folders: Sequence[Folder],
        ask: Ask,
        rename: Callable[[], None],
        parent: QWidget,
    ) -> None:
        """Build it.

        Args:
            summaries: at least one.
            folders: in the order in which they are shown.
            ask: gets what is chosen.
            rename: begins to edit the title of the only one.
            parent: the list.
        """
        super().__init__(parent)
        self._ask = ask
        self._summaries = tuple(summaries)
        self._ids: tuple[ConversationId, ...] = tuple(s.id for s in summaries)
        first = self._summaries[0]
        if len(self._ids) == 1:
            self._entry("pencil", self.tr("Rename")).triggered.connect(rename)
        if first.is_temporary and len(self._ids) == 1:
            self._add("check", self.tr("Keep this conversation"), ConversationActionKind.KEEP)
        else:
            self._add_stored(folders)
        self.addSeparator()
        text = self.tr("Delete")
        if len(self._ids) > 1:
            text = self.tr("Delete {n}").replace("{n}", number_text(len(self._ids)))
        self._add("trash-2", text, ConversationActionKind.DELETE)

    def _add_stored(self, folders: Sequence[Folder]) -> None:
        """What can be done with conversations that are on the disk."""
        kinds = ConversationActionKind
        first, is_one = self._summaries[0], len(self._ids) == 1
        if is_one and first.is_pinned:
            self._add("pin-off", self.tr("Unpin"), kinds.UNPIN)
        elif is_one:
            self._add("pin", self.tr("Pin"), kinds.PIN)
        self._add_folders(folders)
        if all(s.is_archived for s in self._summaries):
            self._add("archive-restore", self.tr("Take out of the archive"), kinds.UNARCHIVE)
        else:
            self._add("archive", self.tr("Archive"), kinds.ARCHIVE)
        text = self.tr("Export…")
        if not is_one:
            text = self.tr("Export {n}…").replace("{n}", number_text(len(self._ids)))
        self._add("download", text, kinds.EXPORT)

    def _add_folders(self, folders: Sequence[Folder]) -> None:
        menu = self.addMenu(
            icon("folder-input", current_colors().text), self.tr("Move to folder")
        )
        inside = {s.folder_id for s in self._summaries}
        for folder in folders:
            action = menu.addAction(folder.name.replace("&", "&&"))
            action.setEnabled(inside != {folder.id})
            action.triggered.connect(self._mover(folder.id))
        if inside != {None}:
            menu.addSeparator()
            menu.addAction(self.tr("No folder")).triggered.connect(self._mover(None))
        menu.addSeparator()
        new = menu.addAction(icon("folder-plus", current_colors().text), self.tr("New folder…"))
        new.triggered.connect(lambda: self._want(ConversationActionKind.MOVE_TO_NEW))

    def _mover(self, folder_id: FolderId | None) -> Callable[[], None]:
        return lambda: self._ask(
            ConversationAction(ConversationActionKind.MOVE, self._ids, folder_id)
        )

    def _entry(self, icon_name: str, text: str) -> QAction:
        return self.addAction(icon(icon_name, current_colors().text), text)

    def _add(self, icon_name: str, text: str, kind: ConversationActionKind) -> None:
        self._entry(icon_name, text).triggered.connect(lambda: self._want(kind))

    def _want(self, kind: ConversationActionKind) -> None:
        self._ask(ConversationAction(kind, self._ids))


class FolderMenu(QMenu):
    """What can be done with a folder, with the archive, or where there is nothing."""

    def __init__(
        self,
        heading: Heading | None,
        ask: AskFolder,
        rename: Callable[[], None],
        toggle: Callable[[], None],
        parent: QWidget,
    ) -> None:
        """Build it.

        Args:
            heading: None: below all rows.
            ask: gets what is chosen.
            rename: begins to edit the folder's name.
            toggle: folds or unfolds the heading.
            parent: the list.
        """
        super().__init__(parent)
        color = current_colors().text
        if heading is not None:
            text = self.tr("Unfold") if heading.is_folded else self.tr("Fold")
            name = "chevron-down" if heading.is_folded else "chevron-right"
            self.addAction(icon(name, color), text).triggered.connect(toggle)
        if heading is not None and heading.folder is not None:
            folder_id = heading.folder.id
            rename_it = self.addAction(icon("pencil", color), self.tr("Rename"))
            rename_it.triggered.connect(rename)
            self.addSeparator()
            delete = self.addAction(icon("trash-2", color), self.tr("Delete the folder"))
            delete.setToolTip(self.tr("The conversations in it stay."))
            self.setToolTipsVisible(True)
            delete.triggered.connect(
                lambda: ask(FolderAction(FolderActionKind.DELETE, folder_id))
            )
        if heading is None:
            new = self.addAction(icon("folder-plus", color), self.tr("New folder…"))
            new.triggered.connect(lambda: ask(FolderAction(FolderActionKind.NEW)))
