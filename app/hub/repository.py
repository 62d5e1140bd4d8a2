"""Which files of a repository are gpt-oss models, and how people write its name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from app.core.catalogue import (
    LeftOutFile,
    LeftOutReason,
    ModelKind,
    RemoteFile,
    RemoteModel,
    RepositoryListing,
    is_repository,
    is_safe_path,
)
from app.core.errors import QT_TRANSLATE_NOOP, HubError
from app.core.split_files import group_parts, model_title, part_name
from app.hub.faults import gone

if TYPE_CHECKING:
    from huggingface_hub.hf_api import ModelInfo, RepoSibling

_HOSTS = {"huggingface.co", "www.huggingface.co", "hf.co"}
_DRAFT = re.compile(r"(^|[^a-z])(eagle|eagle3|draft|mtp|speculator)([^a-z]|$)", re.I)
_NO_MODEL = re.compile(r"(^|[^a-z])(mmproj|imatrix|lora|adapter|vocab)([^a-z]|$)", re.I)
_GPT_OSS = re.compile(r"gpt[-_. ]?oss", re.I)
_SAFEGUARD = re.compile(r"safeguard", re.I)
_QUANTIZATION = re.compile(
    r"(?:^|[-_.])(UD-)?(MXFP4(?:_MOE)?|BF16|F16|F32|I?Q\d(?:_[01])?(?:_K)?(?:_(?:XXS|XS|XL|NL|S|M|L))?"
    r"|TQ\d_\d)(?=$|[-_.])",
    re.I,
)
_WHOLE_MODEL_MIN = 5_000_000_000  # bytes: beside a real gpt-oss, less than this is a draft
_COMMIT = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True, slots=True)
class Reference:
    """A repository, and perhaps a revision of it."""

    repository: str
    revision: str | None = None  # None: the present one


def parse_reference(text: str, endpoint_host: str = "") -> Reference:
    """Read `owner/repo`, `hf.co/owner/repo:Q4_K_M` or the address of a page of it.

    Raises:
        HubError: it is none of these.
    """
    address = text.strip().strip("<>\"'").partition("?")[0].partition("#")[0]
    scheme, has_scheme, rest = address.partition("://")
    words = [unquote(w) for w in (rest if has_scheme else address).split("/") if w]
    hosts = _HOSTS | {endpoint_host.lower()}
    is_known_host = bool(words) and words[0].partition(":")[0].lower() in hosts
    is_page = scheme.lower() in {"http", "https"} and is_known_host
    if has_scheme and not is_page and scheme.lower() != "hf":
        raise _not_a_reference(text)
    if is_known_host:
        words = words[1:]
    if words[:1] == ["models"]:
        words = words[1:]
    if len(words) < 2:
        raise _not_a_reference(text)
    repository = f"{words[0]}/{words[1].partition(':')[0].partition('@')[0]}"
    if not is_repository(repository):
        raise _not_a_reference(text)
    names_revision = len(words) > 3 and words[2] in {"tree", "blob", "resolve"}
    revision = words[3] if names_revision and words[3] != "main" else None
    return Reference(repository, revision)


def _not_a_reference(text: str) -> HubError:
    return HubError(
        QT_TRANSLATE_NOOP(
            "errors",
            "“{text}” is not a repository. Write owner/name, or paste the address of its "
            "page at Hugging Face.",
        ),
        text=text.strip()[:200],
    )


def quantization_of(name: str) -> str:
    """The quantization that a file's name tells; empty: it tells none."""
    matches = list(_QUANTIZATION.finditer(model_title(name)))
    if not matches:
        return ""
    return ((matches[-1][1] or "") + matches[-1][2]).upper()


def listing_of(reference: Reference, info: ModelInfo) -> RepositoryListing:
    """The gpt-oss models of a repository, smallest first, and what is left out and why."""
    repository, revision = reference.repository, (info.sha or "").lower()
    if _COMMIT.fullmatch(revision) is None:
        raise gone(repository, repository)
    siblings = [s for s in (info.siblings or ()) if s.rfilename.lower().endswith(".gguf")]
    kept, left_out = _sorted_out(repository, _architecture(info), siblings)
    files: dict[str, RemoteFile] = {}
    for sibling in kept:
        lfs = sibling.lfs
        if lfs is None or not lfs.sha256 or not lfs.size:
            left_out.append(LeftOutFile(sibling.rfilename, LeftOutReason.NO_HASH))
            continue
        try:
            files[sibling.rfilename] = RemoteFile(
                repository, revision, sibling.rfilename, lfs.size, lfs.sha256.lower()
            )
        except ValueError:
            left_out.append(LeftOutFile(sibling.rfilename, LeftOutReason.NO_HASH))
    groups = group_parts(files)
    grouped = {path for group in groups for path in group}
    left_out += [
        LeftOutFile(path, LeftOutReason.MISSING_PART) for path in files if path not in grouped
    ]
    models = sorted(
        (_model(tuple(files[path] for path in group)) for group in groups),
        key=lambda m: (m.size_bytes, m.title),
    )
    return RepositoryListing(
        repository=repository,
        revision=revision,
        models=tuple(models),
        left_out=tuple(sorted(left_out, key=lambda f: f.path)),
        is_gated=bool(info.gated),
    )


def _model(files: tuple[RemoteFile, ...]) -> RemoteModel:
    name = files[0].name
    is_safeguard = _SAFEGUARD.search(f"{files[0].repository}/{name}") is not None
    return RemoteModel(
        title=model_title(name),
        files=files,
        quantization=quantization_of(name),
        kind=ModelKind.SAFEGUARD if is_safeguard else ModelKind.CHAT,
    )


def _architecture(info: ModelInfo) -> str:
    """What Hugging Face read from the repository's GGUF headers; empty: it does not say."""
    gguf = info.gguf
    value = gguf.get("architecture") if isinstance(gguf, dict) else None
    return value if isinstance(value, str) else ""


def _sorted_out(
    repository: str, architecture: str, siblings: Iterable[RepoSibling]
) -> tuple[list[RepoSibling], list[LeftOutFile]]:
    kept: list[RepoSibling] = []
    left_out: list[LeftOutFile] = []
    for sibling in siblings:
        reason = _reason(repository, architecture, sibling.rfilename)
        if reason is None:
            kept.append(sibling)
        else:
            left_out.append(LeftOutFile(sibling.rfilename, reason))
    has_whole_model = any(_size(s) >= _WHOLE_MODEL_MIN for s in kept)
    for sibling in list(kept):
        is_small = 0 < _size(sibling) < _WHOLE_MODEL_MIN
        if has_whole_model and is_small and part_name(sibling.rfilename) is None:
            kept.remove(sibling)
            left_out.append(LeftOutFile(sibling.rfilename, LeftOutReason.DRAFT))
    return kept, left_out


def _reason(repository: str, architecture: str, path: str) -> LeftOutReason | None:
    name = path.rpartition("/")[2]
    if not is_safe_path(path):
        return LeftOutReason.BAD_NAME
    if _DRAFT.search(name):
        return LeftOutReason.DRAFT
    if _NO_MODEL.search(name):
        return LeftOutReason.OTHER_MODEL
    if architecture:
        return None if architecture == "gpt-oss" else LeftOutReason.OTHER_MODEL
    named = _GPT_OSS.search(f"{repository}/{path}")
    return None if named else LeftOutReason.OTHER_MODEL


def _size(sibling: RepoSibling) -> int:
    return sibling.lfs.size if sibling.lfs is not None else sibling.size or 0
