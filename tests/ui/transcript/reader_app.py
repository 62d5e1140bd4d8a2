"""A window with a transcript, for a screen reader's eyes: run by `test_screen_reader`.

Announces "Answering" and the end of an answer when a line comes on standard input, and ends
with it.
"""

from __future__ import annotations

import sys

from PySide6.QtCore import QSocketNotifier, Qt
from PySide6.QtWidgets import QApplication

from app.ui.models.path_model import PathModel
from app.ui.transcript.palette import TranscriptPalette
from app.ui.transcript.transcript_view import TranscriptView
from tests.ui.transcript.samples import answer, question


def main() -> None:
    """Show it until standard input is closed."""
    app = QApplication([])
    app.setApplicationName("transcript-test")
    model = PathModel()
    view = TranscriptView(model, TranscriptPalette.light())
    view.resize(700, 500)
    text = "# Head\n\nSome text\n\n```py\ncode\n```"
    model.set_rows([question("q", "Hello?"), answer("a", text, thinking="hm")])
    view.show()
    view.setFocus(Qt.FocusReason.TabFocusReason)

    def on_line() -> None:
        line = sys.stdin.readline()
        if line:
            model.append_row(answer("b", is_live=True))
            model.update_row(answer("b", "Done"))
        else:
            app.quit()

    notifier = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
    notifier.activated.connect(on_line)
    print("ready", flush=True)
    app.exec()
    del notifier


if __name__ == "__main__":
    main()
