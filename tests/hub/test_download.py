"""A download from the first byte to the rename."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from app.core.cancellation import CancelToken
from app.core.catalogue import RemoteFile, RemoteModel
from app.core.download import (
    DownloadEnded,
    DownloadOutcome,
    DownloadPhase,
    DownloadProgress,
    DownloadRequest,
)
from app.core.errors import HubError
from app.hub.model_hub import HuggingFaceHub
from app.hub.offline_lock import OfflineLock
from app.hub.part_file import NOTE_SUFFIX, PART_SUFFIX
from tests.fixtures.fake_hub import (
    OTHER_REVISION,
    FakeHub,
    Fault,
    FaultKind,
    gguf_content,
)
from tests.hub.conftest import MakeHub, left_in, progress_of, run

MB = 1_000_000
NAME = "gpt-oss-20b-MXFP4.gguf"
PLACE = f"ggml-org/gpt-oss-20b-GGUF/{NAME}"


def test_a_finished_download_lies_under_its_name_with_its_content(
    fake: FakeHub, hub: HuggingFaceHub, tmp_path: Path
) -> None:
    content = gguf_content(5 * MB)
    request = DownloadRequest(fake.add_model(NAME, content), tmp_path)
    ended = run(hub, request)
    assert ended == DownloadEnded(DownloadOutcome.FINISHED, (tmp_path / PLACE,))
    assert (tmp_path / PLACE).read_bytes() == content
    assert left_in(tmp_path) == [PLACE]


def test_progress_grows_to_the_whole_size_and_is_never_more(
    fake: FakeHub, hub: HuggingFaceHub, tmp_path: Path
) -> None:
    fake.bytes_per_second = 10 * MB
    model = fake.add_model(NAME, gguf_content(5 * MB))
    shown = progress_of(list(hub.download(DownloadRequest(model, tmp_path))))
    loading = [p for p in shown if p.phase is DownloadPhase.DOWNLOADING]
    assert len(loading) > 5
    assert [p.n_done for p in loading] == sorted(p.n_done for p in loading)
    assert all(p.size_bytes == 5 * MB and p.n_done <= 5 * MB for p in shown)


def test_a_paused_download_goes_on_where_it_was_without_fetching_twice(
    fake: FakeHub, hub: HuggingFaceHub, tmp_path: Path
) -> None:
    content = gguf_content(8 * MB)
    model = fake.add_model(NAME, content)
    fake.bytes_per_second = 20 * MB
    request = DownloadRequest(model, tmp_path)
    for event in hub.download(request):
        if isinstance(event, DownloadProgress) and event.n_done > 3 * MB:
            request.pause.cancel()
    assert event == DownloadEnded(DownloadOutcome.PAUSED)
    assert not (tmp_path / PLACE).exists()

    ended = run(hub, DownloadRequest(model, tmp_path))
    assert ended.outcome is DownloadOutcome.FINISHED
    assert (tmp_path / PLACE).read_bytes() == content
    assert fake.n_sent <= 9 * MB


def test_a_cancelled_download_leaves_nothing(
    fake: FakeHub, hub: HuggingFaceHub, tmp_path: Path
) -> None:
    model = fake.add_model(NAME, gguf_content(8 * MB))
    fake.bytes_per_second = 20 * MB
    request = DownloadRequest(model, tmp_path)
    for event in hub.download(request):
        if isinstance(event, DownloadProgress) and event.n_done > MB:
            request.cancel.cancel()
    assert event == DownloadEnded(DownloadOutcome.CANCELLED)
    assert left_in(tmp_path) == []


def test_cancelling_a_line_on_which_nothing_comes_ends_without_waiting_for_it(
    fake: FakeHub, make_hub: MakeHub, tmp_path: Path
) -> None:
    hub = make_hub(stall_timeout_s=60.0)
    model = fake.add_model(NAME, gguf_content(2 * MB))
    fake.faults = [Fault(FaultKind.STALL, at=MB)]
    request = DownloadRequest(model, tmp_path)
    for event in hub.download(request):
        if isinstance(event, DownloadProgress) and event.n_done >= 900_000:
            request.cancel.cancel()
    assert event == DownloadEnded(DownloadOutcome.CANCELLED)
    assert left_in(tmp_path) == []


def test_closing_the_iterator_keeps_what_has_come(
    fake: FakeHub, hub: HuggingFaceHub, tmp_path: Path
) -> None:
    fake.bytes_per_second = 20 * MB
    model = fake.add_model(NAME, gguf_content(8 * MB))
    events = hub.download(DownloadRequest(model, tmp_path))
    for event in events:
        if isinstance(event, DownloadProgress) and event.n_done > 2 * MB:
            break
    events.close()  # type: ignore[attr-defined]
    (unfinished,) = hub.unfinished(tmp_path)
    assert unfinished.model == model
    assert 2 * MB < unfinished.n_done < 8 * MB
    assert run(hub, DownloadRequest(unfinished.model, tmp_path)).outcome.value == "finished"


def test_an_unfinished_download_can_be_removed_and_gives_its_room_back(
    fake: FakeHub, hub: HuggingFaceHub, tmp_path: Path
) -> None:
    model = fake.add_model(NAME, gguf_content(4 * MB))
    request = DownloadRequest(model, tmp_path)
    fake.faults = [Fault(FaultKind.CALL, at=MB, action=request.pause.cancel)]
    assert run(hub, request).outcome is DownloadOutcome.PAUSED
    (unfinished,) = hub.unfinished(tmp_path)
    assert unfinished.size_on_disk >= 4 * MB  # the room was reserved
    assert hub.discard(unfinished) >= 4 * MB
    assert left_in(tmp_path) == []
    assert hub.unfinished(tmp_path) == ()


@pytest.mark.parametrize(
    "fault",
    [
        Fault(FaultKind.DROP, at=700_000),
        Fault(FaultKind.CLOSE, at=700_000),
        Fault(FaultKind.STALL, at=700_000),
        Fault(FaultKind.STATUS, status=503),
        Fault(FaultKind.STATUS, status=429, retry_after="0"),
        Fault(FaultKind.STATUS, status=500),
        Fault(FaultKind.STATUS, status=403),  # a signed address that has ended
        Fault(FaultKind.FULL),
        Fault(FaultKind.WRONG_START),
        Fault(FaultKind.WRONG_TOTAL),
        Fault(FaultKind.WRONG_LENGTH),
        Fault(FaultKind.PORTAL),
    ],
    ids=lambda f: f"{f.kind.value}-{f.status}",
)
def test_after_a_fault_in_the_middle_it_goes_on_by_itself(
    fault: Fault, fake: FakeHub, hub: HuggingFaceHub, tmp_path: Path
) -> None:
    content = gguf_content(4 * MB)
    model = fake.add_model(NAME, content)
    fake.faults = [Fault(FaultKind.DROP, at=MB), fault]
    assert run(hub, DownloadRequest(model, tmp_path)).outcome is DownloadOutcome.FINISHED
    assert (tmp_path / PLACE).read_bytes() == content
    assert fake.n_sent < 4 * MB + 2 * MB


def test_while_nothing_comes_the_reason_is_told_in_a_sentence(
    fake: FakeHub, hub: HuggingFaceHub, tmp_path: Path
) -> None:
    model = fake.add_model(NAME, gguf_content(MB))
    fake.faults = [Fault(FaultKind.PORTAL)] * 4
    shown = progress_of(list(hub.download(DownloadRequest(model, tmp_path))))
    waiting = [p for p in shown if p.phase is DownloadPhase.WAITING]
    assert waiting
    assert all(p.problem is not None and "sign in" in str(p.problem) for p in waiting)


def test_a_server_without_ranges_is_read_from_the_start(
    fake: FakeHub, hub: HuggingFaceHub, tmp_path: Path
) -> None:
    content = gguf_content(3 * MB)
    model = fake.add_model(NAME, content)
    fake.knows_ranges = False
    fake.faults = [Fault(FaultKind.DROP, at=MB)]
    assert run(hub, DownloadRequest(model, tmp_path)).outcome is DownloadOutcome.FINISHED
    assert (tmp_path / PLACE).read_bytes() == content


def test_one_flipped_byte_is_found_and_the_file_never_gets_its_name(
    fake: FakeHub, hub: HuggingFaceHub, tmp_path: Path
) -> None:
    model = fake.add_model(NAME, gguf_content(2 * MB))
    fake.flip(NAME, 1_234_567)
    with pytest.raises(HubError, match="does not match its SHA-256"):
        run(hub, DownloadRequest(model, tmp_path))
    assert left_in(tmp_path) == []


def test_content_that_is_no_model_is_refused_with_its_first_block(
    fake: FakeHub, hub: HuggingFaceHub, tmp_path: Path
) -> None:
    model = fake.add_model(NAME, bytes(5 * MB))
    with pytest.raises(HubError, match="is not a model file"):
        run(hub, DownloadRequest(model, tmp_path))
    assert left_in(tmp_path) == []
    assert fake.n_sent <= 2 * MB


@pytest.mark.parametrize("fact", ["linked_sha256", "linked_commit", "size"])
def test_another_revision_is_found_before_a_byte_of_it_is_read(
    fact: str, fake: FakeHub, hub: HuggingFaceHub, tmp_path: Path
) -> None:
    model = fake.add_model(NAME, gguf_content(2 * MB))
    if fact == "linked_sha256":
        fake.linked_sha256 = "c" * 64
    elif fact == "linked_commit":
        fake.linked_commit = OTHER_REVISION
    else:
        fake.add_file(NAME, gguf_content(3 * MB))
    with pytest.raises(HubError, match="offers another file"):
        run(hub, DownloadRequest(model, tmp_path))
    assert left_in(tmp_path) == []
    assert fake.seen_by("content") == []


def test_a_wrong_size_that_stays_wrong_ends_the_download(
    fake: FakeHub, hub: HuggingFaceHub, tmp_path: Path
) -> None:
    fake.sends_facts = False
    model = fake.add_model(NAME, gguf_content(2 * MB))
    fake.add_file(NAME, gguf_content(3 * MB))
    with pytest.raises(HubError, match="offers another file"):
        run(hub, DownloadRequest(model, tmp_path))
    assert left_in(tmp_path) == []


def test_a_revision_that_is_gone_is_replaced_by_one_with_the_same_content(
    fake: FakeHub, hub: HuggingFaceHub, tmp_path: Path
) -> None:
    content = gguf_content(2 * MB)
    model = fake.add_model(NAME, content)
    fake.files["renamed/" + NAME] = fake.files.pop(NAME)
    fake.revision = OTHER_REVISION
    ended = run(hub, DownloadRequest(model, tmp_path))
    assert ended.paths == (tmp_path / PLACE,)
    assert (tmp_path / PLACE).read_bytes() == content


def test_a_revision_that_is_gone_with_its_content_is_told(
    fake: FakeHub, hub: HuggingFaceHub, tmp_path: Path
) -> None:
    model = fake.add_model(NAME, gguf_content(2 * MB))
    fake.revision = OTHER_REVISION
    fake.files.clear()
    with pytest.raises(HubError, match=f"no longer offers {NAME}"):
        run(hub, DownloadRequest(model, tmp_path))
    assert left_in(tmp_path) == []


def test_a_gated_repository_asks_for_a_token(
    fake: FakeHub, hub: HuggingFaceHub, tmp_path: Path
) -> None:
    model = fake.add_model(NAME, gguf_content(MB))
    fake.token, fake.is_gated = "hf_secret", True
    with pytest.raises(HubError, match="access token"):
        run(hub, DownloadRequest(model, tmp_path))


def test_the_token_goes_to_the_hub_and_never_to_the_content_server(
    fake: FakeHub, hub: HuggingFaceHub, tmp_path: Path
) -> None:
    model = fake.add_model(NAME, gguf_content(MB))
    fake.token = "hf_secret"
    with pytest.raises(HubError, match="keyring"):
        hub.set_token("hf_secret")  # no keyring here: it holds for this run
    assert run(hub, DownloadRequest(model, tmp_path)).outcome is DownloadOutcome.FINISHED
    assert all(s.headers["Authorization"] == "Bearer hf_secret" for s in fake.seen_by("hub"))
    assert fake.seen_by("content")
    assert not any("Authorization" in s.headers for s in fake.seen_by("content"))


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (401, "not open to everybody"),
        (403, "not open to everybody"),
        (404, "no longer offers"),
        (410, "no longer offers"),
        (416, "has trouble at the moment"),
        (418, "has trouble at the moment"),
    ],
)
def test_a_refusal_that_stays_ends_with_a_sentence_and_leaves_nothing(
    status: int, sentence: str, fake: FakeHub, hub: HuggingFaceHub, tmp_path: Path
) -> None:
    model = fake.add_model(NAME, gguf_content(MB))
    fake.content_status = status
    with pytest.raises(HubError, match=sentence):
        run(hub, DownloadRequest(model, tmp_path))
    assert left_in(tmp_path) == []


def test_a_redirect_in_a_circle_ends_with_a_sentence(
    fake: FakeHub, hub: HuggingFaceHub, tmp_path: Path
) -> None:
    model = fake.add_model(NAME, gguf_content(MB))
    fake.redirects_to = f"{fake.endpoint}/{model.repository}/resolve/{fake.revision}/{NAME}"
    with pytest.raises(HubError, match="unsafe way"):
        run(hub, DownloadRequest(model, tmp_path))


def test_no_room_is_told_with_the_folder_and_the_missing_amount_before_anything_is_fetched(
    fake: FakeHub, make_hub: MakeHub, tmp_path: Path
) -> None:
    hub = make_hub(spare_bytes=10**15)
    model = fake.add_model(NAME, gguf_content(MB))
    with pytest.raises(HubError) as caught:
        run(hub, DownloadRequest(model, tmp_path))
    assert str(tmp_path) in str(caught.value)
    assert "GB more are needed" in str(caught.value)
    assert fake.requests == []
    assert left_in(tmp_path) == []


def test_a_folder_that_cannot_be_made_is_named(
    fake: FakeHub, hub: HuggingFaceHub, tmp_path: Path
) -> None:
    (tmp_path / "models").write_text("a file where the folder should be")
    model = fake.add_model(NAME, gguf_content(MB))
    with pytest.raises(HubError, match="cannot be used"):
        run(hub, DownloadRequest(model, tmp_path / "models"))


def test_all_parts_of_a_split_model_are_fetched_and_counted_together(
    fake: FakeHub, hub: HuggingFaceHub, tmp_path: Path
) -> None:
    parts = [gguf_content(2 * MB, seed) for seed in (1, 2, 3)]
    names = [f"big/gpt-oss-120b-{i:05d}-of-00003.gguf" for i in (1, 2, 3)]
    files = tuple(fake.add_file(n, c) for n, c in zip(names, parts, strict=True))
    model = RemoteModel("gpt-oss-120b", files, "MXFP4")
    events = list(hub.download(DownloadRequest(model, tmp_path)))
    ended = events[-1]
    assert isinstance(ended, DownloadEnded)
    assert [p.read_bytes() for p in ended.paths] == parts
    assert all(p.size_bytes == 6 * MB for p in progress_of(events))
    assert max(p.n_done for p in progress_of(events)) > 4 * MB


def test_a_split_model_that_was_interrupted_is_one_unfinished_download(
    fake: FakeHub, hub: HuggingFaceHub, tmp_path: Path
) -> None:
    names = [f"gpt-oss-120b-{i:05d}-of-00002.gguf" for i in (1, 2)]
    files = tuple(fake.add_file(n, gguf_content(2 * MB, i)) for i, n in enumerate(names))
    model = RemoteModel("gpt-oss-120b", files, "MXFP4")
    request = DownloadRequest(model, tmp_path)
    second = Fault(FaultKind.CALL, at=MB, action=request.pause.cancel)
    fake.faults = [Fault(FaultKind.CALL, action=lambda: None)] * 2 + [second]
    assert run(hub, request).outcome is DownloadOutcome.PAUSED
    (unfinished,) = hub.unfinished(tmp_path)
    assert unfinished.model == model
    assert 2 * MB <= unfinished.n_done < 4 * MB


def test_removing_an_unfinished_split_model_leaves_no_part_of_it(
    fake: FakeHub, hub: HuggingFaceHub, tmp_path: Path
) -> None:
    names = [f"gpt-oss-120b-{i:05d}-of-00002.gguf" for i in (1, 2)]
    files = tuple(fake.add_file(n, gguf_content(2 * MB, i)) for i, n in enumerate(names))
    model = RemoteModel("gpt-oss-120b", files, "MXFP4")
    for how in ("cancel", "discard"):
        request = DownloadRequest(model, tmp_path)
        stop = request.cancel if how == "cancel" else request.pause
        fake.faults = [Fault(FaultKind.CALL)] * 2
        fake.faults += [Fault(FaultKind.CALL, at=MB, action=stop.cancel)]
        run(hub, request)
        for unfinished in hub.unfinished(tmp_path):
            assert unfinished.size_on_disk >= 4 * MB
            assert hub.discard(unfinished) == unfinished.size_on_disk
        assert left_in(tmp_path) == []


def test_cancelling_a_look_at_a_complete_model_deletes_nothing(
    fake: FakeHub, hub: HuggingFaceHub, tmp_path: Path
) -> None:
    names = [f"gpt-oss-120b-{i:05d}-of-00002.gguf" for i in (1, 2)]
    files = tuple(fake.add_file(n, gguf_content(2 * MB, i)) for i, n in enumerate(names))
    model = RemoteModel("gpt-oss-120b", files, "MXFP4")
    run(hub, DownloadRequest(model, tmp_path))
    kept = left_in(tmp_path)
    request = DownloadRequest(model, tmp_path)
    request.cancel.cancel()
    assert run(hub, request).outcome is DownloadOutcome.CANCELLED
    assert left_in(tmp_path) == kept


def test_a_file_that_is_there_already_is_not_fetched_again(
    fake: FakeHub, hub: HuggingFaceHub, tmp_path: Path
) -> None:
    content = gguf_content(MB)
    model = fake.add_model(NAME, content)
    (tmp_path / PLACE).parent.mkdir(parents=True)
    (tmp_path / PLACE).write_bytes(content)
    assert run(hub, DownloadRequest(model, tmp_path)).outcome is DownloadOutcome.FINISHED
    assert fake.requests == []


def test_a_file_of_the_same_name_and_size_but_other_content_is_replaced(
    fake: FakeHub, hub: HuggingFaceHub, tmp_path: Path
) -> None:
    content = gguf_content(MB)
    model = fake.add_model(NAME, content)
    (tmp_path / PLACE).parent.mkdir(parents=True)
    (tmp_path / PLACE).write_bytes(gguf_content(MB, seed=9))
    assert run(hub, DownloadRequest(model, tmp_path)).outcome is DownloadOutcome.FINISHED
    assert (tmp_path / PLACE).read_bytes() == content


def test_blocks_that_the_drive_lost_are_fetched_again_and_only_those(
    fake: FakeHub, hub: HuggingFaceHub, tmp_path: Path
) -> None:
    content = gguf_content(4 * MB)
    model = fake.add_model(NAME, content)
    request = DownloadRequest(model, tmp_path)
    fake.faults = [
        Fault(FaultKind.CALL),
        Fault(FaultKind.CALL),
        Fault(FaultKind.CALL, at=MB // 2, action=request.pause.cancel),
    ]
    assert run(hub, request).outcome is DownloadOutcome.PAUSED
    with open(tmp_path / (PLACE + PART_SUFFIX), "r+b") as part:
        part.seek(1_000_000)
        part.write(b"torn by a power cut")
    assert run(hub, DownloadRequest(model, tmp_path)).outcome is DownloadOutcome.FINISHED
    assert (tmp_path / PLACE).read_bytes() == content
    assert fake.n_sent < 4 * MB + MB


def test_what_has_come_counts_for_the_same_content_at_another_revision(
    fake: FakeHub, hub: HuggingFaceHub, tmp_path: Path
) -> None:
    content = gguf_content(4 * MB)
    request = DownloadRequest(fake.add_model(NAME, content), tmp_path)
    fake.faults = [Fault(FaultKind.CALL)] * 2
    fake.faults += [Fault(FaultKind.CALL, at=MB // 2, action=request.pause.cancel)]
    assert run(hub, request).outcome is DownloadOutcome.PAUSED
    fake.revision = OTHER_REVISION
    newer = fake.add_model(NAME, content)
    assert run(hub, DownloadRequest(newer, tmp_path)).outcome is DownloadOutcome.FINISHED
    assert (tmp_path / PLACE).read_bytes() == content
    assert fake.n_sent < 4 * MB + MB


def test_other_content_of_the_same_name_begins_anew(
    fake: FakeHub, hub: HuggingFaceHub, tmp_path: Path
) -> None:
    request = DownloadRequest(fake.add_model(NAME, gguf_content(2 * MB)), tmp_path)
    fake.faults = [Fault(FaultKind.CALL, at=MB // 2, action=request.pause.cancel)]
    assert run(hub, request).outcome is DownloadOutcome.PAUSED
    content = gguf_content(2 * MB, seed=5)
    other = fake.add_model(NAME, content)
    assert run(hub, DownloadRequest(other, tmp_path)).outcome is DownloadOutcome.FINISHED
    assert (tmp_path / PLACE).read_bytes() == content


def test_two_downloads_of_the_same_file_do_not_mix(
    fake: FakeHub, hub: HuggingFaceHub, tmp_path: Path
) -> None:
    fake.bytes_per_second = 4 * MB
    model = fake.add_model(NAME, gguf_content(4 * MB))
    request = DownloadRequest(model, tmp_path)
    first = hub.download(request)
    while not next(first).n_done:  # type: ignore[union-attr]
        pass
    with pytest.raises(HubError, match="already being downloaded"):
        run(hub, DownloadRequest(model, tmp_path))
    request.cancel.cancel()
    *_, ended = first
    assert ended == DownloadEnded(DownloadOutcome.CANCELLED)


def test_the_sweep_removes_what_no_download_can_use_and_nothing_else(
    fake: FakeHub, hub: HuggingFaceHub, tmp_path: Path
) -> None:
    model = fake.add_model(NAME, gguf_content(2 * MB))
    request = DownloadRequest(model, tmp_path)
    fake.faults = [Fault(FaultKind.CALL, at=MB, action=request.pause.cancel)]
    run(hub, request)
    kept = left_in(tmp_path)
    (tmp_path / "a" / "b").mkdir(parents=True)
    foreign = ["a/b/model.gguf", "a/b/film.mkv.part", "a/b/z.gguf.part"]
    for name in (f"a/b/x.gguf{PART_SUFFIX}", f"a/b/y.gguf{NOTE_SUFFIX}", *foreign):
        (tmp_path / name).write_bytes(b"left over")
    assert hub.sweep(tmp_path) == 2
    assert left_in(tmp_path) == sorted([*kept, *foreign])


def test_several_connections_are_used_when_one_does_not_fill_the_line(
    fake: FakeHub, make_hub: MakeHub, tmp_path: Path
) -> None:
    hub = make_hub(n_connections_max=4, connection_trial_s=0.15, connection_bytes_left=MB)
    fake.bytes_per_second = 8 * MB
    content = gguf_content(24 * MB)
    model = fake.add_model(NAME, content)
    shown = progress_of(list(hub.download(DownloadRequest(model, tmp_path))))
    assert fake.n_open_max >= 3
    assert max(p.n_connections for p in shown) >= 3
    assert (tmp_path / PLACE).read_bytes() == content


def test_one_connection_is_kept_for_request_after_request(
    fake: FakeHub, hub: HuggingFaceHub, tmp_path: Path
) -> None:
    model = fake.add_model(NAME, gguf_content(6 * MB))
    run(hub, DownloadRequest(model, tmp_path))
    seen = fake.seen_by("content")
    assert len(seen) > 3
    assert len({s.connection for s in seen}) == 1
    assert len(fake.seen_by("hub")) == 1  # the redirect is asked for once


def test_the_bandwidth_limit_holds_and_can_be_lifted_while_it_runs(
    fake: FakeHub, hub: HuggingFaceHub, tmp_path: Path
) -> None:
    hub.set_limit(1000)
    model = fake.add_model(NAME, gguf_content(12 * MB))
    began = time.monotonic()
    events = hub.download(DownloadRequest(model, tmp_path))
    for event in events:
        seconds = time.monotonic() - began
        if isinstance(event, DownloadProgress) and seconds > 1.0:
            assert 0 < event.n_done <= 1000 * 1024 * (seconds + 0.5)
            break
    hub.set_limit(0)
    *_, ended = events
    assert isinstance(ended, DownloadEnded)
    assert ended.outcome is DownloadOutcome.FINISHED


def test_the_offline_lock_pauses_a_running_download_and_refuses_a_new_one(
    fake: FakeHub, hub: HuggingFaceHub, lock: OfflineLock, tmp_path: Path
) -> None:
    fake.bytes_per_second = 10 * MB
    model = fake.add_model(NAME, gguf_content(8 * MB))
    for event in hub.download(DownloadRequest(model, tmp_path)):
        if isinstance(event, DownloadProgress) and event.n_done > MB:
            lock.set_locked(True)
    assert event == DownloadEnded(DownloadOutcome.PAUSED)
    n_requests = len(fake.requests)
    with pytest.raises(HubError, match="locked offline"):
        run(hub, DownloadRequest(model, tmp_path))
    assert len(fake.requests) == n_requests
    lock.set_locked(False)
    assert run(hub, DownloadRequest(model, tmp_path)).outcome is DownloadOutcome.FINISHED


def test_no_download_thread_is_left_behind(
    fake: FakeHub, make_hub: MakeHub, tmp_path: Path
) -> None:
    hub = make_hub(n_connections_max=3, connection_trial_s=0.05, connection_bytes_left=MB)
    model = fake.add_model(NAME, gguf_content(4 * MB))
    run(hub, DownloadRequest(model, tmp_path))
    assert not [t for t in threading.enumerate() if t.name in {"download", "look-up"}]


def test_a_name_that_leads_out_of_the_folder_cannot_be_written() -> None:
    for path in ("../x.gguf", "/etc/x.gguf", "a/../../x.gguf", "C:x.gguf", "a\\b.gguf", "nul"):
        with pytest.raises(ValueError, match="path"):
            RemoteFile("a/b", "0" * 40, path, 1, "0" * 64)


def test_a_listing_can_be_turned_away_from_at_once(fake: FakeHub, hub: HuggingFaceHub) -> None:
    from app.core.errors import Cancelled

    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        hub.list_repository(fake.repository, token)
