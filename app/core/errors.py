"""The exception tree.

    LumbreError
    ├── UserError            a sentence for the person: what happened, what is safe, what to do
    │   ├── ModelError           about a model file
    │   │   ├── ModelFileError       cannot be used: missing, cut off, not a gpt-oss GGUF ...
    │   │   └── ModelLoadError       well formed, yet it could not be loaded
    │   ├── EngineError          the engine stopped while answering
    │   │   └── EngineAbortedError   llama.cpp gave up for good: only a restart helps
    │   ├── PromptTooLongError   the newest message alone does not fit the context
    │   ├── StorageError         about the data folder or the database
    │   │   └── LockedError          it is encrypted, and the right passphrase was not given
    │   └── HubError             about a download or an import
    └── BugError             ours: logged with its traceback, shown in the report dialog

Cancelling is a `FinishReason`, not an error, except where a call has no result to give
(`Cancelled`: loading, probing, downloading).

A sentence is an English *template* with named places, so that the window can translate it
and fill it in afterwards; `QT_TRANSLATE_NOOP` marks it for lupdate without importing Qt.
"""

from __future__ import annotations

from typing import Self


def QT_TRANSLATE_NOOP(context: str, text: str) -> str:
    """Mark `text` for lupdate under `context`; returns it unchanged (as Qt's macro does)."""
    return text


class LumbreError(Exception):
    """Base of all exceptions that this program raises on purpose."""


class UserError(LumbreError):
    """A sentence for the person in front of the screen; never comes with a traceback.

    Args:
        template: English sentence(s), written as `QT_TRANSLATE_NOOP("errors", "...")`,
            with `{name}` for each value.
        values: what fills the places; strings or numbers.
    """

    def __init__(self, template: str, /, **values: object) -> None:
        super().__init__(template)
        self.template = template
        self.values = values

    def __str__(self) -> str:
        return self.template.format(**self.values)


class ModelError(UserError):
    """About a model file."""


class ModelFileError(ModelError):
    """The file cannot be used: missing, cut off, not GGUF, not gpt-oss, a part missing."""


class ModelLoadError(ModelError):
    """The file is well formed, yet llama.cpp could not load it (memory, device, time)."""


class EngineError(UserError):
    """The engine could not go on with this answer; it can be asked again."""


class EngineAbortedError(EngineError):
    """llama.cpp stopped for good; the engine thread is parked, only a restart helps."""


class PromptTooLongError(UserError):
    """The instructions and the newest message do not fit the context."""


class StorageError(UserError):
    """The data folder or the database cannot be used as asked."""


class LockedError(StorageError):
    """The history is encrypted, and its passphrase is missing or wrong."""


class HubError(UserError):
    """A download, an import or a request to Hugging Face failed."""


class BugError(LumbreError):
    """A mistake of ours: logged with its traceback and offered as a report."""

    @classmethod
    def of(cls, error: BaseException) -> Self:
        """What an exception that nobody expected becomes; its traceback comes along."""
        bug = cls(f"{type(error).__name__}: {error}")
        bug.__cause__ = error
        return bug


class Cancelled(LumbreError):
    """A call without a result was cancelled by its `CancelToken`."""
