"""What can go wrong between here and a hub, each as one sentence for the person."""

from __future__ import annotations

import errno
from pathlib import Path

from app.core.byte_count import ByteCount
from app.core.errors import QT_TRANSLATE_NOOP, HubError


class Retry(Exception):  # noqa: N818 - not an error: an order to try again
    """It did not work this time; `error` says why, for as long as nothing comes.

    Args:
        error: the sentence.
        delay_s: earliest next try as the server asked for it; None: the usual back-off.
        is_suspicious: the answer was not what was asked for; the same thing several times
            in a row is final.
    """

    def __init__(
        self, error: HubError, *, delay_s: float | None = None, is_suspicious: bool = False
    ) -> None:
        super().__init__(str(error))
        self.error = error
        self.delay_s = delay_s
        self.is_suspicious = is_suspicious


class NoRoom(Retry):
    """The disk is full; it goes on as soon as there is room."""


class StaleAddress(Retry):
    """The content server no longer takes the address that the hub gave."""


class Gone(HubError):  # noqa: N818 - says what happened
    """The hub no longer has the file at this revision."""


class Stopped(Exception):  # noqa: N818 - the person's wish, not an error
    """Paused, cancelled or closed."""


def offline_locked() -> HubError:
    """The offline lock is on."""
    return HubError(
        QT_TRANSLATE_NOOP(
            "errors",
            "Lumbre is locked offline, so nothing was sent or fetched. What has been "
            "downloaded so far is kept. Switch the lock off to go on.",
        )
    )


def no_connection(host: str) -> HubError:
    """No way to the server: no network, no name, refused, dropped."""
    return HubError(
        QT_TRANSLATE_NOOP(
            "errors",
            "{host} cannot be reached. What has been downloaded so far is kept. Check the "
            "network connection; Lumbre goes on as soon as it is back.",
        ),
        host=host,
    )


def stalled(host: str, seconds: float) -> HubError:
    """The line is there, but nothing comes."""
    return HubError(
        QT_TRANSLATE_NOOP(
            "errors",
            "Nothing has come from {host} for {seconds} seconds. What has been downloaded so "
            "far is kept. Lumbre connects again by itself.",
        ),
        host=host,
        seconds=round(seconds),
    )


def portal(host: str) -> HubError:
    """A web page came instead of the file: sign-in page of a hotel or train."""
    return HubError(
        QT_TRANSLATE_NOOP(
            "errors",
            "A web page came instead of the file from {host}: this network probably wants you "
            "to sign in first. Nothing of the page was saved. Open a browser, sign in, and "
            "Lumbre goes on by itself.",
        ),
        host=host,
    )


def certificate(host: str, reason: str) -> HubError:
    """The server could not prove who it is."""
    return HubError(
        QT_TRANSLATE_NOOP(
            "errors",
            "The connection to {host} is not trusted ({reason}), so nothing was fetched over "
            "it. Check the date of this computer, and whether this network checks "
            "connections; its certificate must then be installed in the system.",
        ),
        host=host,
        reason=reason,
    )


def proxy(host: str, reason: str) -> HubError:
    """The proxy of the system settings refused or cannot be used."""
    return HubError(
        QT_TRANSLATE_NOOP(
            "errors",
            "The proxy {host} did not let the connection through ({reason}). What has been "
            "downloaded so far is kept. Check the proxy in the system's network settings.",
        ),
        host=host,
        reason=reason,
    )


def server_error(host: str, status: int) -> HubError:
    """The server has trouble of its own."""
    return HubError(
        QT_TRANSLATE_NOOP(
            "errors",
            "{host} has trouble at the moment (answer {status}). What has been downloaded so "
            "far is kept. Lumbre tries again by itself.",
        ),
        host=host,
        status=str(status),
    )


def too_many_requests(host: str) -> HubError:
    """The server asks to come back later."""
    return HubError(
        QT_TRANSLATE_NOOP(
            "errors",
            "{host} asks to wait because too much was fetched from this network. What has been "
            "downloaded so far is kept. Lumbre goes on by itself later.",
        ),
        host=host,
    )


def no_access(repository: str) -> HubError:
    """The repository is gated or private."""
    return HubError(
        QT_TRANSLATE_NOOP(
            "errors",
            "{repository} is not open to everybody. Accept its conditions on its page at "
            "Hugging Face, make an access token there, and enter the token in Lumbre.",
        ),
        repository=repository,
    )


def no_repository(repository: str) -> HubError:
    """There is no such repository, or it is private."""
    return HubError(
        QT_TRANSLATE_NOOP(
            "errors",
            "Hugging Face has no repository {repository}, or it is private. Check the name; "
            "for a private one, enter your access token.",
        ),
        repository=repository,
    )


def gone(name: str, repository: str) -> Gone:
    """The file is no longer offered with this content."""
    return Gone(
        QT_TRANSLATE_NOOP(
            "errors",
            "{repository} no longer offers {name} as it was. Nothing on this computer was "
            "changed. Look the repository up again and choose one of its present files.",
        ),
        name=name,
        repository=repository,
    )


def other_file(name: str, host: str) -> HubError:
    """The server offers something else under this name: size, hash or revision differ."""
    return HubError(
        QT_TRANSLATE_NOOP(
            "errors",
            "{host} offers another file than the expected {name}: its size, hash or revision "
            "is different. It was not saved. Look the repository up again, or try later.",
        ),
        name=name,
        host=host,
    )


def not_gguf(name: str) -> HubError:
    """The content does not begin like a model file."""
    return HubError(
        QT_TRANSLATE_NOOP(
            "errors",
            "What the server sends as {name} is not a model file. It was not saved. Choose "
            "another file, or try later.",
        ),
        name=name,
    )


def hash_mismatch(name: str) -> HubError:
    """The finished download is not the expected content."""
    return HubError(
        QT_TRANSLATE_NOOP(
            "errors",
            "The download of {name} is damaged: its content does not match its SHA-256. It was "
            "removed and cannot be used by mistake. Download it again; if it happens again, "
            "check this computer's memory and drive.",
        ),
        name=name,
    )


def insecure_redirect(host: str) -> HubError:
    """The server wants to go on without encryption, or in circles."""
    return HubError(
        QT_TRANSLATE_NOOP(
            "errors",
            "{host} wanted to hand the download over in an unsafe way, so it was stopped. What "
            "has been downloaded so far is kept. Try again later or in another network.",
        ),
        host=host,
    )


def no_space(folder: Path, missing_bytes: int) -> HubError:
    """The drive has not enough room."""
    return HubError(
        QT_TRANSLATE_NOOP(
            "errors",
            "There is not enough room in {folder}: {missing} more are needed. Nothing is lost. "
            "Free that much, or choose a folder on another drive.",
        ),
        folder=str(folder),
        missing=ByteCount(max(missing_bytes, 1)),
    )


def folder_unusable(folder: Path, reason: str) -> HubError:
    """The folder cannot be written or read."""
    return HubError(
        QT_TRANSLATE_NOOP(
            "errors",
            "The folder {folder} cannot be used: {reason}. What was there before is unchanged. "
            "Check that the drive is connected and that you may write there, or choose "
            "another folder.",
        ),
        folder=str(folder),
        reason=reason,
    )


def file_too_large(folder: Path) -> HubError:
    """The file system has a limit on the size of a file."""
    return HubError(
        QT_TRANSLATE_NOOP(
            "errors",
            "The drive of {folder} cannot hold a file this large; drives formatted as FAT32 "
            "end at 4 GB. Choose a folder on another drive.",
        ),
        folder=str(folder),
    )


def already_running(name: str) -> HubError:
    """Another window or program is writing the same file."""
    return HubError(
        QT_TRANSLATE_NOOP(
            "errors",
            "{name} is already being downloaded, perhaps by another Lumbre window. Wait for "
            "it, or stop it there.",
        ),
        name=name,
    )


_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_WINDOWS_DISK_FULL = 112  # ERROR_DISK_FULL


def is_disk_full(error: OSError) -> bool:
    """True when the drive or the person's quota is full."""
    return error.errno in _FULL or getattr(error, "winerror", None) == _WINDOWS_DISK_FULL


def disk_error(error: OSError, folder: Path, missing_bytes: int) -> HubError:
    """The sentence for an error of the file system."""
    if is_disk_full(error):
        return no_space(folder, missing_bytes)
    if error.errno == errno.EFBIG:
        return file_too_large(folder)
    return folder_unusable(folder, error.strerror or str(error))
