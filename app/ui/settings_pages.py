"""The pages of the settings: each shows a value and reports what the person changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFrame,
    QLabel,
    QPlainTextEdit,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.core.message import ReasoningEffort
from app.core.settings import Settings
from app.ui.buttons import TextButton
from app.ui.reasoning_text import effort_name
from app.ui.sampling_form import SamplingChanged, SamplingForm, ignore_wheel

Change = Callable[[Settings], Settings]
Apply = Callable[[Change], None]
Choices = Sequence[tuple[str, object]]

CONTEXT_LENGTHS = (4096, 8192, 16384, 32768, 65536, 131072)  # tokens


class SettingsPage(QScrollArea):
    """A column of labelled controls."""

    def __init__(self, settings: Settings, apply: Apply, parent: QWidget) -> None:
        """`apply` takes a function from the settings in force to the wanted ones."""
        super().__init__(parent)
        self._settings = settings
        self._apply = apply
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._body = QWidget(self)
        self._body.setObjectName("pageBody")
        self._column = QVBoxLayout(self._body)
        self._column.setContentsMargins(24, 18, 24, 18)
        self._column.setSpacing(4)
        self._fill()
        self._column.addStretch(1)
        self.setWidget(self._body)

    def _fill(self) -> None:
        """Add the controls."""
        raise NotImplementedError

    def _add(self, name: str, control: QWidget, detail: str = "") -> None:
        """A control under its name, with a sentence on what it does."""
        label = QLabel(name, self._body)
        label.setWordWrap(True)
        label.setBuddy(control)
        control.setAccessibleName(name.replace("&", ""))
        self._column.addWidget(label)
        alignment = Qt.AlignmentFlag(0)
        if isinstance(control, QComboBox | QSpinBox | QDoubleSpinBox):
            alignment = Qt.AlignmentFlag.AlignLeading
            control.setMinimumWidth(200)
        self._column.addWidget(control, 0, alignment)
        self._explain(detail, control)

    def _add_check(
        self, name: str, is_on: bool, change: Callable[[bool], Change], detail: str = ""
    ) -> None:
        box = QCheckBox(name, self._body)
        box.setChecked(is_on)
        box.toggled.connect(lambda checked: self._apply(change(checked)))
        self._column.addWidget(box)
        self._explain(detail, box)

    def _explain(self, detail: str, control: QWidget) -> None:
        if detail:
            label = QLabel(detail, self._body)
            label.setProperty("kind", "muted")
            label.setWordWrap(True)
            control.setAccessibleDescription(detail)
            self._column.addWidget(label)
        self._column.addSpacing(10)

    def _heading(self, text: str) -> None:
        label = QLabel(text, self._body)
        label.setObjectName("subheading")
        self._column.addWidget(label)
        self._column.addSpacing(4)

    def _choice(
        self, choices: Choices, value: object, change: Callable[[object], Change]
    ) -> QComboBox:
        box = QComboBox(self._body)
        for text, data in choices:
            box.addItem(text, data)
        box.setCurrentIndex(max(0, [data for _, data in choices].index(value)))
        box.activated.connect(lambda at: self._apply(change(choices[at][1])))
        ignore_wheel(box)
        return box


class GeneralPage(SettingsPage):
    """Language, looks, keys, and the way to the passphrase."""

    locking_requested = Signal()

    def _fill(self) -> None:
        settings = self._settings
        languages: Choices = (
            (self.tr("As the system"), "system"),
            ("English", "en"),
            ("Español", "es"),
        )
        self._add(
            self.tr("&Language"),
            self._choice(
                languages, settings.language, lambda v: lambda s: replace(s, language=str(v))
            ),
        )
        themes: Choices = (
            (self.tr("As the system"), "system"),
            (self.tr("Light"), "light"),
            (self.tr("Dark"), "dark"),
            (self.tr("High contrast"), "high_contrast"),
        )
        self._add(
            self.tr("&Theme"),
            self._choice(themes, settings.theme, lambda v: lambda s: replace(s, theme=str(v))),
        )
        self._add(self.tr("&Zoom of the conversation"), self._zoom_box())
        self._fill_chat()

    def _fill_chat(self) -> None:
        settings = self._settings
        keys: Choices = (
            (self.tr("Enter"), False),
            (self.tr("Ctrl+Enter"), True),
        )
        self._add(
            self.tr("&Key that sends a message"),
            self._choice(
                keys,
                settings.sends_with_ctrl_enter,
                lambda v: lambda s: replace(s, sends_with_ctrl_enter=bool(v)),
            ),
        )
        self._add_check(
            self.tr("Show the &thinking unfolded"),
            settings.shows_thinking,
            lambda on: lambda s: replace(s, shows_thinking=on),
            self.tr("Each section can be folded and unfolded by itself, too."),
        )
        self._add_check(
            self.tr("Show &statistics under answers"),
            settings.shows_statistics,
            lambda on: lambda s: replace(s, shows_statistics=on),
        )
        locking = TextButton("", self._body, icon_name="lock")
        locking.setText(self.tr("Passphrase and locking…"))
        locking.setAutoDefault(False)
        locking.clicked.connect(self.locking_requested)
        self._column.addWidget(locking, 0, Qt.AlignmentFlag.AlignLeading)

    def _zoom_box(self) -> QSpinBox:
        box = QSpinBox(self._body)
        box.setRange(80, 200)
        box.setSingleStep(10)
        box.setSuffix(" %")
        box.setValue(self._settings.zoom_percent)
        box.valueChanged.connect(
            lambda value: self._apply(lambda s: replace(s, zoom_percent=value))
        )
        ignore_wheel(box)
        return box


class AnswersPage(SettingsPage):
    """What a new conversation begins with, and how tokens are drawn."""

    reset_requested = Signal()  # of the sampling values

    def _fill(self) -> None:
        settings = self._settings
        levels: Choices = tuple((effort_name(e), e) for e in ReasoningEffort)
        self._add(
            self.tr("&Reasoning level of new conversations"),
            self._choice(
                levels,
                settings.reasoning,
                lambda v: lambda s: replace(s, reasoning=ReasoningEffort(str(v))),
            ),
        )
        self._add(
            self.tr("&Instructions for new conversations"),
            self._instructions_field(),
            self.tr(
                "How the model should behave, for example: Answer briefly. A preset that is "
                "the default of new conversations takes the place of this and of the level."
            ),
        )
        self._add_check(
            self.tr("Tell the model today's &date"),
            settings.tells_date,
            lambda on: lambda s: replace(s, tells_date=on),
            self.tr(
                "A conversation keeps its date for up to a week: with another one the model "
                "would have to read all of it again."
            ),
        )
        self._fill_sampling()

    def _fill_sampling(self) -> None:
        self._heading(self.tr("How the next word is drawn"))
        form = SamplingForm(self._settings.sampling, self._body)
        form.changed.connect(self._on_sampling_changed)
        self._column.addWidget(form)
        reset = TextButton("", self._body, icon_name="rotate-ccw")
        reset.setText(self.tr("Back to the recommended values"))
        reset.clicked.connect(self.reset_requested)
        self._column.addWidget(reset, 0, Qt.AlignmentFlag.AlignLeading)

    def _instructions_field(self) -> QPlainTextEdit:
        field = QPlainTextEdit(self._settings.instructions, self._body)
        field.setProperty("kind", "field")
        field.setTabChangesFocus(True)
        field.setFixedHeight(field.fontMetrics().lineSpacing() * 4 + 18)
        field.textChanged.connect(
            lambda: self._apply(lambda s: replace(s, instructions=field.toPlainText()))
        )
        return field

    @Slot(object)
    def _on_sampling_changed(self, event: SamplingChanged) -> None:
        self._apply(lambda s: replace(s, sampling=event.sampling))
