"""Listing a repository: which files are offered, and how its name may be written."""

from __future__ import annotations

import pytest

from app.core.cancellation import CancelToken
from app.core.catalogue import LeftOutReason, ModelKind
from app.core.errors import HubError
from app.hub.model_hub import HuggingFaceHub
from app.hub.offline_lock import OfflineLock
from app.hub.repository import Reference, parse_reference, quantization_of
from tests.fixtures.fake_hub import FakeHub, gguf_content

REPOSITORY = "ggml-org/gpt-oss-20b-GGUF"


def sibling(path: str, size: int, sha256: str | None = "d" * 64) -> dict[str, object]:
    """A file as the API tells it, without content behind it."""
    lfs = None if sha256 is None else {"size": size, "sha256": sha256, "pointerSize": 135}
    return {"rfilename": path, "size": size, "blobId": "0" * 40, "lfs": lfs}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ggml-org/gpt-oss-20b-GGUF", Reference(REPOSITORY)),
        ("  ggml-org/gpt-oss-20b-GGUF \n", Reference(REPOSITORY)),
        ("https://huggingface.co/ggml-org/gpt-oss-20b-GGUF", Reference(REPOSITORY)),
        ("http://www.huggingface.co/ggml-org/gpt-oss-20b-GGUF/", Reference(REPOSITORY)),
        ("huggingface.co/ggml-org/gpt-oss-20b-GGUF", Reference(REPOSITORY)),
        ("hf.co/ggml-org/gpt-oss-20b-GGUF:MXFP4", Reference(REPOSITORY)),
        ("hf://ggml-org/gpt-oss-20b-GGUF", Reference(REPOSITORY)),
        (f"https://huggingface.co/{REPOSITORY}/tree/main", Reference(REPOSITORY)),
        (
            f"https://huggingface.co/{REPOSITORY}/blob/{'e' * 40}/gpt-oss-20b-MXFP4.gguf",
            Reference(REPOSITORY, "e" * 40),
        ),
        (
            f"https://huggingface.co/{REPOSITORY}/resolve/main/x.gguf?download=true",
            Reference(REPOSITORY),
        ),
        ("owner.with.dots/repo.name", Reference("owner.with.dots/repo.name")),
    ],
)
def test_a_repository_is_understood_however_it_is_written(
    text: str, expected: Reference
) -> None:
    assert parse_reference(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "", "gpt-oss", "https://example.org/a/b", "ftp://huggingface.co/a/b", "a/..", "../b",
        "javascript://huggingface.co/a/b", "https://huggingface.co/", "a b/c", "a/b\x00c",
        "https://huggingface.co.evil.example/a/b", "file:///etc/passwd",
    ],
)  # fmt: skip
def test_what_is_no_repository_gets_a_sentence(text: str) -> None:
    with pytest.raises(HubError, match="is not a repository"):
        parse_reference(text)


@pytest.mark.parametrize(
    ("name", "quantization"),
    [
        ("gpt-oss-20b-MXFP4.gguf", "MXFP4"),
        ("gpt-oss-20b-mxfp4.gguf", "MXFP4"),
        ("gpt-oss-20b-Q4_K_M.gguf", "Q4_K_M"),
        ("gpt-oss-20b-UD-Q4_K_XL.gguf", "UD-Q4_K_XL"),
        ("gpt-oss-20b-Q8_0.gguf", "Q8_0"),
        ("gpt-oss-20b-F16.gguf", "F16"),
        ("gpt-oss-20b-IQ4_NL.gguf", "IQ4_NL"),
        ("gpt-oss-20b.Q5_K_S.gguf", "Q5_K_S"),
        ("gpt-oss-120b-mxfp4-00001-of-00003.gguf", "MXFP4"),
        ("gpt-oss-20b.gguf", ""),
    ],
)
def test_the_quantization_is_read_from_the_name(name: str, quantization: str) -> None:
    assert quantization_of(name) == quantization


def test_a_listing_has_names_sizes_and_hashes_of_the_models(
    fake: FakeHub, hub: HuggingFaceHub
) -> None:
    large = fake.add_file("gpt-oss-20b-F16.gguf", gguf_content(300_000))
    small = fake.add_file("gpt-oss-20b-MXFP4.gguf", gguf_content(200_000))
    fake.extra_siblings = [sibling("README.md", 10, None)]
    listing = hub.list_repository(fake.repository, CancelToken())
    assert [m.files for m in listing.models] == [(small,), (large,)]
    assert listing.revision == fake.revision
    assert listing.left_out == ()


def test_drafts_projectors_and_files_without_a_hash_are_left_out_with_a_reason(
    fake: FakeHub, hub: HuggingFaceHub
) -> None:
    fake.extra_siblings = [
        sibling("gpt-oss-20b-MXFP4.gguf", 12_109_566_624),
        sibling("eagle3-gpt-oss-20b-Q8_0.gguf", 920_000_000),
        sibling("small-gpt-oss-20b.gguf", 920_000_000),
        sibling("mmproj-F16.gguf", 900_000_000),
        sibling("gpt-oss-20b-Q4_K_M.gguf", 12_000_000_000, None),
        sibling("gpt-oss-20b-00001-of-00002.gguf", 6_000_000_000),
        sibling("../gpt-oss.gguf", 6_000_000_000),
    ]
    listing = hub.list_repository(fake.repository, CancelToken())
    assert [m.title for m in listing.models] == ["gpt-oss-20b-MXFP4"]
    assert {f.path: f.reason for f in listing.left_out} == {
        "../gpt-oss.gguf": LeftOutReason.BAD_NAME,
        "eagle3-gpt-oss-20b-Q8_0.gguf": LeftOutReason.DRAFT,
        "small-gpt-oss-20b.gguf": LeftOutReason.DRAFT,
        "mmproj-F16.gguf": LeftOutReason.OTHER_MODEL,
        "gpt-oss-20b-Q4_K_M.gguf": LeftOutReason.NO_HASH,
        "gpt-oss-20b-00001-of-00002.gguf": LeftOutReason.MISSING_PART,
    }


def test_a_repository_of_another_architecture_offers_nothing(
    fake: FakeHub, hub: HuggingFaceHub
) -> None:
    fake.architecture = "qwen3"
    fake.add_file("gpt-oss-20b-distilled.gguf", gguf_content(1000))
    listing = hub.list_repository(fake.repository, CancelToken())
    assert listing.models == ()
    assert [f.reason for f in listing.left_out] == [LeftOutReason.OTHER_MODEL]


def test_the_safeguard_model_is_listed_as_what_it_is(
    fake: FakeHub, hub: HuggingFaceHub
) -> None:
    fake.repository = "unsloth/gpt-oss-safeguard-20b-GGUF"
    fake.add_file("gpt-oss-safeguard-20b-Q4_K_M.gguf", gguf_content(1000))
    (model,) = hub.list_repository(fake.repository, CancelToken()).models
    assert model.kind is ModelKind.SAFEGUARD


def test_one_request_is_sent_with_no_token_of_the_library_s_own_finding(
    fake: FakeHub, hub: HuggingFaceHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_from_the_environment")
    fake.add_file("gpt-oss-20b-MXFP4.gguf", gguf_content(1000))
    hub.list_repository(fake.repository, CancelToken())
    (seen,) = fake.requests
    assert seen.path.startswith(f"/api/models/{fake.repository}")
    assert "Authorization" not in seen.headers


def test_an_unknown_repository_gets_a_sentence(fake: FakeHub, hub: HuggingFaceHub) -> None:
    with pytest.raises(HubError, match="has no repository nobody/nothing"):
        hub.list_repository("nobody/nothing", CancelToken())


def test_a_gated_repository_says_that_a_token_is_needed(
    fake: FakeHub, hub: HuggingFaceHub
) -> None:
    fake.token, fake.is_gated = "hf_secret", True
    with pytest.raises(HubError, match="access token"):
        hub.list_repository(fake.repository, CancelToken())
    with pytest.raises(HubError, match="keyring"):
        hub.set_token("hf_secret")
    assert hub.list_repository(fake.repository, CancelToken()).is_gated


@pytest.mark.parametrize(
    ("status", "sentence"), [(500, "has trouble"), (429, "asks to wait"), (403, "token")]
)
def test_an_error_of_the_hub_becomes_a_sentence(
    status: int, sentence: str, fake: FakeHub, hub: HuggingFaceHub
) -> None:
    fake.hub_status = status
    with pytest.raises(HubError, match=sentence):
        hub.list_repository(fake.repository, CancelToken())


def test_nothing_is_asked_while_the_offline_lock_is_on(
    fake: FakeHub, hub: HuggingFaceHub, lock: OfflineLock
) -> None:
    lock.set_locked(True)
    with pytest.raises(HubError, match="locked offline"):
        hub.list_repository(fake.repository, CancelToken())
    assert fake.requests == []


def test_the_token_is_not_shown_to_a_server_that_the_hub_sends_us_to(
    fake: FakeHub, hub: HuggingFaceHub
) -> None:
    with pytest.raises(HubError, match="keyring"):
        hub.set_token("hf_secret")
    fake.hub_status = 307
    fake.hub_headers = {"Location": f"{fake.content_endpoint}/elsewhere"}
    with pytest.raises(HubError):
        hub.list_repository(fake.repository, CancelToken())
    assert fake.seen_by("hub")[0].headers["authorization"] == "Bearer hf_secret"
    (elsewhere,) = fake.seen_by("content")
    assert "authorization" not in {name.lower() for name in elsewhere.headers}
