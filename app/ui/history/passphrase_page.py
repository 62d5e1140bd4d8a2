"""The passphrase of the history: on and off, another one, the recovery key, locking."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QWidget

from app.ui.buttons import TextButton
from app.ui.history.page import HistoryAccess, HistoryPage
from app.ui.history.passphrase_desk import PassphraseDesk, PassphraseTold

AUTO_LOCK_MINUTES = (0, 1, 5, 15, 30, 60)


@dataclass(frozen=True, slots=True)
class LockAccess:
    """What the page works with besides `HistoryAccess`; all is called in the GUI thread."""

    desk: PassphraseDesk
    is_encrypted: Callable[[], bool]
    auto_lock_minutes: Callable[[], int]
    set_auto_lock_minutes: Callable[[int], None]
    lock_now: Callable[[], None]


class PassphrasePage(HistoryPage):
    """Says plainly what a passphrase protects and what it does not."""

    def __init__(
        self, access: HistoryAccess, lock: LockAccess, parent: QWidget | None = None
    ) -> None:
        super().__init__(access, parent)
        self._lock = lock
        self._limits = QLabel(self)
        self._limits.setWordWrap(True)
        self._limits.setProperty("kind", "muted")
        self._auto_label = QLabel(self.tr("&Lock by itself"), self)
        self.auto_box = QComboBox(self)
        self._auto_label.setBuddy(self.auto_box)
        self.auto_box.setAccessibleName(self.tr("Lock by itself"))
        for minutes in AUTO_LOCK_MINUTES:
            self.auto_box.addItem(self._minutes_text(minutes), minutes)
        self.on_button = TextButton("primary", self, icon_name="lock", color_role="on_accent")
        self.lock_button = TextButton("", self, icon_name="lock")
        self.change_button = TextButton("", self)
        self.recovery_button = TextButton("", self)
        self.off_button = TextButton("", self)
        self.on_button.setText(self.tr("Set a passphrase…"))
        self.lock_button.setText(self.tr("Lock now"))
        self.change_button.setText(self.tr("Change…"))
        self.recovery_button.setText(self.tr("New recovery key…"))
        self.off_button.setText(self.tr("Turn off…"))
        auto = QHBoxLayout()
        auto.addWidget(self._auto_label)
        auto.addWidget(self.auto_box)
        auto.addStretch(1)
        self._column.addWidget(self._limits)
        self._column.addLayout(auto)
        self._column.addStretch(1)
        self._end_layout(self._buttons())
        self.auto_box.activated.connect(self._on_auto_chosen)
        self.on_button.clicked.connect(self._on_convert_clicked)
        self.off_button.clicked.connect(self._on_convert_clicked)
        self.lock_button.clicked.connect(lock.lock_now)
        self.change_button.clicked.connect(lock.desk.change)
        self.recovery_button.clicked.connect(lock.desk.renew_recovery_key)
        lock.desk.told.connect(self._on_told)
        self.refresh()

    def _buttons(self) -> tuple[TextButton, ...]:
        return (
            self.off_button,
            self.recovery_button,
            self.change_button,
            self.lock_button,
            self.on_button,
        )

    def refresh(self) -> None:
        """Say what holds now."""
        is_encrypted = self._lock.is_encrypted()
        self._note.setText(self._note_text(is_encrypted=is_encrypted))
        self._limits.setText(self._limits_text())
        for button in self._buttons():
            button.setVisible(is_encrypted)
            button.setEnabled(True)
        self.on_button.setVisible(not is_encrypted)
        self._auto_label.setVisible(is_encrypted)
        self.auto_box.setVisible(is_encrypted)
        minutes = self._lock.auto_lock_minutes()
        if self.auto_box.findData(minutes) < 0:
            self.auto_box.addItem(self._minutes_text(minutes), minutes)
        self.auto_box.setCurrentIndex(self.auto_box.findData(minutes))

    # -- words -----------------------------------------------------------------------------
    def _note_text(self, *, is_encrypted: bool) -> str:
        if is_encrypted:
            return self.tr(
                "Your conversations and their backups are encrypted (AES-256). Lumbre asks for "
                "the passphrase when it starts and when it was locked."
            )
        return self.tr(
            "Your conversations are not encrypted: whoever can read the files of your user "
            "account can read them. With a passphrase they and their backups are encrypted on "
            "the disk, and Lumbre asks for it when it starts."
        )

    def _limits_text(self) -> str:
        return "\n\n".join(
            (
                self.tr(
                    "It protects them on a computer that is lost, stolen or repaired, and in "
                    "copies of the data folder."
                ),
                self.tr(
                    "It does not protect them from somebody who uses Lumbre while it is "
                    "unlocked, or from programs that watch this computer: its memory, its "
                    "keyboard, its swap file. Files that you export, your settings and the "
                    "models are not encrypted. The disk may keep traces of files that were "
                    "there before."
                ),
                self.tr("Without passphrase and recovery key nobody can open them again."),
            )
        )

    def _minutes_text(self, minutes: int) -> str:
        if minutes == 0:
            return self.tr("Never")
        if minutes == 1:
            return self.tr("After a minute without use")
        return self.tr("After {n} minutes without use").format(n=minutes)

    # -- what the person does --------------------------------------------------------------
    @Slot(int)
    def _on_auto_chosen(self, index: int) -> None:
        self._lock.set_auto_lock_minutes(int(self.auto_box.itemData(index)))

    @Slot()
    def _on_convert_clicked(self) -> None:
        if self._access.is_answering():
            self._say(self.tr("An answer is being written. Wait for its end, or stop it."))
        elif self.sender() is self.on_button:
            self._lock.desk.turn_on()
        else:
            self._lock.desk.turn_off()

    @Slot(object)
    def _on_told(self, event: PassphraseTold) -> None:
        self._say(event.text, is_problem=event.is_problem)
        self.refresh()
