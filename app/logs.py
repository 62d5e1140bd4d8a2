"""The log file and what happens to exceptions that nobody caught."""

from __future__ import annotations

import faulthandler
import logging
import logging.handlers
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO

logger = logging.getLogger(__name__)

MAX_BYTES = 1_000_000
N_OLD = 2

_crash_file: IO[str] | None = None  # must stay open as long as the process lives


def set_up_logging(log_file: Path, *, is_verbose: bool = False) -> None:
    """Log to a rotating file; without a writable folder, warnings go to stderr."""
    global _crash_file  # noqa: PLW0603 (faulthandler writes to its descriptor at a crash)
    root = logging.getLogger()
    root.setLevel(logging.DEBUG if is_verbose else logging.INFO)
    handler: logging.Handler
    try:
        log_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handler = logging.handlers.RotatingFileHandler(
            log_file, maxBytes=MAX_BYTES, backupCount=N_OLD, encoding="utf-8", delay=True
        )
        _crash_file = open(log_file.with_name("crash.log"), "a", encoding="utf-8")  # noqa: SIM115
        faulthandler.enable(_crash_file, all_threads=True)
    except OSError as error:
        handler = logging.StreamHandler()
        handler.setLevel(logging.WARNING)
        logger.warning("no log file in %s: %s", log_file.parent, error.strerror)
    handler.setFormatter(
        logging.Formatter("%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s")
    )
    root.addHandler(handler)
    for noisy in ("markdown_it", "httpx", "httpcore", "urllib3", "filelock"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def set_up_excepthook(on_bug: Callable[[BaseException], None]) -> None:
    """Log exceptions that nobody caught, in any thread, and tell `on_bug` of them."""

    def handle(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        logger.critical("uncaught exception", exc_info=(kind, error, trace))
        on_bug(error)

    def handle_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            handle(args.exc_type, args.exc_value, args.exc_traceback)

    sys.excepthook = handle
    threading.excepthook = handle_thread
