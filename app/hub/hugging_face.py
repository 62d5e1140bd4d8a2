"""Names, sizes and hashes of a repository's files: the only use of huggingface_hub.

It is told to send no telemetry and no token of its own finding, and it uses the system's
certificates and proxies. The transfer itself is ours: huggingface_hub neither resumes after
a restart nor compares the SHA-256.
"""

from __future__ import annotations

import contextvars
import os
import queue
import ssl
import threading
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from app.core.cancellation import CancelToken
from app.core.catalogue import RemoteFile, RepositoryListing
from app.core.connection import ConnectionPurpose
from app.core.errors import BugError, Cancelled, HubError
from app.hub.dialing import Target, system_tls
from app.hub.faults import (
    certificate,
    gone,
    insecure_redirect,
    no_access,
    no_connection,
    no_repository,
    offline_locked,
    server_error,
    stalled,
    too_many_requests,
)
from app.hub.http_client import AddressPolicy
from app.hub.offline_lock import RefusedByLock, connecting_for
from app.hub.repository import Reference, listing_of

if TYPE_CHECKING:
    import httpx2
    from huggingface_hub.hf_api import ModelInfo

_TIMEOUT_S = 20.0
_POLL_S = 0.05
_library_lock = threading.Lock()  # its client is one for the whole process


class HuggingFace:
    """Asks a hub about repositories; from any thread."""

    def __init__(
        self,
        endpoint: str,
        policy: AddressPolicy,
        user_agent: str,
        tls: ssl.SSLContext | None,
    ) -> None:
        self._endpoint = endpoint
        self._policy = policy
        self._host = urlsplit(endpoint).hostname or endpoint
        self._user_agent = user_agent
        self._tls = tls

    def listing(
        self, reference: Reference, token: str | None, cancel: CancelToken
    ) -> RepositoryListing:
        """The files of a repository that can be offered.

        Raises:
            HubError: with a sentence.
            Cancelled: `cancel` was set.
        """
        return listing_of(reference, self._info(reference, token, cancel))

    def find_by_content(
        self, file: RemoteFile, token: str | None, cancel: CancelToken
    ) -> RemoteFile | None:
        """The same content in the present revision of the repository; None: not there."""
        try:
            info = self._info(Reference(file.repository), token, cancel)
        except HubError:
            return None
        for sibling in info.siblings or ():
            lfs = sibling.lfs
            if lfs is not None and lfs.sha256 == file.sha256 and info.sha is not None:
                with suppress(ValueError):
                    return RemoteFile(
                        file.repository, info.sha, sibling.rfilename, lfs.size, lfs.sha256
                    )
        return None

    def close(self) -> None:
        """Close a connection on which an answer is awaited, if there is one."""
        if _library_lock.locked():
            from huggingface_hub import close_session

            close_session()

    def _info(self, reference: Reference, token: str | None, cancel: CancelToken) -> ModelInfo:
        """Ask in a thread of its own, so that the caller can turn away at once."""
        answers: queue.SimpleQueue[ModelInfo | Exception] = queue.SimpleQueue()

        def ask() -> None:
            try:
                with connecting_for(ConnectionPurpose.LISTING):
                    answers.put(self._ask(reference, token))
            except Exception as error:
                answers.put(error)

        context = contextvars.copy_context()
        threading.Thread(target=context.run, args=(ask,), name="hub", daemon=True).start()
        while not cancel.is_cancelled:
            with suppress(queue.Empty):
                answer = answers.get(timeout=_POLL_S)
                if isinstance(answer, Exception):
                    raise self._translated(answer, reference) from answer
                return answer
        raise Cancelled

    def _ask(self, reference: Reference, token: str | None) -> ModelInfo:
        with _library_lock:
            _set_up(self._tls, self._policy)
            from huggingface_hub import close_session

            try:
                return self._model_info(reference, token)
            finally:
                close_session()  # no connection stays open that nobody uses

    def _model_info(self, reference: Reference, token: str | None) -> ModelInfo:
        from huggingface_hub import HfApi

        name, _, version = self._user_agent.partition("/")
        api = HfApi(
            endpoint=self._endpoint, token=False, library_name=name, library_version=version
        )
        return api.model_info(
            reference.repository,
            revision=reference.revision,
            timeout=_TIMEOUT_S,
            files_metadata=True,
            token=token or False,
        )

    def _translated(self, error: Exception, reference: Reference) -> HubError | BugError:
        import httpx2
        from huggingface_hub import errors

        repository = reference.repository
        if isinstance(error, HubError):
            return error
        refusals: tuple[tuple[type[Exception], HubError], ...] = (
            (errors.GatedRepoError, no_access(repository)),
            (errors.RepositoryNotFoundError, no_repository(repository)),
            (errors.RevisionNotFoundError, gone(reference.revision or "", repository)),
            (httpx2.TimeoutException, stalled(self._host, _TIMEOUT_S)),
        )
        causes: tuple[tuple[type[Exception], HubError], ...] = (
            (RefusedByLock, offline_locked()),
            (ssl.SSLCertVerificationError, certificate(self._host, "certificate")),
        )
        for cause, sentence in causes:
            if _is_caused_by(error, cause):
                return sentence
        for refusal, sentence in refusals:
            if isinstance(error, refusal):
                return sentence
        if isinstance(error, errors.HfHubHTTPError):
            return self._from_status(error.response.status_code, repository)
        # ValueError: an answer that is no JSON, as a sign-in page of a network sends.
        if isinstance(error, httpx2.HTTPError | OSError | ValueError):
            return no_connection(self._host)
        return BugError.of(error)

    def _from_status(self, status: int, repository: str) -> HubError:
        if status in {401, 403}:
            return no_access(repository)
        if status == 404:
            return no_repository(repository)
        if status == 429:
            return too_many_requests(self._host)
        return server_error(self._host, status)


def _set_up(tls: ssl.SSLContext | None, policy: AddressPolicy) -> None:
    """Before the first import: the variables are read once, while it is imported."""
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    os.environ["HF_HUB_DISABLE_IMPLICIT_TOKEN"] = "1"  # noqa: S105 - a switch
    os.environ["HF_HUB_DISABLE_XET"] = "1"
    os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"
    from huggingface_hub import set_client_factory

    def check_address(request: httpx2.Request) -> None:
        """Also of each redirect, before it is followed."""
        target = Target.of(str(request.url))
        if not policy.is_allowed(target):
            raise insecure_redirect(target.host)

    def new_client() -> httpx2.Client:
        import httpx2

        return httpx2.Client(
            verify=tls or system_tls(),
            follow_redirects=True,
            timeout=_TIMEOUT_S,
            event_hooks={"request": [check_address]},
        )

    set_client_factory(new_client)


def _is_caused_by(error: BaseException | None, kind: type[BaseException]) -> bool:
    for _ in range(10):
        if error is None or isinstance(error, kind):
            return error is not None
        error = error.__cause__ or error.__context__
    return False
