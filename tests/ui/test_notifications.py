"""Banners and the toast with Undo."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.ui.notifications import (
    MAX_BANNERS,
    TOAST_MS,
    BannerArea,
    BannerContent,
    BannerKind,
    Toast,
)


@pytest.fixture
def area(qtbot: QtBot) -> BannerArea:
    made = BannerArea()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def toast(qtbot: QtBot) -> Iterator[Toast]:
    parent = QWidget()
    parent.resize(600, 400)
    qtbot.addWidget(parent)
    parent.show()
    yield Toast(parent)


def press(qtbot: QtBot, part: QWidget, name: str) -> None:
    buttons = [b for b in part.findChildren(QPushButton) if b.accessibleName() == name]
    assert len(buttons) == 1
    qtbot.mouseClick(buttons[0], Qt.MouseButton.LeftButton)


def test_a_banner_says_its_text_until_it_is_closed(area: BannerArea) -> None:
    assert area.isHidden()
    banner = area.show_banner(BannerContent("The disk is full."))
    assert area.texts() == ("The disk is full.",)
    assert not area.isHidden()
    banner.closed.emit()
    assert area.texts() == ()
    assert area.isHidden()


def test_the_same_error_again_is_one_banner(area: BannerArea) -> None:
    for _ in range(3):
        area.show_banner(BannerContent("Twice"))
    assert area.texts() == ("Twice",)


def test_a_newer_state_replaces_the_older_of_the_same_key(area: BannerArea) -> None:
    area.show_banner(BannerContent("1 GB left", key="disk"))
    area.show_banner(BannerContent("0 GB left", key="disk"))
    assert area.texts() == ("0 GB left",)
    area.remove("disk")
    area.remove("disk")
    assert area.texts() == ()


def test_there_are_never_more_banners_than_fit(area: BannerArea) -> None:
    for n in range(MAX_BANNERS + 2):
        area.show_banner(BannerContent(f"note {n}"))
    assert area.texts() == tuple(f"note {n}" for n in range(2, MAX_BANNERS + 2))


def test_a_banners_action_is_done(qtbot: QtBot, area: BannerArea) -> None:
    done: list[str] = []
    content = BannerContent(
        "The engine has stopped.", BannerKind.ERROR, "Restart", lambda: done.append("restart")
    )
    press(qtbot, area.show_banner(content), "Restart")
    assert done == ["restart"]


def test_details_can_be_copied(qtbot: QtBot, area: BannerArea) -> None:
    banner = area.show_banner(BannerContent("Oh", BannerKind.ERROR, details="BugError: 7"))
    press(qtbot, banner, "Copy details")
    assert QGuiApplication.clipboard().text() == "BugError: 7"


def test_text_of_others_is_never_read_as_html(area: BannerArea) -> None:
    banner = area.show_banner(BannerContent("<img src='x'><b>name.gguf</b>"))
    assert banner.accessibleName() == "<img src='x'><b>name.gguf</b>"
    assert banner.text_format is Qt.TextFormat.PlainText


def test_undo_is_done_once_and_closes_the_toast(qtbot: QtBot, toast: Toast) -> None:
    undone: list[None] = []
    toast.show_text("Deleted", lambda: undone.append(None))
    assert toast.isVisible()
    toast.undo_button.click()
    toast.undo_button.click()
    assert undone == [None]
    assert toast.isHidden()


def test_a_toast_without_undo_offers_none(toast: Toast) -> None:
    toast.show_text("Copied")
    assert toast.undo_button.isHidden()


def test_there_are_at_least_ten_seconds_to_change_ones_mind() -> None:
    assert TOAST_MS >= 10_000


def test_a_later_toast_takes_the_place_of_the_earlier(toast: Toast) -> None:
    undone: list[str] = []
    toast.show_text("first", lambda: undone.append("first"))
    toast.show_text("second", lambda: undone.append("second"))
    toast.undo_button.click()
    assert undone == ["second"]


def test_a_toast_stays_within_a_narrow_window(toast: Toast) -> None:
    parent = toast.parentWidget()
    assert parent is not None
    parent.resize(300, 300)
    toast.show_text("A very long title of a conversation that does not fit " * 3, lambda: None)
    assert parent.rect().contains(toast.geometry())


def test_escape_closes_the_toast(qtbot: QtBot, toast: Toast) -> None:
    toast.show_text("Deleted", lambda: None)
    qtbot.keyClick(toast, Qt.Key.Key_Escape)
    assert toast.isHidden()
