"""QObjects on their own threads, and the signals they send: QtCore only."""
