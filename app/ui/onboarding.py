"""The first screen while there is no model: what this is, and three ways to a model."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.core.machine_report import MachineReport
from app.ui.buttons import TextButton
from app.ui.icons import app_icon, pixmap
from app.ui.size_words import memory_text, size_text
from app.ui.theme import current_colors

_COLUMN = 560  # logical pixels
_PICTURE = 64
_PICTURE_FROM = 480  # logical pixels of height: below, the choices come first


class ChoiceCard(TextButton):
    """A large button: what it does, and in smaller words what that means."""

    def __init__(self, icon_name: str, parent: QWidget) -> None:
        super().__init__("card", parent)
        self._picture_name = icon_name
        self._picture = QLabel(self)
        self._title = QLabel(self)
        self._title.setObjectName("subheading")
        self._detail = QLabel(self)
        self._detail.setProperty("kind", "muted")
        layout = QGridLayout(self)
        layout.setContentsMargins(18, 12, 18, 12)
        layout.setHorizontalSpacing(14)
        layout.setVerticalSpacing(2)
        layout.setColumnStretch(1, 1)
        layout.addWidget(self._picture, 0, 0, 2, 1)
        layout.addWidget(self._title, 0, 1)
        layout.addWidget(self._detail, 1, 1)
        for label in (self._title, self._detail):
            label.setWordWrap(True)
        for label in (self._picture, self._title, self._detail):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._paint_picture()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._paint_picture()

    def _paint_picture(self) -> None:
        color = current_colors().accent
        self._picture.setPixmap(pixmap(self._picture_name, color, 24, self.devicePixelRatioF()))

    def set_texts(self, title: str, detail: str) -> None:
        """Name it, and say what choosing it means."""
        self._title.setText(title)
        self._detail.setText(detail)
        self.setAccessibleName(title)
        self.setAccessibleDescription(detail)

    def sizeHint(self) -> QSize:
        """As high as its words need."""
        layout = self.layout()
        return layout.sizeHint() if layout is not None else super().sizeHint()

    def hasHeightForWidth(self) -> bool:
        """Its words wrap."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Height of the wrapped words."""
        layout = self.layout()
        return layout.heightForWidth(width) if layout is not None else -1


class Onboarding(QScrollArea):
    """One screen: private, on this computer; get gpt-oss-20b, own file, practice model."""

    download_requested = Signal()
    file_requested = Signal()
    practice_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        body = QWidget(self)
        body.setObjectName("pageBody")
        self._picture = QLabel(body)
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._picture.setPixmap(
            app_icon().pixmap(QSize(_PICTURE, _PICTURE), self.devicePixelRatioF())
        )
        self._heading = QLabel(body)
        self._heading.setObjectName("heading")
        self._text = QLabel(body)
        self._text.setProperty("kind", "muted")
        self._computer = QLabel(body)
        for label in (self._heading, self._text, self._computer):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(True)
        self._download_card = ChoiceCard("download", body)
        self._file_card = ChoiceCard("folder-open", body)
        self._practice_card = ChoiceCard("flask-conical", body)
        self._download_card.clicked.connect(self.download_requested)
        self._file_card.clicked.connect(self.file_requested)
        self._practice_card.clicked.connect(self.practice_requested)
        self._layout = QVBoxLayout(body)
        self._layout.setSpacing(10)
        self._layout.addStretch(1)
        self._layout.addWidget(self._picture)
        self._layout.addWidget(self._heading)
        self._layout.addWidget(self._text)
        self._layout.addWidget(self._computer)
        self._layout.addSpacing(8)
        for card in (self._download_card, self._file_card, self._practice_card):
            self._layout.addWidget(card)
        self._layout.addStretch(2)
        self.setWidget(body)
        self._report: MachineReport | None = None
        self._retranslate()

    def set_report(self, report: MachineReport) -> None:
        """Say in words what this computer can do."""
        self._report = report
        self._show_computer()

    def _show_computer(self) -> None:
        report = self._report
        self._computer.setVisible(report is not None)
        if report is None:
            return
        text = self.tr(
            "This computer has {total} of memory, {free} of it free now, and {disk} free on "
            "the disk. gpt-oss-20b: {verdict}"
        )
        sentences = [memory_text(report.plan.sentence)]
        if report.plan.advice is not None:
            sentences.append(memory_text(report.plan.advice))
        self._computer.setText(
            text.format(
                total=size_text(report.machine.ram_total_bytes),
                free=size_text(report.machine.ram_available_bytes),
                disk=size_text(report.disk_free_bytes),
                verdict=" ".join(sentences),
            )
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the column readable in a wide window."""
        super().resizeEvent(event)
        side = max(20, (self.viewport().width() - _COLUMN) // 2)
        self._layout.setContentsMargins(side, 16, side, 16)
        self._picture.setVisible(self.viewport().height() >= _PICTURE_FROM)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self._show_computer()
        self._heading.setText(self.tr("Welcome to Lumbre"))
        self._text.setText(
            self.tr(
                "A private chat with gpt-oss, OpenAI's open model. It runs on this computer: "
                "nothing that you write leaves it. First it needs a model."
            )
        )
        self._download_card.set_texts(
            self.tr("Get gpt-oss-20b"),
            self.tr(
                "The real thing. One file of about 12 GB; a computer with 16 GB of memory "
                "can run it."
            ),
        )
        self._file_card.set_texts(
            self.tr("Use a file I have"),
            self.tr(
                "A gpt-oss model in the GGUF format on this computer, also from other programs."
            ),
        )
        self._practice_card.set_texts(
            self.tr("Try with the practice model"),
            self.tr(
                "Comes with Lumbre and starts at once. Very small: it answers only questions "
                "about this program."
            ),
        )
