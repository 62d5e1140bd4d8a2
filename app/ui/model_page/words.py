"""Sizes, times and verdicts in the language of the window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication

from app.core.download import DownloadPhase, DownloadProgress
from app.core.errors import LumbreError
from app.core.library import FilePhase, FileProgress, InstalledModel, ModelOrigin
from app.ui.download_queue import DownloadItem, DownloadState
from app.ui.error_text import error_text
from app.ui.size_words import size_text

MINUTE_S, HOUR_S = 60, 3600


def duration_text(seconds: float) -> str:
    """A rough time: "3 min", "2 h 10 min"."""
    whole = max(0, round(seconds))
    if whole < MINUTE_S:
        text = QCoreApplication.translate("ModelPage", "{n} s")
        return text.format(n=whole)
    minutes = round(whole / MINUTE_S)
    if whole < HOUR_S:
        return QCoreApplication.translate("ModelPage", "{n} min").format(n=minutes)
    text = QCoreApplication.translate("ModelPage", "{hours} h {minutes} min")
    return text.format(hours=minutes // MINUTE_S, minutes=minutes % MINUTE_S)


def origin_text(model: InstalledModel) -> str:
    """Whose folder it lies in; for ours and the practice model nothing needs to be said."""
    names = {
        ModelOrigin.IN_PLACE: QCoreApplication.translate("ModelPage", "used where it lies"),
        ModelOrigin.FOLDER: QCoreApplication.translate("ModelPage", "in a folder of yours"),
        ModelOrigin.HUGGING_FACE: "Hugging Face",
        ModelOrigin.LM_STUDIO: "LM Studio",
        ModelOrigin.JAN: "Jan",
        ModelOrigin.GPT4ALL: "GPT4All",
        ModelOrigin.LLAMA_CPP: "llama.cpp",
        ModelOrigin.OLLAMA: "Ollama",
    }
    return "" if model.card.is_practice else names.get(model.origin, "")


def download_text(item: DownloadItem) -> str:
    """One line about a download."""
    size = size_text(item.model.size_bytes)
    done = size_text(item.n_done)
    if item.state is DownloadState.QUEUED:
        return QCoreApplication.translate("ModelPage", "Waits for its turn")
    if item.state is DownloadState.PAUSED:
        text = QCoreApplication.translate("ModelPage", "Paused at {done} of {size}")
        return text.format(done=done, size=size)
    if item.state is DownloadState.FAILED and item.error is not None:
        return error_text(item.error)
    if item.progress is None:
        return QCoreApplication.translate("ModelPage", "Starts")
    return _running_text(item.progress, done, size)


def _running_text(progress: DownloadProgress, done: str, size: str) -> str:
    if progress.phase is DownloadPhase.PREPARING:
        return QCoreApplication.translate("ModelPage", "Makes room on the disk")
    if progress.phase is DownloadPhase.CHECKING:
        return QCoreApplication.translate("ModelPage", "Checks what came earlier")
    if progress.phase is DownloadPhase.VERIFYING:
        return QCoreApplication.translate("ModelPage", "Compares the file with its hash")
    if progress.phase is DownloadPhase.WAITING and progress.problem is not None:
        text = QCoreApplication.translate("ModelPage", "{problem} Tried again in {time}.")
        return text.format(
            problem=_sentence(progress.problem), time=duration_text(progress.retry_in_s)
        )
    speed = size_text(progress.bytes_per_second)
    if progress.seconds_left is None:
        text = QCoreApplication.translate("ModelPage", "{done} of {size}, {speed} a second")
        return text.format(done=done, size=size, speed=speed)
    text = QCoreApplication.translate(
        "ModelPage", "{done} of {size}, {speed} a second, {time} left"
    )
    left = duration_text(progress.seconds_left)
    return text.format(done=done, size=size, speed=speed, time=left)


def _sentence(error: LumbreError) -> str:
    return error_text(error)


def work_text(progress: FileProgress) -> str:
    """One line about a long work on files."""
    templates = {
        FilePhase.READING: QCoreApplication.translate("ModelPage", "Reads {name}"),
        FilePhase.COPYING: QCoreApplication.translate("ModelPage", "Copies {name}"),
        FilePhase.COMPARING: QCoreApplication.translate(
            "ModelPage", "Compares the copy of {name}"
        ),
    }
    return templates[progress.phase].format(name=Path(progress.name).name)
