"""Models on the disk: found once, imported whole or not at all, deleted as announced."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from app.core.cancellation import CancelToken
from app.core.catalogue import RemoteFile
from app.core.errors import Cancelled, HubError, ModelFileError
from app.core.library import (
    FileProgress,
    FolderMoved,
    ImportMethod,
    InstalledModel,
    ModelImported,
    ModelOrigin,
    ModelVerified,
    Verdict,
)
from app.core.model_card import ModelCard, WeightBytes
from app.core.split_files import part_name
from app.engine.gguf_header import read_model_card
from app.hub.library import LocalLibrary
from app.hub.model_index import ModelIndex
from app.hub.other_programs import Place, places_of_other_programs
from app.hub.part_file import PART_SUFFIX
from app.hub.reserving import allocated_bytes
from tests.fixtures.generated_gpt_oss import (
    TINY_VOCABULARY,
    Recipe,
    Shape,
    write_model,
)
from tests.hub.conftest import any_catalogue, left_in

NOT_GPT_OSS = b"GGUF other model"
CONTENT = b"GGUF gpt-oss " + bytes(range(256)) * 400


def read_plain_card(path: Path) -> ModelCard:
    """Stands in for the engine's check: the first bytes say what the file is."""
    part = part_name(path.name)
    paths = tuple(path.with_name(n) for n in part.all_names()) if part else (path,)
    for each in paths:
        if not each.is_file() or not each.read_bytes().startswith(b"GGUF gpt-oss"):
            raise ModelFileError("{file} cannot be used.", file=each.name)
    size = sum(p.stat().st_size for p in paths)
    return ModelCard(
        paths=paths, name=path.stem, architecture="gpt-oss", quantization="MXFP4",
        size_bytes=size, n_params=1, n_layers=1, n_ctx_train=1, n_embd=1, n_vocab=1, n_head=1,
        n_head_kv=1, head_dim=1, n_experts=1, n_experts_used=1, sliding_window=1,
        swa_layers=(True,), weights=WeightBytes(1, 1, (1,), (1,)),
    )  # fmt: skip


def put(path: Path, content: bytes = CONTENT) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class Bench:
    """A library with folders of other programs, all below one temporary folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / "models"
        self.folder.mkdir()
        self.places: list[Place] = []
        self.library = self.open()

    def open(self, read: Callable[[Path], ModelCard] = read_plain_card) -> LocalLibrary:
        """As after a restart."""
        index = ModelIndex(self.root / "data" / "models.json")
        return LocalLibrary(
            self.folder, index, read, any_catalogue(), lambda: tuple(self.places), 1_000_000
        )

    def scan(self, *folders: Path) -> tuple[InstalledModel, ...]:
        return self.library.scan(folders, CancelToken()).models

    def import_model(self, path: Path, method: ImportMethod) -> InstalledModel:
        *_, last = self.library.import_model(path, method, CancelToken())
        assert isinstance(last, ModelImported)
        return last.model

    def verify(self, model: InstalledModel) -> ModelVerified:
        *_, last = self.library.verify(model, CancelToken())
        assert isinstance(last, ModelVerified)
        return last

    def move(self, target: Path) -> FolderMoved:
        *_, last = self.library.move_folder(target, CancelToken())
        assert isinstance(last, FolderMoved)
        return last


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@pytest.fixture
def other_drive() -> Iterator[Path]:
    """A folder on another file system."""
    import tempfile

    memory = Path("/dev/shm")
    if not memory.is_dir() or memory.stat().st_dev == Path(tempfile.gettempdir()).stat().st_dev:
        pytest.skip("there is no second file system here")
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)


def test_models_of_all_places_are_found_with_where_they_come_from(bench: Bench) -> None:
    put(bench.folder / "ggml-org/x/gpt-oss-20b-MXFP4.gguf")
    put(bench.root / "lm/publisher/repo/gpt-oss-20b-Q4_K_M.gguf")
    put(bench.root / "jan/llamacpp/models/gpt-oss-20b/model.gguf")
    put(bench.root / "mine/some.gguf")
    bench.places = [
        Place(ModelOrigin.LM_STUDIO, bench.root / "lm"),
        Place(ModelOrigin.JAN, bench.root / "jan"),
    ]
    found = bench.scan(bench.root / "mine")
    assert [(m.origin, m.title) for m in found] == [
        (ModelOrigin.OURS, "gpt-oss-20b-MXFP4"),
        (ModelOrigin.FOLDER, "some"),
        (ModelOrigin.LM_STUDIO, "gpt-oss-20b-Q4_K_M"),
        (ModelOrigin.JAN, "gpt-oss-20b"),
    ]
    assert [m.can_be_deleted for m in found] == [True, False, False, False]


def test_the_hugging_face_cache_is_read_through_its_links_with_its_hashes(
    bench: Bench,
) -> None:
    cache = bench.root / "hub"
    blob = put(cache / "models--ggml-org--gpt-oss-20b-GGUF/blobs" / sha256(CONTENT))
    link = cache / "models--ggml-org--gpt-oss-20b-GGUF/snapshots/abc/gpt-oss-20b-MXFP4.gguf"
    link.parent.mkdir(parents=True)
    link.symlink_to(os.path.relpath(blob, link.parent))
    bench.places = [Place(ModelOrigin.HUGGING_FACE, cache)]
    (model,) = bench.scan()
    assert model.path == link
    assert model.expected_sha256 == (sha256(CONTENT),)
    assert bench.verify(model).verdict is Verdict.RIGHT


def test_one_file_with_several_names_is_listed_once(bench: Bench) -> None:
    ours = put(bench.folder / "gpt-oss-20b.gguf")
    (bench.root / "lm").mkdir()
    os.link(ours, bench.root / "lm/gpt-oss-20b.gguf")
    (bench.root / "lm/link.gguf").symlink_to(ours)
    bench.places = [Place(ModelOrigin.LM_STUDIO, bench.root / "lm")]
    assert [m.origin for m in bench.scan()] == [ModelOrigin.OURS]


def ollama(root: Path, name: str, tag: str, content: bytes) -> Path:
    """A model as Ollama stores it; returns Ollama's folder."""
    folder = root / "ollama"
    digest = sha256(content)
    put(folder / "blobs" / f"sha256-{digest}", content)
    layers = [
        {"mediaType": "application/vnd.ollama.image.template", "digest": "sha256:" + "0" * 64},
        {"mediaType": "application/vnd.ollama.image.model", "digest": f"sha256:{digest}"},
    ]
    manifest = folder / "manifests/registry.ollama.ai/library" / name / tag
    put(manifest, json.dumps({"schemaVersion": 2, "layers": layers}).encode())
    return folder


def test_an_ollama_blob_that_is_a_real_gpt_oss_is_found_by_its_manifest(bench: Bench) -> None:
    folder = ollama(bench.root, "gpt-oss", "20b", CONTENT)
    bench.places = [Place(ModelOrigin.OLLAMA, folder)]
    (model,) = bench.scan()
    assert model.title == "gpt-oss:20b"
    assert model.expected_sha256 == (sha256(CONTENT),)


def test_ollama_s_own_edition_is_refused_with_the_reason(bench: Bench) -> None:
    folder = ollama(bench.root, "gpt-oss", "20b", b"GGUF gptoss, fused")
    bench.places = [Place(ModelOrigin.OLLAMA, folder)]
    scan = bench.library.scan((), CancelToken())
    assert scan.models == ()
    (refused,) = scan.refused
    assert (refused.title, refused.origin) == ("gpt-oss:20b", ModelOrigin.OLLAMA)


def test_other_models_of_other_programs_are_passed_over_in_silence(bench: Bench) -> None:
    folder = bench.root / "lm"
    put(folder / "qwen/qwen3-8b.gguf", NOT_GPT_OSS)
    put(folder / "ggml-org/gpt-oss-20b-GGUF/eagle3-gpt-oss-20b-Q8_0.gguf")
    put(folder / "ggml-org/gpt-oss-20b-GGUF/mmproj-F16.gguf")
    put(folder / "ggml-org/gpt-oss-20b-GGUF/gpt-oss-20b.gguf.part")
    put(folder / "notes.txt")
    bench.places = [Place(ModelOrigin.LM_STUDIO, folder)]
    scan = bench.library.scan((), CancelToken())
    assert (scan.models, scan.refused) == ((), ())


def test_a_damaged_gpt_oss_file_is_shown_with_its_sentence(bench: Bench) -> None:
    put(bench.folder / "gpt-oss-20b.gguf", NOT_GPT_OSS)
    (refused,) = bench.library.scan((), CancelToken()).refused
    assert "cannot be used" in str(refused.reason)


@pytest.mark.parametrize(
    "manifest",
    ["", "{", "[]", '{"layers": 3}', '{"layers": [{}]}', '{"layers": [], "x": 1}', "\x00"],
)
def test_an_odd_manifest_of_ollama_is_passed_over(manifest: str, bench: Bench) -> None:
    put(bench.root / "o/manifests/r/library/gpt-oss/20b", manifest.encode())
    bench.places = [Place(ModelOrigin.OLLAMA, bench.root / "o")]
    assert bench.scan() == ()


def test_a_scan_can_be_cancelled(bench: Bench) -> None:
    put(bench.folder / "gpt-oss-20b.gguf")
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        bench.library.scan((), token)


def split(folder: Path, n: int = 2) -> list[Path]:
    names = [f"gpt-oss-120b-{i:05d}-of-{n:05d}.gguf" for i in range(1, n + 1)]
    return [put(folder / name, CONTENT + name.encode()) for name in names]


def test_a_split_model_is_one_model_whichever_part_is_given(bench: Bench) -> None:
    parts = split(bench.root / "stick", 3)
    model = bench.import_model(parts[1], ImportMethod.COPY)
    assert len(model.card.paths) == 3
    assert [p.read_bytes() for p in model.card.paths] == [p.read_bytes() for p in parts]
    assert [m.card.paths for m in bench.scan()] == [model.card.paths]


def test_a_split_model_with_a_part_missing_changes_nothing(bench: Bench) -> None:
    parts = split(bench.root / "stick", 3)
    parts[2].unlink()
    with pytest.raises(ModelFileError):
        bench.import_model(parts[0], ImportMethod.MOVE)
    assert left_in(bench.folder) == []
    assert parts[0].exists() and parts[1].exists()


def test_a_file_used_in_place_stays_where_it_is_and_is_there_after_a_restart(
    bench: Bench,
) -> None:
    path = put(bench.root / "stick/gpt-oss-20b.gguf")
    model = bench.import_model(path, ImportMethod.IN_PLACE)
    assert (model.path, model.origin) == (path, ModelOrigin.IN_PLACE)
    assert left_in(bench.folder) == []
    bench.library = bench.open()
    assert [m.path for m in bench.scan()] == [path]
    bench.library.forget(model)
    assert bench.scan() == ()
    assert path.exists()


@pytest.mark.parametrize("method", [ImportMethod.COPY, ImportMethod.MOVE])
def test_copies_and_moves_from_another_drive_are_compared_and_complete(
    method: ImportMethod, bench: Bench, other_drive: Path
) -> None:
    path = put(other_drive / "gpt-oss-20b.gguf")
    model = bench.import_model(path, method)
    assert model.path.read_bytes() == CONTENT
    assert model.origin is ModelOrigin.OURS
    assert path.exists() is (method is ImportMethod.COPY)
    assert model.sha256 == (sha256(CONTENT),)


def test_moving_on_the_same_drive_keeps_the_file_itself(bench: Bench) -> None:
    path = put(bench.root / "downloads/gpt-oss-20b.gguf")
    identity = path.stat().st_ino
    model = bench.import_model(path, ImportMethod.MOVE)
    assert model.path.stat().st_ino == identity
    assert not path.exists()


def test_a_hard_link_takes_no_room_and_deleting_it_gives_none_back(bench: Bench) -> None:
    path = put(bench.root / "lm/gpt-oss-20b.gguf")
    model = bench.import_model(path, ImportMethod.HARD_LINK)
    assert model.path.stat().st_ino == path.stat().st_ino
    assert bench.library.size_given_back(model) == 0
    assert bench.library.delete(model) == 0
    assert path.read_bytes() == CONTENT


def test_a_hard_link_to_another_drive_is_refused_with_a_sentence(
    bench: Bench, other_drive: Path
) -> None:
    path = put(other_drive / "gpt-oss-20b.gguf")
    with pytest.raises(HubError, match="lies on another drive"):
        bench.import_model(path, ImportMethod.HARD_LINK)
    assert left_in(bench.folder) == []
    assert list(bench.folder.iterdir()) in ([], [bench.folder / "imported"])


def test_a_cancelled_copy_leaves_nothing(bench: Bench) -> None:
    path = put(bench.root / "stick/gpt-oss-20b.gguf")
    token = CancelToken()
    events = bench.library.import_model(path, ImportMethod.COPY, token)
    assert isinstance(next(events), FileProgress)
    token.cancel()
    with pytest.raises(Cancelled):
        list(events)
    assert left_in(bench.folder) == []
    assert path.read_bytes() == CONTENT


def test_a_second_file_of_the_same_name_gets_a_place_of_its_own(bench: Bench) -> None:
    first = bench.import_model(put(bench.root / "a/gpt-oss-20b.gguf"), ImportMethod.COPY)
    other = CONTENT + b"!"
    second = bench.import_model(
        put(bench.root / "b/gpt-oss-20b.gguf", other), ImportMethod.COPY
    )
    assert first.path.read_bytes() == CONTENT
    assert second.path.read_bytes() == other


def test_what_is_no_model_is_not_imported(bench: Bench) -> None:
    path = put(bench.root / "x.gguf", NOT_GPT_OSS)
    for method in ImportMethod:
        with pytest.raises(ModelFileError):
            bench.import_model(path, method)
    assert left_in(bench.folder) == []
    assert path.exists()


def test_deleting_gives_back_exactly_what_it_said_and_only_our_files(bench: Bench) -> None:
    ours = put(bench.folder / "ggml-org/repo/gpt-oss-20b.gguf")
    theirs = put(bench.root / "lm/gpt-oss-20b-Q8_0.gguf", CONTENT + b"other")
    bench.places = [Place(ModelOrigin.LM_STUDIO, bench.root / "lm")]
    mine, foreign = bench.scan()
    said = bench.library.size_given_back(mine)
    assert said == allocated_bytes(ours) > 0
    assert bench.library.delete(mine) == said
    assert not (bench.folder / "ggml-org").exists()
    with pytest.raises(HubError, match="outside the models folder"):
        bench.library.delete(foreign)
    assert theirs.exists()


def test_verifying_compares_with_the_hash_of_the_download(bench: Bench) -> None:
    path = put(bench.folder / "a/b/gpt-oss-20b.gguf")
    file = RemoteFile("a/b", "0" * 40, "gpt-oss-20b.gguf", len(CONTENT), sha256(CONTENT))
    bench.library.on_verified(path, file)
    (model,) = bench.scan()
    assert model.sha256 == model.expected_sha256 == (file.sha256,)
    assert bench.verify(model).verdict is Verdict.RIGHT

    changed = bytearray(CONTENT)
    changed[5000] ^= 1
    path.write_bytes(changed)
    bench.library = bench.open()
    (model,) = bench.scan()
    assert model.sha256 == ()
    result = bench.verify(model)
    assert (result.verdict, result.damaged) == (Verdict.DAMAGED, (path,))


def test_a_file_without_a_known_hash_is_remembered_so_that_later_damage_shows(
    bench: Bench,
) -> None:
    path = put(bench.folder / "gpt-oss-20b.gguf")
    first = bench.verify(bench.scan()[0])
    assert first.verdict is Verdict.NO_HASH
    assert first.model.sha256 == (sha256(CONTENT),)
    status = path.stat()
    changed = bytearray(CONTENT)
    changed[5000] ^= 1
    path.write_bytes(changed)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))  # as a failing drive does
    assert bench.verify(bench.scan()[0]).verdict is Verdict.DAMAGED


def test_moving_the_folder_on_one_drive_takes_all_with_it(bench: Bench) -> None:
    path = put(bench.folder / "a/b/gpt-oss-20b.gguf")
    bench.verify(bench.scan()[0])
    put(bench.folder / f"a/b/other.gguf{PART_SUFFIX}", b"half")
    put(bench.folder / "my notes.txt", b"not a model")
    target = bench.root / "new place"
    moved = bench.move(target)
    assert moved.folder == bench.library.folder == target
    assert left_in(target) == ["a/b/gpt-oss-20b.gguf", f"a/b/other.gguf{PART_SUFFIX}"]
    assert left_in(bench.folder) == ["my notes.txt"]
    (model,) = bench.scan()
    assert model.sha256 == (sha256(CONTENT),)  # the memory moved along
    assert (path, target / "a/b/gpt-oss-20b.gguf") in moved.moved


def test_moving_the_folder_to_another_drive_compares_before_it_deletes(
    bench: Bench, other_drive: Path
) -> None:
    put(bench.folder / "a/b/gpt-oss-20b.gguf")
    target = other_drive / "models"
    bench.move(target)
    assert (target / "a/b/gpt-oss-20b.gguf").read_bytes() == CONTENT
    assert left_in(bench.folder) == []


def test_a_cancelled_move_to_another_drive_leaves_the_old_folder_as_it_was(
    bench: Bench, other_drive: Path
) -> None:
    put(bench.folder / "a/gpt-oss-20b.gguf")
    put(bench.folder / "b/gpt-oss-20b.gguf")
    token = CancelToken()
    n_events = 0
    with pytest.raises(Cancelled):
        for _ in bench.library.move_folder(other_drive / "models", token):
            n_events += 1
            if n_events == 4:
                token.cancel()
    assert left_in(bench.folder) == ["a/gpt-oss-20b.gguf", "b/gpt-oss-20b.gguf"]
    assert left_in(other_drive) == []
    assert bench.library.folder == bench.folder


def test_after_a_restart_before_the_settings_knew_the_new_folder_counts(bench: Bench) -> None:
    put(bench.folder / "gpt-oss-20b.gguf")
    target = bench.root / "new"
    bench.move(target)
    put(bench.folder / "late/gpt-oss-20b.gguf")  # as if it ended between two renames
    bench.library = bench.open()  # told the old folder
    assert bench.library.folder == target
    assert left_in(target) == ["gpt-oss-20b.gguf", "late/gpt-oss-20b.gguf"]


def test_a_folder_that_was_settled_elsewhere_is_not_led_astray_by_an_old_move(
    bench: Bench,
) -> None:
    old, new = bench.folder, bench.root / "new"
    bench.move(new)
    bench.folder = new
    bench.library = bench.open()
    bench.folder = old  # later the person chooses the old folder again
    bench.library = bench.open()
    assert bench.library.folder == old


@pytest.mark.parametrize("place", [".", "inside", ".."])
def test_folders_that_contain_each_other_are_refused(place: str, bench: Bench) -> None:
    put(bench.folder / "gpt-oss-20b.gguf")
    with pytest.raises(HubError, match="lies inside the"):
        bench.move(bench.folder / place)
    assert left_in(bench.folder) == ["gpt-oss-20b.gguf"]


def test_a_file_of_the_same_name_in_the_new_folder_is_never_overwritten(bench: Bench) -> None:
    put(bench.folder / "gpt-oss-20b.gguf")
    other = put(bench.root / "new/gpt-oss-20b.gguf", b"somebody else's")
    with pytest.raises(HubError, match="already has a file"):
        bench.move(bench.root / "new")
    assert other.read_bytes() == b"somebody else's"
    assert left_in(bench.folder) == ["gpt-oss-20b.gguf"]


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"schema_version": 1}', "\x00"])
def test_a_damaged_index_costs_only_the_memory(text: str, bench: Bench) -> None:
    put(bench.folder / "gpt-oss-20b.gguf")
    put(bench.root / "data/models.json", text.encode())
    bench.library = bench.open()
    assert len(bench.scan()) == 1


def test_the_engine_s_own_check_takes_a_generated_model_in_two_parts(bench: Bench) -> None:
    stick = bench.root / "stick"
    stick.mkdir()
    recipe = Recipe(shape=Shape(is_tiny_vocab=True))
    parts = write_model(stick / "gpt-oss-tiny", recipe, n_parts=2)
    bench.library = bench.open(partial(read_model_card, vocabulary=TINY_VOCABULARY))
    model = bench.import_model(parts[1], ImportMethod.COPY)
    assert model.card.architecture == "gpt-oss"
    assert [p.read_bytes() for p in model.card.paths] == [p.read_bytes() for p in parts]
    assert [m.path for m in bench.scan(stick)] == [model.path, parts[0]]


@pytest.mark.parametrize(
    ("platform", "environ", "made", "origin"),
    [
        ("linux", {}, ".cache/huggingface/hub", ModelOrigin.HUGGING_FACE),
        ("linux", {"HF_HOME": "{home}/hf"}, "hf/hub", ModelOrigin.HUGGING_FACE),
        ("linux", {}, ".lmstudio/models", ModelOrigin.LM_STUDIO),
        ("linux", {}, ".cache/lm-studio/models", ModelOrigin.LM_STUDIO),
        ("linux", {}, ".local/share/Jan/data", ModelOrigin.JAN),
        ("linux", {}, ".local/share/nomic.ai/GPT4All", ModelOrigin.GPT4ALL),
        ("linux", {}, ".cache/llama.cpp", ModelOrigin.LLAMA_CPP),
        ("linux", {"LLAMA_CACHE": "{home}/ll"}, "ll", ModelOrigin.LLAMA_CPP),
        ("linux", {"OLLAMA_MODELS": "{home}/oo"}, "oo", ModelOrigin.OLLAMA),
        ("darwin", {}, ".ollama/models", ModelOrigin.OLLAMA),
        ("darwin", {}, "Library/Application Support/Jan/data", ModelOrigin.JAN),
        ("darwin", {}, "Library/Caches/llama.cpp", ModelOrigin.LLAMA_CPP),
        (
            "win32",
            {"LOCALAPPDATA": "{home}/Local"},
            "Local/nomic.ai/GPT4All",
            ModelOrigin.GPT4ALL,
        ),
        ("win32", {"APPDATA": "{home}/Roaming"}, "Roaming/Jan/data", ModelOrigin.JAN),
    ],
)
def test_other_programs_are_looked_for_where_each_system_has_them(
    platform: str, environ: dict[str, str], made: str, origin: ModelOrigin, tmp_path: Path
) -> None:
    (tmp_path / made).mkdir(parents=True)
    variables = {k: v.format(home=tmp_path) for k, v in environ.items()}
    places = places_of_other_programs(tmp_path, variables, platform)
    assert Place(origin, tmp_path / made) in places


@pytest.mark.parametrize("settings", ['{"downloadsFolder": %s}', "{", "[1]", '{"x": 1}'])
def test_a_folder_that_lm_studio_was_told_is_followed(settings: str, tmp_path: Path) -> None:
    (tmp_path / "big drive").mkdir()
    folder = json.dumps(str(tmp_path / "big drive"))
    text = settings % folder if "%s" in settings else settings
    put(tmp_path / ".lmstudio/settings.json", text.encode())
    places = places_of_other_programs(tmp_path, {}, "linux")
    assert (Place(ModelOrigin.LM_STUDIO, tmp_path / "big drive") in places) is (
        "%s" in settings
    )
