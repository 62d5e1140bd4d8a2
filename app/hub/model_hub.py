"""The hub as the rest of the program sees it: satisfies `app.core.download.ModelHub`."""

from __future__ import annotations

import logging
import os
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

from app.core.cancellation import CancelToken
from app.core.catalogue import Catalogue, RemoteFile, RepositoryListing
from app.core.download import DownloadEvent, DownloadRequest, UnfinishedDownload
from app.core.errors import Cancelled
from app.hub.dialing import Dialer, Proxy, Target, system_proxy
from app.hub.faults import offline_locked
from app.hub.http_client import AddressPolicy, HttpSession
from app.hub.hugging_face import HuggingFace
from app.hub.model_download import DownloadTools, ModelDownload, remove_unfinished
from app.hub.offline_lock import OfflineLock
from app.hub.rate import RateLimit
from app.hub.repository import parse_reference
from app.hub.token_store import TokenStore
from app.hub.transfer_settings import DEFAULT_TRANSFER, TransferSettings
from app.hub.unfinished import sweep_folder, unfinished_in

logger = logging.getLogger(__name__)

DEFAULT_ENDPOINT = "https://huggingface.co"


def endpoint_from_environment() -> str:
    """HF_ENDPOINT when it is a web address, else Hugging Face itself; without final /."""
    endpoint = os.environ.get("HF_ENDPOINT", "").strip().rstrip("/")
    if not endpoint:
        return DEFAULT_ENDPOINT
    try:
        Target.of(endpoint)
    except ValueError:
        logger.warning("HF_ENDPOINT is not a web address and is not used")
        return DEFAULT_ENDPOINT
    return endpoint


class HuggingFaceHub:
    """Downloads from Hugging Face, or from a mirror with the same addresses."""

    def __init__(
        self,
        catalogue: Catalogue,
        gate: OfflineLock,
        tokens: TokenStore,
        *,
        endpoint: str,
        version: str,
        settings: TransferSettings = DEFAULT_TRANSFER,
        tls: ssl.SSLContext | None = None,
        find_proxy: Callable[[Target], Proxy | None] = system_proxy,
        known_sha256: Callable[[Path], str | None] = lambda _: None,
        on_verified: Callable[[Path, RemoteFile], None] = lambda _path, _file: None,
    ) -> None:
        """Make no connection yet.

        Args:
            catalogue: the shipped suggestions.
            gate: the offline lock of this process.
            tokens: where the person's access token is.
            endpoint: the hub's address without final /.
            version: of this program, for the User-Agent.
            settings: the numbers of a transfer.
            tls: None: the system's certificates.
            find_proxy: the proxy for a server; None: none.
            known_sha256: what the library knows of a finished file that has not changed.
            on_verified: told of each file whose SHA-256 was found right.
        """
        self._catalogue = catalogue
        self._gate = gate
        self._tokens = tokens
        self._endpoint = endpoint
        self._settings = settings
        self._user_agent = f"Lumbre/{version}"
        self._policy = AddressPolicy(endpoint)
        self._find_proxy = find_proxy
        self._dialer = Dialer(settings.connect_timeout_s, tls)
        self._api = HuggingFace(endpoint, self._policy, self._user_agent, tls)
        self._limit = RateLimit()
        self._known_sha256 = known_sha256
        self._on_verified = on_verified
        self._lock = threading.Lock()
        self._running: list[ModelDownload] = []
        gate.on_lock(self.close)

    @property
    def catalogue(self) -> Catalogue:
        """The shipped suggestions."""
        return self._catalogue

    def list_repository(self, reference: str, cancel: CancelToken) -> RepositoryListing:
        """The gpt-oss files of a repository; see `ModelHub`."""
        self._raise_if_locked()
        parsed = parse_reference(reference, urlsplit(self._endpoint).hostname or "")
        return self._api.listing(parsed, self._tokens.token, cancel)

    def download(self, request: DownloadRequest) -> Iterator[DownloadEvent]:
        """Fetch, resume or complete a model; see `ModelHub`."""
        self._raise_if_locked()
        download = ModelDownload(request, self._tools())
        with self._lock:
            self._running.append(download)
        try:
            with closing(download.run()) as events:
                yield from events
        finally:
            with self._lock:
                self._running.remove(download)

    def _tools(self) -> DownloadTools:
        token = self._tokens.token
        return DownloadTools(
            endpoint=self._endpoint,
            token=token,
            settings=self._settings,
            limit=self._limit,
            new_session=self._new_session,
            find_again=lambda file, stop: self._find_again(file, token, stop),
            known_sha256=self._known_sha256,
            on_verified=self._on_verified,
        )

    def _new_session(self, stop: CancelToken) -> HttpSession:
        return HttpSession(
            self._dialer,
            self._policy,
            user_agent=self._user_agent,
            stall_timeout_s=self._settings.stall_timeout_s,
            stop=stop,
            find_proxy=self._find_proxy,
        )

    def _find_again(
        self, file: RemoteFile, token: str | None, stop: CancelToken
    ) -> RemoteFile | None:
        try:
            return self._api.find_by_content(file, token, stop)
        except Cancelled:
            return None

    def unfinished(self, folder: Path) -> tuple[UnfinishedDownload, ...]:
        """Downloads in a models folder that were paused or interrupted."""
        return unfinished_in(folder)

    def discard(self, download: UnfinishedDownload) -> int:
        """Remove what has come of a download; the bytes that this gave back."""
        return remove_unfinished(download.model, download.folder)

    def sweep(self, folder: Path) -> int:
        """At start: remove left-overs that no download can use; how many files."""
        return sweep_folder(folder)

    def set_limit(self, kib_s: int) -> None:
        """Bandwidth of all downloads together in KiB a second; 0: no limit."""
        self._limit.set(kib_s * 1024)

    def set_token(self, token: str | None) -> None:
        """Keep the person's own access token, or forget it; see `ModelHub`."""
        self._tokens.set(token)

    @property
    def has_token(self) -> bool:
        """True when there is an access token."""
        return self._tokens.token is not None

    def close(self) -> None:
        """Close all connections; running downloads end as paused."""
        with self._lock:
            running = list(self._running)
        for download in running:
            download.stop()
        self._api.close()

    def _raise_if_locked(self) -> None:
        if self._gate.is_locked:
            raise offline_locked()
