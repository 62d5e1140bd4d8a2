"""Menus of a message."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from app.core.message import ReasoningEffort
from app.ui.attachment_words import with_names
from app.ui.transcript.actions import ActionKind
from app.ui.transcript.controls import level_name
from app.ui.transcript.links import safe_link

if TYPE_CHECKING:
    from app.ui.transcript.transcript_view import TranscriptView

MAX_LINKS = 12


def level_menu(view: TranscriptView, row: int) -> QMenu:
    """Levels at which the answer can be written again; the one it had is marked."""
    menu = _menu(view)
    current = view.item(row).row.message.reasoning
    for level in ReasoningEffort:
        action = _add(menu, level_name(level), partial(view.pressing.regenerate, row, level))
        action.setCheckable(True)
        action.setChecked(level is current)
    return menu


def message_menu(view: TranscriptView, row: int, link: str = "") -> QMenu:
    """Everything that can be done with a message, for pointer and keyboard alike."""
    translate = QCoreApplication.translate
    menu = _menu(view)
    item, pressing = view.item(row), view.pressing
    message = item.row.message
    if link and (target := safe_link(link)) is not None:
        text = translate("transcript", "Open link to {host}…").replace("{host}", target.host)
        _add(menu, text.replace("&", "&&"), partial(pressing.open_link, link))
        copied = partial(pressing.copy_text, target.url)
        _add(menu, translate("transcript", "Copy link address"), copied)
        menu.addSeparator()
    if view.selection is not None and not view.selection.is_empty:
        _add(menu, translate("transcript", "Copy selection"), view.copy_selection)
    if message.text or message.attachments:
        names = message.attachments
        _add(
            menu,
            translate("transcript", "Copy as Markdown"),
            lambda: pressing.copy_text(with_names(message.text, names)),
        )
        _add(
            menu,
            translate("transcript", "Copy as plain text"),
            lambda: pressing.copy_text(with_names(view.plain_text(row), names)),
        )
        _add(menu, translate("transcript", "Quote in my message"), lambda: pressing.quote(row))
    if message.thinking:
        _add(
            menu,
            translate("transcript", "Copy the thinking"),
            lambda: pressing.copy_text(message.thinking),
        )
    _add_changes(menu, view, row)
    menu.addSeparator()
    _add(menu, translate("transcript", "Select all"), view.select_all)
    _add(menu, translate("transcript", "Find…"), view.open_find_bar)
    if not link:
        _add_links(menu, view, row)
    return menu


def _add_changes(menu: QMenu, view: TranscriptView, row: int) -> None:
    translate = QCoreApplication.translate
    item = view.item(row)
    if item.row.is_live:
        return
    menu.addSeparator()
    if item.is_question:
        _add(menu, translate("transcript", "Edit…"), lambda: view.editing.begin(row))
    else:
        again = level_menu(view, row)
        again.setTitle(translate("transcript", "Write again"))
        menu.addMenu(again)
    _add(
        menu,
        translate("transcript", "Delete"),
        lambda: view.request(ActionKind.DELETE, row),
    )


def _add_links(menu: QMenu, view: TranscriptView, row: int) -> None:
    """Links of the message, so that they can be reached without a pointer."""
    item = view.item(row)
    links: dict[str, str] = {}
    for section, _, _ in item.sections():
        for block in section.blocks:
            for address in block.links():
                if (target := safe_link(address)) is not None:
                    links.setdefault(address, target.host)
    if not links:
        return
    submenu = menu.addMenu(QCoreApplication.translate("transcript", "Links"))
    for address, host in list(links.items())[:MAX_LINKS]:
        label = host.replace("&", "&&")
        _add(submenu, label, partial(view.pressing.open_link, address))


def _menu(view: TranscriptView) -> QMenu:
    menu = QMenu(view)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return menu


def _add(menu: QMenu, text: str, do: Callable[[], object]) -> QAction:
    action = menu.addAction(text)
    action.triggered.connect(lambda _checked=False: do())
    return action
