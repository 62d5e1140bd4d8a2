"""Attachments of questions in the conversation: seen, pressed, found, copied, spoken."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QAccessible, QGuiApplication

from app.core.attachment import Attachment, AttachmentKind
from app.ui.attachment_preview import AttachmentPreview
from app.ui.models.path_model import MessageRow
from app.ui.transcript.controls import AttachmentTarget, ControlKind
from app.ui.transcript.message_controls import controls_of
from app.ui.transcript.message_item import Part
from tests.ui.transcript.conftest import Rig
from tests.ui.transcript.samples import answer, question

REPORT = Attachment("The text.", "report.pdf", AttachmentKind.PDF, n_tokens=234)
PASTED = Attachment("pasted", kind=AttachmentKind.PASTE)


def asked(text: str, *attachments: Attachment) -> MessageRow:
    row = question("q", text)
    return replace(row, message=replace(row.message, attachments=attachments))


def rects(rig: Rig) -> list[QRectF]:
    controls = controls_of(rig.view.item(0))
    return [c.rect for c in controls if isinstance(c.kind, AttachmentTarget)]


def previews(rig: Rig) -> list[AttachmentPreview]:
    return rig.view.findChildren(AttachmentPreview)


def test_chips_say_name_and_length_over_the_question(rig: Rig) -> None:
    rig.model.set_rows([asked("What is it?", REPORT, PASTED), answer("a", "A report.")])
    rig.draw()
    item = rig.view.item(0)
    labels = [c.label for c in controls_of(item) if isinstance(c.kind, AttachmentTarget)]
    assert labels == ["report.pdf · 234 tokens", "Pasted text · about 2 tokens"]
    body = item.place_of(Part.BODY)
    assert body is not None
    assert max(r.bottom() for r in rects(rig)) <= body.y
    assert max(r.right() for r in rects(rig)) == pytest.approx(item.width)


def test_a_question_of_attachments_alone_has_no_empty_bubble(rig: Rig) -> None:
    rig.model.set_rows([asked("", REPORT), answer("a")])
    rig.draw()
    assert rig.view.item(0).place_of(Part.BODY) is None
    assert rig.view.item(0).place_of(Part.ATTACHMENTS) is not None


@pytest.mark.parametrize("zoom", [80, 100, 200])
def test_many_chips_stand_in_rows_and_none_leaves_the_column(rig: Rig, zoom: int) -> None:
    many = [Attachment("x", f"a long name of a file, number {n}.txt") for n in range(12)]
    rig.view.set_zoom_percent(zoom)
    rig.model.set_rows([asked("All of these.", *many, Attachment("y", "w" * 300))])
    rig.draw()
    found = rects(rig)
    assert len(found) == 13
    assert min(r.left() for r in found) >= 0
    assert max(r.right() for r in found) <= rig.view.item(0).width + 0.5
    assert not any(a.intersects(b) for a in found for b in found if a is not b)
    place = rig.view.item(0).place_of(Part.ATTACHMENTS)
    assert place is not None and found[-1].bottom() <= place.y + place.height


def test_a_click_opens_the_attachment(rig: Rig) -> None:
    rig.model.set_rows([asked("What is it?", REPORT, PASTED)])
    rig.click(0, AttachmentTarget(1))
    (preview,) = previews(rig)
    assert preview.field.toPlainText() == "pasted"
    assert preview.windowTitle() == "Pasted text"


def test_enter_opens_the_attachment_and_tab_goes_through_the_chips(rig: Rig) -> None:
    rig.model.set_rows([asked("What is it?", REPORT, PASTED)])
    rig.take_focus()
    rig.key(Qt.Key.Key_Return)
    assert rig.view.keyboard_focus.target == AttachmentTarget(0)
    rig.key(Qt.Key.Key_Tab)
    assert rig.view.keyboard_focus.target == AttachmentTarget(1)
    rig.draw()
    rig.key(Qt.Key.Key_Return)
    (preview,) = previews(rig)
    assert preview.windowTitle() == "Pasted text"


def test_a_copy_has_the_names(rig: Rig) -> None:
    rig.model.set_rows([asked("What is it?", REPORT, PASTED)])
    rig.click(0, ControlKind.COPY)
    expected = "[report.pdf]\n[Pasted text]\n\nWhat is it?"
    assert QGuiApplication.clipboard().text() == expected


def test_the_search_counts_names_and_shows_them(rig: Rig) -> None:
    rows = [asked("About the report.", REPORT, PASTED)]
    for n in range(30):
        rows += [question(f"q{n}"), answer(f"a{n}", "Words.\n\n" * 10)]
    rig.model.set_rows(rows)
    rig.view.open_find_bar()
    rig.view.finding.bar.field.setText("report")
    rig.qtbot.waitUntil(lambda: rig.view.finding.is_complete)
    assert rig.view.finding.bar.count_text.endswith("/2")
    while not rig.view.item(0).found_attachments.get(0):
        rig.view.finding.step(1)
    rig.draw()
    rect = rig.view.target_rect(0, AttachmentTarget(0))
    assert 0 <= rect.top() < rig.view.viewport().height()
    rig.view.finding.step(1)
    assert rig.view.item(0).found_attachments == {0: False}
    rig.view.finding.close()
    assert rig.view.item(0).found_attachments == {}


def test_what_is_hidden_in_a_name_is_made_visible(rig: Rig) -> None:
    rig.model.set_rows([asked("Look.", Attachment("x", "photo\u202egpj.exe"))])
    (control,) = [
        c for c in controls_of(rig.view.item(0)) if isinstance(c.kind, AttachmentTarget)
    ]
    assert "\u202e" not in control.label + control.name
    assert "⟨U+202E⟩" in control.name


def test_screen_readers_hear_of_attachments(rig: Rig) -> None:
    rig.model.set_rows([asked("What is it?", REPORT)])
    index = rig.model.index(0)
    spoken = str(rig.model.data(index, Qt.ItemDataRole.AccessibleTextRole))
    assert spoken == "You said: What is it? Attached: report.pdf"
    interface = QAccessible.queryAccessibleInterface(rig.view)
    message = interface.child(0)
    names = [message.child(n).text(QAccessible.Text.Name) for n in range(message.childCount())]
    assert "Read the attachment report.pdf (234 tokens)" in names


def test_a_changed_attachment_is_shown(rig: Rig) -> None:
    rig.model.set_rows([asked("What is it?", PASTED)])
    before = rig.view.item(0).height
    rig.model.update_row(asked("What is it?", *[PASTED] * 9))
    assert rig.view.item(0).height > before
