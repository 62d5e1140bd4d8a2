"""The model page over the real library, the real downloads and a hub on loopback."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLabel, QListWidget, QPushButton, QTableWidget, QWidget
from pytestqt.qtbot import QtBot

from app.core.library import ImportMethod, InstalledModel
from app.core.resources import resource_path
from app.paths import PRACTICE_MODEL
from app.ui.chat_events import Phase
from app.ui.model_page.connections_dialog import ConnectionsDialog
from app.ui.model_page.page import ModelPage
from app.ui.model_page.repository_dialog import RepositoryDialog
from app.ui.model_page.rows import ModelCardRow
from app.ui.theme import ThemeKeeper
from tests.fixtures.fake_hub import FakeHub, fake_hub
from tests.fixtures.generated_gpt_oss import Recipe, write_model
from tests.ui.conftest import Chat, MakeChat
from tests.ui.window_rig import theme

__all__ = ["theme"]

NAME = "gpt-oss-20b-mini.gguf"
PATIENCE_MS = 60_000  # on a busy machine


class Page:
    """A page and the chat under it."""

    def __init__(self, qtbot: QtBot, chat: Chat) -> None:
        self.qtbot = qtbot
        self.chat = chat
        self.manager = chat.models.manager()
        self.widget = ModelPage(chat.controller, self.manager, chat.speeds)
        qtbot.addWidget(self.widget)
        self.widget.show()
        self.wait_for_scan()

    def wait_for_scan(self) -> None:
        self.qtbot.waitUntil(lambda: not self.manager.shelf.is_scanning, timeout=PATIENCE_MS)

    def titles(self) -> list[str]:
        rows = self.widget.findChildren(ModelCardRow)
        return [r.accessibleName() for r in rows if r.isVisibleTo(self.widget)]

    def row(self, title: str) -> ModelCardRow:
        rows = self.widget.findChildren(ModelCardRow)
        return next(r for r in rows if r.accessibleName() == title)

    def texts(self, widget: QWidget) -> str:
        labels = widget.findChildren(QLabel)
        return "\n".join(x.text() for x in labels if x.isVisibleTo(widget))

    def press(self, text: str, inside: QWidget | None = None) -> None:
        buttons = (inside or self.widget).findChildren(QPushButton)
        button = next(b for b in buttons if b.text().strip() == text and b.isEnabled())
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def installed(self, name: str) -> InstalledModel:
        return next(m for m in self.manager.shelf.scan.models if m.path.name == name)


MakePage = Callable[[], Page]


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    with fake_hub() as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.endpoint)
        yield hub


@pytest.fixture
def make_page(
    qtbot: QtBot,
    make_chat: MakeChat,
    theme: ThemeKeeper,
    hub: FakeHub,
) -> MakePage:
    del theme, hub  # only that they are there

    def make() -> Page:
        return Page(qtbot, make_chat().start(loads=False))

    return make


@pytest.fixture(scope="module")
def mini(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small file of the right kind."""
    path = tmp_path_factory.mktemp("mini") / NAME
    write_model(path, Recipe(name="mini gpt-oss"))
    return path


def test_the_practice_model_is_there_and_loads_with_one_click(make_page: MakePage) -> None:
    page = make_page()
    row = page.row("Practice model")
    assert "Fits: it needs" in page.texts(row)
    page.press("Load", row)
    page.chat.wait_until(Phase.READY)
    assert page.chat.engine.load_requests[-1].path == resource_path(PRACTICE_MODEL)


def test_the_catalogue_is_offered_with_size_and_repository(make_page: MakePage) -> None:
    page = make_page()
    texts = page.texts(page.row("gpt-oss-20b"))
    assert "Recommended" in texts
    assert "12.1 GB" in texts
    assert "ggml-org/gpt-oss-20b-GGUF" in texts


def test_a_suggested_repository_is_looked_up_with_one_click(
    make_page: MakePage, hub: FakeHub, mini: Path
) -> None:
    page = make_page()
    suggested = page.manager.catalogue.repositories[0]
    hub.repository = suggested.repository
    hub.add_model(NAME, mini.read_bytes())
    page.press("List its files", page.row(suggested.repository))
    dialog = page.widget.findChild(RepositoryDialog)
    assert dialog is not None
    files = dialog.findChild(QListWidget)
    assert files is not None
    page.qtbot.waitUntil(lambda: files.count() == 1, timeout=PATIENCE_MS)
    assert NAME.removesuffix(".gguf") in files.item(0).text()


def test_a_file_is_used_where_it_lies_and_can_be_forgotten(
    make_page: MakePage, mini: Path
) -> None:
    page = make_page()
    with page.qtbot.waitSignal(page.manager.model_arrived, timeout=PATIENCE_MS):
        page.manager.import_model(mini, ImportMethod.IN_PLACE)
    page.wait_for_scan()
    assert page.installed(NAME).path == mini
    page.chat.wait_until(Phase.READY)  # none was loaded: it is loaded at once
    assert "is ready" in page.texts(page.widget)
    page.manager.forget(page.installed(NAME))
    page.qtbot.waitUntil(
        lambda: NAME not in {m.path.name for m in _models(page)}, timeout=PATIENCE_MS
    )
    assert mini.is_file()


def test_a_copied_model_is_verified_and_deleted(make_page: MakePage, mini: Path) -> None:
    page = make_page()
    with page.qtbot.waitSignal(page.manager.model_arrived, timeout=PATIENCE_MS):
        page.manager.import_model(mini, ImportMethod.COPY)
    page.wait_for_scan()
    copy = page.installed(NAME)
    assert copy.can_be_deleted
    with page.qtbot.waitSignal(page.manager.verification_ended, timeout=PATIENCE_MS):
        page.manager.verify(copy)
    page.wait_for_scan()
    page.chat.controller.unload_model()
    page.chat.wait_until(Phase.NO_MODEL)
    with page.qtbot.waitSignal(page.manager.space_given_back, timeout=PATIENCE_MS):
        page.manager.delete(copy)
    page.qtbot.waitUntil(
        lambda: NAME not in {m.path.name for m in _models(page)}, timeout=PATIENCE_MS
    )
    assert not copy.path.exists()
    assert mini.is_file()
    assert "was deleted" in page.texts(page.widget)


def test_a_broken_file_is_refused_with_a_sentence(make_page: MakePage, tmp_path: Path) -> None:
    page = make_page()
    broken = tmp_path / "gpt-oss-broken.gguf"
    broken.write_bytes(b"GGUF" + b"\x00" * 100)
    page.manager.import_model(broken, ImportMethod.COPY)
    page.qtbot.waitUntil(lambda: broken.name in page.texts(page.widget), timeout=PATIENCE_MS)
    assert not page.manager.is_working


def test_a_model_is_listed_downloaded_and_ready(
    make_page: MakePage, hub: FakeHub, mini: Path
) -> None:
    hub.add_model(NAME, mini.read_bytes())
    page = make_page()
    page.press("Add from Hugging Face…")
    dialog = page.widget.findChild(RepositoryDialog)
    assert dialog is not None
    page.manager.look_up(hub.repository)
    files = dialog.findChild(QListWidget)
    assert files is not None
    page.qtbot.waitUntil(lambda: files.count() == 1, timeout=PATIENCE_MS)
    with page.qtbot.waitSignal(page.manager.model_arrived, timeout=PATIENCE_MS):
        page.press("Download", dialog)
    page.wait_for_scan()
    installed = page.installed(NAME)
    assert installed.path.read_bytes() == mini.read_bytes()
    assert installed.expected_sha256 == installed.sha256
    assert page.manager.queue.items == ()


def test_an_unknown_repository_is_a_sentence(make_page: MakePage) -> None:
    page = make_page()
    dialog = RepositoryDialog(page.manager)
    page.qtbot.addWidget(dialog)
    with page.qtbot.waitSignal(page.manager.repository_listed, timeout=PATIENCE_MS):
        page.manager.look_up("nobody/nothing")
    assert "nobody/nothing" in page.texts(dialog)


def test_the_offline_lock_stops_lookups_and_the_list_says_so(
    make_page: MakePage, hub: FakeHub
) -> None:
    page = make_page()
    lock = next(b for b in page.widget.findChildren(QCheckBox) if b.text() == "Offline lock")
    lock.setChecked(True)
    assert page.chat.saved[-1].is_offline_locked
    with page.qtbot.waitSignal(page.manager.repository_listed, timeout=PATIENCE_MS):
        page.manager.look_up(hub.repository)
    assert hub.requests == []
    lock.setChecked(False)
    assert not page.chat.saved[-1].is_offline_locked
    with page.qtbot.waitSignal(page.manager.repository_listed, timeout=PATIENCE_MS):
        page.manager.look_up(hub.repository)
    assert hub.requests
    dialog = ConnectionsDialog(page.manager.connections())
    page.qtbot.addWidget(dialog)
    table = dialog.findChild(QTableWidget)
    assert table is not None and table.rowCount() >= 1
    hosts = {table.item(row, 1).text() for row in range(table.rowCount())}
    assert any(host.startswith("127.0.0.1") for host in hosts)


def test_a_loaded_model_is_not_deleted(make_page: MakePage, mini: Path) -> None:
    page = make_page()
    with page.qtbot.waitSignal(page.manager.model_arrived, timeout=PATIENCE_MS):
        page.manager.import_model(mini, ImportMethod.COPY)
    page.chat.wait_until(Phase.READY)
    page.wait_for_scan()
    page.widget.delete_model(page.installed(NAME))
    assert "Unload it first" in page.texts(page.widget)
    assert page.installed(NAME).path.is_file()


def _models(page: Page) -> tuple[InstalledModel, ...]:
    return page.manager.shelf.scan.models
