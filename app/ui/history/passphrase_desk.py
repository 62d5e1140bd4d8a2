"""The dialogs round the passphrase, one after the other: ask, do, show what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QMessageBox, QWidget

from app.core.cancellation import CancelToken
from app.core.errors import Cancelled, LumbreError
from app.core.vault import OnConversion, Vault, VaultChange
from app.ui.error_text import error_text
from app.ui.history.conversion_dialog import ConversionDialog
from app.ui.history.history_lock import HistoryLock
from app.ui.history.recovery_key_dialog import RecoveryKeyDialog
from app.ui.history.secret_dialog import Asks, SecretDialog, SecretsGiven, SecretWords
from app.workers.typed_signal import signal_of

_Work = Callable[[Vault, CancelToken, OnConversion], VaultChange]


@dataclass(frozen=True, slots=True)
class PassphraseTold:
    """What came of it, as a sentence."""

    text: str
    is_problem: bool = False


class PassphraseDesk(QObject):
    """Turns the encryption on and off and renews its secrets. GUI thread only."""

    told = signal_of(PassphraseTold)

    def __init__(self, lock: HistoryLock, changed: Callable[[], None], window: QWidget) -> None:
        """`changed` is called when the encryption was turned on or off."""
        super().__init__(window)
        self._lock = lock
        self._changed = changed
        self._window = window

    @Slot()
    def turn_on(self) -> None:
        """Ask for a passphrase, encrypt, show the recovery key."""
        words = SecretWords(
            self.tr("Set a passphrase"),
            self.tr(
                "Lumbre will ask for it when it starts. You also get a recovery key, in case "
                "you forget it."
            ),
            self.tr("Encrypt"),
        )

        def given(dialog: SecretDialog, secrets: SecretsGiven) -> None:
            dialog.accept()
            self._convert(
                self.tr("Encrypting your conversations"),
                lambda vault, cancel, tell: vault.turn_on(secrets.new, cancel, tell),
                self._on_turned_on,
            )

        self._ask(words, Asks.NEW, given)

    @Slot()
    def turn_off(self) -> None:
        """Ask for the passphrase, decrypt."""
        words = SecretWords(
            self.tr("Turn the passphrase off"),
            self.tr(
                "Conversations and backups are written to the disk unencrypted. None of them "
                "is lost."
            ),
            self.tr("Turn off"),
        )

        def given(dialog: SecretDialog, secrets: SecretsGiven) -> None:
            def right(_: None) -> None:
                dialog.accept()
                self._convert(
                    self.tr("Decrypting your conversations"),
                    lambda vault, cancel, tell: vault.turn_off(secrets.current, cancel, tell),
                    self._on_turned_off,
                )

            dialog.set_busy(True)
            self._lock.ask(
                lambda vault: vault.unlock(secrets.current), right, dialog.show_problem
            )

        self._ask(words, Asks.CURRENT, given)

    @Slot()
    def change(self) -> None:
        """Ask for the passphrase and a new one."""
        words = SecretWords(
            self.tr("Change the passphrase"),
            self.tr("The recovery key stays the same."),
            self.tr("Change"),
        )

        def given(dialog: SecretDialog, secrets: SecretsGiven) -> None:
            def done(_: None) -> None:
                dialog.accept()
                self._tell(self.tr("The passphrase is changed."))

            dialog.set_busy(True)
            self._lock.ask(
                lambda vault: vault.change_passphrase(secrets.current, secrets.new),
                done,
                dialog.show_problem,
            )

        self._ask(words, Asks.BOTH, given)

    @Slot()
    def renew_recovery_key(self) -> None:
        """Ask for the passphrase, show another recovery key."""
        words = SecretWords(
            self.tr("New recovery key"),
            self.tr("The recovery key that you have now will not open anything any more."),
            self.tr("Make a new key"),
        )

        def given(dialog: SecretDialog, secrets: SecretsGiven) -> None:
            def done(recovery_key: str) -> None:
                dialog.accept()
                self._tell(self.tr("There is a new recovery key."))
                self._show_recovery_key(recovery_key)

            dialog.set_busy(True)
            self._lock.ask(
                lambda vault: vault.new_recovery_key(secrets.current),
                done,
                dialog.show_problem,
            )

        self._ask(words, Asks.CURRENT, given)

    # -- steps -----------------------------------------------------------------------------
    def _ask(
        self,
        words: SecretWords,
        asks: Asks,
        given: Callable[[SecretDialog, SecretsGiven], None],
    ) -> None:
        dialog = SecretDialog(words, asks, self._window)
        dialog.given.connect(lambda secrets: given(dialog, secrets))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _convert(self, title: str, work: _Work, on_done: Callable[[VaultChange], None]) -> None:
        progress = ConversionDialog(title, self._window)
        progress.finished.connect(progress.deleteLater)

        def done(change: VaultChange) -> None:
            progress.done(0)
            self._changed()
            on_done(change)

        def failed(error: LumbreError) -> None:
            progress.done(0)
            self._changed()
            if isinstance(error, Cancelled):
                self._tell(self.tr("Cancelled. Everything is as it was."))
            else:
                self._tell(error_text(error), is_problem=True)

        self._lock.progressed.connect(progress.show_progress)
        progress.set_cancel(self._lock.convert(work, done, failed))
        progress.open()

    def _on_turned_on(self, change: VaultChange) -> None:
        self._tell(self.tr("Your conversations are encrypted from now on."))
        self._show_recovery_key(change.recovery_key)
        if change.unchanged:
            self._offer_to_erase(change.unchanged)

    def _on_turned_off(self, change: VaultChange) -> None:
        text = self.tr("Your conversations are not encrypted any more.")
        if change.unchanged:
            names = "\n".join(str(path) for path in change.unchanged)
            text += "\n" + self.tr("These files stay as they are:") + "\n" + names
        self._tell(text)

    def _offer_to_erase(self, paths: tuple[Path, ...]) -> None:
        """What could not be encrypted is deleted only when the person says so."""
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setWindowTitle(self.tr("Files that are not encrypted"))
        box.setText(
            self.tr(
                "These older files could not be encrypted: damaged backups, or damaged "
                "histories that were set aside. Your conversations can still be read in them."
            )
        )
        box.setInformativeText("\n".join(str(path) for path in paths))
        erase = box.addButton(self.tr("Delete these files"), QMessageBox.ButtonRole.AcceptRole)
        keep = box.addButton(self.tr("Keep them"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(keep)
        box.setEscapeButton(keep)

        def on_finished() -> None:
            if box.clickedButton() is erase:
                self._lock.ask(lambda vault: vault.erase(paths), self._on_erased, self._fail)
            box.deleteLater()

        box.finished.connect(on_finished)
        box.open()

    def _on_erased(self, _: None) -> None:
        self._tell(self.tr("The files are deleted."))

    def _show_recovery_key(self, recovery_key: str) -> None:
        dialog = RecoveryKeyDialog(recovery_key, self._window)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _fail(self, error: LumbreError) -> None:
        self._tell(error_text(error), is_problem=True)

    def _tell(self, text: str, *, is_problem: bool = False) -> None:
        self.told.emit(PassphraseTold(text, is_problem))
