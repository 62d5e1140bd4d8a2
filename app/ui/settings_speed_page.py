"""The page of the settings about speed, energy and memory that is given back."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSpinBox

from app.ui.buttons import TextButton
from app.ui.sampling_form import ignore_wheel
from app.ui.settings_pages import SettingsPage

_MOST_MINUTES = 1440


class SpeedPage(SettingsPage):
    """What the engine does while nothing is asked, and how much of the computer it takes."""

    tune_requested = Signal()

    def _fill(self) -> None:
        settings = self._settings
        self._add_check(
            self.tr("&Read ahead while nothing else is wanted"),
            settings.reads_ahead,
            lambda on: lambda s: replace(s, reads_ahead=on),
            self.tr(
                "After an answer, on opening a conversation and while you type, the engine "
                "reads what is there, so that the next answer begins sooner."
            ),
        )
        self._add_check(
            self.tr("Read ahead on &battery, too"),
            settings.reads_ahead_on_battery,
            lambda on: lambda s: replace(s, reads_ahead_on_battery=on),
        )
        self._add_check(
            self.tr("&Save energy on battery"),
            settings.saves_energy_on_battery,
            lambda on: lambda s: replace(s, saves_energy_on_battery=on),
            self.tr("Half the threads compute: answers are slower, the battery lasts longer."),
        )
        self._fill_computer()

    def _fill_computer(self) -> None:
        self._add(
            self.tr("&Unload the model when it is not used"),
            self._sleep_box(),
            self.tr(
                "Gives its memory back to other programs. It is loaded again when you type or "
                "send, and goes on where it was."
            ),
        )
        self._heading(self.tr("This computer"))
        button = TextButton("", self._body)
        button.setText(self.tr("Measure this computer…"))
        button.clicked.connect(self.tune_requested)
        self._column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeading)
        self._explain(
            self.tr(
                "Finds out in less than two minutes which settings are the fastest for your "
                "model here."
            ),
            button,
        )

    def _sleep_box(self) -> QSpinBox:
        box = QSpinBox(self._body)
        box.setRange(0, _MOST_MINUTES)
        box.setSingleStep(5)
        box.setSpecialValueText(self.tr("Never"))
        box.setSuffix(self.tr(" minutes"))
        box.setValue(self._settings.unload_after_minutes)
        box.valueChanged.connect(
            lambda n: self._apply(lambda s: replace(s, unload_after_minutes=n))
        )
        ignore_wheel(box)
        return box
