"""A download in a process of its own, to be killed: `python -m tests.faults.download_child`.

Arguments: endpoint, folder, the model as JSON. Prints "finished" at the end.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from app.core.catalogue import RemoteFile, RemoteModel
from app.core.download import DownloadEnded, DownloadRequest
from app.hub.model_hub import HuggingFaceHub
from app.hub.offline_lock import OfflineLock
from app.hub.token_store import TokenStore
from app.hub.transfer_settings import TransferSettings
from tests.hub.conftest import any_catalogue

# Quick to try again; everything else as for a person.
SETTINGS = TransferSettings(
    stall_timeout_s=0.5, first_retry_s=0.01, longest_retry_s=0.1, spare_bytes=1_000_000
)


def a_hub(endpoint: str) -> HuggingFaceHub:
    """Our hub with the numbers of these tests."""
    return HuggingFaceHub(
        any_catalogue(),
        OfflineLock(),
        TokenStore(None, "127.0.0.1"),
        endpoint=endpoint,
        version="0",
        settings=SETTINGS,
    )


def as_json(model: RemoteModel) -> str:
    """For the command line."""
    (file,) = model.files
    return json.dumps([file.repository, file.revision, file.path, file.size_bytes, file.sha256])


def main() -> None:
    """Download to the end."""
    endpoint, folder, text = sys.argv[1:4]
    model = RemoteModel("model", (RemoteFile(*json.loads(text)),), "MXFP4")
    *_, last = a_hub(endpoint).download(DownloadRequest(model, Path(folder)))
    assert isinstance(last, DownloadEnded)
    print(last.outcome.value)


if __name__ == "__main__":
    main()
