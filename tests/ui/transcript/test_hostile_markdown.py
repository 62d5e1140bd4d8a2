"""Hostile texts: nothing is opened or fetched, nothing crashes, every text can be shown.

`--full` takes 20,000 texts more; the times are in the benchmark.
"""

from __future__ import annotations

import os
import sys
from itertools import chain
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QImage, QTextDocument

from app.core.message import MessageId
from app.ui.transcript.documents import InertDocument
from app.ui.transcript.links import safe_link
from app.ui.transcript.markdown_stream import MarkdownStream, parse_answer
from tests.ui.transcript.conftest import Rig
from tests.ui.transcript.hostile import hostile_texts, known_texts
from tests.ui.transcript.samples import answer, question

N_ALWAYS, N_FULL = 200, 20_000
EVENTS = {"open", "socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system"}


class Watch:
    """Notes what Python code opens or calls while it is on."""

    def __init__(self) -> None:
        self.is_on = False
        self.seen: list[str] = []
        # Data that libraries load when they are first used.
        self._own = (sys.prefix, sys.base_prefix, str(Path(__file__).parents[3]))
        sys.addaudithook(self._on_event)

    def _on_event(self, event: str, args: tuple[object, ...]) -> None:
        if self.is_on and event in EVENTS:
            what = str(args[0]) if args else ""
            if not what.startswith(self._own):
                self.seen.append(f"{event} {what}")


watch = Watch()


def show(rig: Rig, text: str) -> None:
    """Lay out and paint all of a text, and touch everything a person could touch."""
    rig.model.set_rows([question("q", text[:3000]), answer("a", text, thinking=text[:2000])])
    rig.draw()
    item = rig.view.item(1)
    for section, _, _ in list(item.sections()):
        for block in section.blocks:
            for address in block.links():
                assert safe_link(address) is not None
    rig.view.scroll_by(-rig.view.conversation.offset)
    rig.draw()
    rig.view.select_all()
    rig.view.selected_text()


@pytest.mark.timeout(5400)
def test_hostile_texts_open_nothing_and_are_shown(
    rig: Rig, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    # Whoever opens the pipe for reading waits for ever: the test would not end.
    pipe = tmp_path / "pipe.png"
    if hasattr(os, "mkfifo"):
        os.mkfifo(pipe)
    paths = (
        str(pipe),
        "/dev/zero",
        "/etc/passwd",
        "C:\\Windows\\win.ini",
        "evil.example/x.png",
    )
    n = N_FULL if pytestconfig.getoption("--full") else N_ALWAYS
    watch.is_on = True
    try:
        for text in chain(known_texts(), hostile_texts(n, paths)):
            show(rig, text)
    finally:
        watch.is_on = False
    assert watch.seen == []


def test_hostile_texts_in_pieces_give_the_same_blocks() -> None:
    for text in hostile_texts(150):
        short = text[:1500]
        stream = MarkdownStream()
        settled = []
        for i in range(0, len(short), 23):
            settled += stream.feed(short[i : i + 23]).settled
        end = stream.finish()
        blocks = settled + end.open if end is not None else parse_answer(short)
        assert blocks == parse_answer(short), repr(short)


@pytest.mark.parametrize(
    "name",
    ["/dev/zero", "file:///etc/passwd", "http://127.0.0.1:9/x.png", "//host/share/x.png"],
)
def test_a_document_loads_nothing_whatever_it_is_asked_for(qapp: object, name: str) -> None:
    document = InertDocument()
    document.setHtml(f'<img src="{name}"><link rel="stylesheet" href="{name}">')
    document.setTextWidth(300)
    kind = QTextDocument.ResourceType.ImageResource.value
    found = document.resource(kind, QUrl(name))
    assert isinstance(found, QImage)
    assert found.isNull()


def test_a_streamed_hostile_text_leaves_the_view_usable(rig: Rig) -> None:
    rig.model.set_rows([question("q"), answer("a", is_live=True)])
    for text in hostile_texts(30):
        rig.say("a", text[:4000])
    text = rig.model.row_at(1).message.text
    rig.model.update_row(answer("a", text))
    assert rig.model.row_of(MessageId("a")) == 1
    rig.draw()
    assert rig.view.conversation.is_at_end
