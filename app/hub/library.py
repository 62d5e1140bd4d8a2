"""The models of this computer; satisfies `app.core.library.ModelLibrary`."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from pathlib import Path

from app.core.cancellation import CancelToken
from app.core.catalogue import Catalogue, RemoteFile
from app.core.errors import QT_TRANSLATE_NOOP, Cancelled, HubError, ModelFileError
from app.core.library import (
    FilePhase,
    FileProgress,
    FolderMoved,
    ImportMethod,
    InstalledModel,
    LibraryScan,
    ModelImported,
    ModelOrigin,
    ModelVerified,
    RefusedModel,
    Verdict,
)
from app.core.model_card import ModelCard
from app.core.split_files import model_title, part_name
from app.hub.faults import disk_error
from app.hub.file_hash import hash_file
from app.hub.folder_move import FolderMove, finish_renames
from app.hub.model_files import Candidate, candidates_in
from app.hub.model_import import ModelImport
from app.hub.model_index import ModelIndex
from app.hub.other_programs import Place
from app.hub.reserving import allocated_bytes

logger = logging.getLogger(__name__)

ReadCard = Callable[[Path], ModelCard]
_HASH_STEP = 16 << 20  # bytes
SPARE_BYTES = 1_000_000_000


class LocalLibrary:
    """Looks through folders, imports, deletes, verifies, moves."""

    def __init__(
        self,
        folder: Path,
        index: ModelIndex,
        read_card: ReadCard,
        catalogue: Catalogue,
        other_programs: Callable[[], tuple[Place, ...]],
        spare_bytes: int = SPARE_BYTES,
    ) -> None:
        """Read nothing yet.

        Args:
            folder: the models folder; one that was moved counts at its new place.
            index: what is remembered of files.
            read_card: the strict check of a header; raises `ModelFileError`.
            catalogue: its hashes are compared with.
            other_programs: where other programs keep models now.
            spare_bytes: that stay free on a drive that something is copied to.
        """
        self._spare_bytes = spare_bytes
        self._index = index
        self._folder = self._after_a_move(folder)
        self._read_card = read_card
        self._other_programs = other_programs
        self._hash_by_name = {
            (f.name, f.size_bytes): f.sha256 for e in catalogue.entries for f in e.model.files
        }

    def _after_a_move(self, folder: Path) -> Path:
        """Where the models are, when the program ended before the settings said so."""
        move = self._index.move
        if move is None:
            return folder
        source, target = move
        if folder != source:
            self._index.set_move(None)
            return folder
        finish_renames(source, target, self._index)
        return target

    @property
    def folder(self) -> Path:
        """The models folder; another one than was given after a move."""
        return self._folder

    def on_verified(self, path: Path, file: RemoteFile) -> None:
        """A download found the SHA-256 of `path` right; from any thread."""
        self._index.remember(path, file.sha256, file.sha256)

    def scan(self, folders: tuple[Path, ...], cancel: CancelToken) -> LibraryScan:
        """Look through all places; see `ModelLibrary`."""
        models: list[InstalledModel] = []
        refused: list[RefusedModel] = []
        seen: set[tuple[int, int]] = set()
        for candidate in self._candidates(folders, cancel):
            identity = _identity(candidate.path)
            if identity is None or identity in seen:
                continue
            seen.add(identity)
            try:
                models.append(self._installed(candidate))
            except ModelFileError as error:
                if candidate.is_named_gpt_oss or candidate.origin is ModelOrigin.IN_PLACE:
                    refused.append(
                        RefusedModel(candidate.path, candidate.origin, candidate.title, error)
                    )
        return LibraryScan(tuple(models), tuple(refused))

    def _candidates(
        self, folders: tuple[Path, ...], cancel: CancelToken
    ) -> Iterator[Candidate]:
        yield from candidates_in(Place(ModelOrigin.OURS, self._folder), cancel)
        for path in self._index.in_place:
            if cancel.is_cancelled:
                raise Cancelled
            yield Candidate(path, ModelOrigin.IN_PLACE, model_title(path.name))
        for folder in folders:
            yield from candidates_in(Place(ModelOrigin.FOLDER, folder), cancel)
        for place in self._other_programs():
            yield from candidates_in(place, cancel)

    def _installed(self, candidate: Candidate) -> InstalledModel:
        card = self._read_card(candidate.path)
        known = [self._index.known_sha256(p) for p in card.paths]
        expected = [self._expected(p, candidate) for p in card.paths]
        return InstalledModel(
            card=card,
            origin=candidate.origin,
            title=candidate.title,
            sha256=tuple(h for h in known if h) if all(known) else (),
            expected_sha256=tuple(h for h in expected if h) if all(expected) else (),
        )

    def _expected(self, path: Path, candidate: Candidate) -> str | None:
        noted = self._index.expected_sha256(path)
        if noted is not None:
            return noted
        if path == candidate.path and candidate.sha256 is not None:
            return candidate.sha256
        with suppress(OSError):
            return self._hash_by_name.get((path.name, path.stat().st_size))
        return None

    def import_model(
        self, path: Path, method: ImportMethod, cancel: CancelToken
    ) -> Iterator[FileProgress | ModelImported]:
        """Make a file one of our models; see `ModelLibrary`."""
        source = _first_part(path.absolute())
        card = self._read_card(source)
        is_ours = self._is_in_folder(source)
        if method is not ImportMethod.IN_PLACE and not is_ours:
            importing = ModelImport(card, self._folder, self._index, cancel, self._spare_bytes)
            try:
                placed = yield from importing.run(method)
            except OSError as error:
                raise disk_error(error, self._folder, card.size_bytes) from error
            yield ModelImported(
                self._installed(Candidate(placed, ModelOrigin.OURS, model_title(placed.name)))
            )
            return
        if not is_ours:
            self._index.set_in_place(source, is_used=True)
        origin = ModelOrigin.OURS if is_ours else ModelOrigin.IN_PLACE
        yield ModelImported(
            self._installed(Candidate(source, origin, model_title(source.name)))
        )

    def size_given_back(self, model: InstalledModel) -> int:
        """Bytes that deleting it frees; see `ModelLibrary`."""
        return sum(_freed_by_unlink(p) for p in model.card.paths)

    def delete(self, model: InstalledModel) -> int:
        """Delete a model of ours for good; see `ModelLibrary`."""
        if not all(self._is_in_folder(p) for p in model.card.paths):
            raise HubError(
                QT_TRANSLATE_NOOP(
                    "errors",
                    "{title} lies outside the models folder, so Lumbre does not delete it. "
                    "Nothing was changed. Delete it with the program that it belongs to.",
                ),
                title=model.title,
            )
        freed = 0
        for path in model.card.paths:
            size = _freed_by_unlink(path)
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise _in_use(path, error) from error
            freed += size
            self._index.forget(path)
            _remove_empty_folders(path.parent, self._folder)
        logger.info("deleted a model of %d bytes", freed)
        return freed

    def forget(self, model: InstalledModel) -> None:
        """Take a file that is used in place off the list; the file stays."""
        self._index.set_in_place(model.path, is_used=False)

    def verify(
        self, model: InstalledModel, cancel: CancelToken
    ) -> Iterator[FileProgress | ModelVerified]:
        """Compare every part with its SHA-256; see `ModelLibrary`."""
        found: list[str] = []
        n_before = 0
        for path in model.card.paths:
            hashed = hash_file(path, _HASH_STEP)
            n_read = 0
            try:
                for n_read in hashed:
                    if cancel.is_cancelled:
                        raise Cancelled
                    n_done = n_before + n_read
                    yield FileProgress(
                        FilePhase.READING, path.name, n_done, model.card.size_bytes
                    )
            except OSError as error:
                raise disk_error(error, path.parent, 0) from error
            n_before += n_read
            found.append(hashed.hexdigest())
        yield self._verified(model, tuple(found))

    def _verified(self, model: InstalledModel, found: tuple[str, ...]) -> ModelVerified:
        paths = model.card.paths
        # Without a source's word, an earlier hash of ours is the best there is.
        expected = model.expected_sha256 or tuple(
            self._index.known_sha256(p) or "" for p in paths
        )
        damaged = tuple(
            path
            for path, is_now, should_be in zip(paths, found, expected, strict=True)
            if should_be and is_now != should_be
        )
        if damaged:
            return ModelVerified(model, Verdict.DAMAGED, damaged)
        for path, sha256 in zip(paths, found, strict=True):
            self._index.remember(path, sha256)
        verified = InstalledModel(
            model.card, model.origin, model.title, found, model.expected_sha256
        )
        verdict = Verdict.RIGHT if all(expected) else Verdict.NO_HASH
        return ModelVerified(verified, verdict)

    def move_folder(
        self, target: Path, cancel: CancelToken
    ) -> Iterator[FileProgress | FolderMoved]:
        """Move the models folder; see `ModelLibrary`."""
        move = FolderMove(
            self._folder, target.absolute(), self._index, cancel, self._spare_bytes
        )
        moved = yield from self._moving(move)
        self._folder = moved.folder
        yield moved

    def _moving(self, move: FolderMove) -> Generator[FileProgress, None, FolderMoved]:
        try:
            return (yield from move.run())
        except OSError as error:
            raise disk_error(error, move.target, move.missing_bytes) from error

    def _is_in_folder(self, path: Path) -> bool:
        return path.parent.resolve().is_relative_to(self._folder.resolve())


def _first_part(path: Path) -> Path:
    part = part_name(path.name)
    return path if part is None else path.with_name(part.sibling(1))


def _identity(path: Path) -> tuple[int, int] | None:
    """The same for all names of one file; None: it is not there."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _freed_by_unlink(path: Path) -> int:
    try:
        status = path.lstat()
    except OSError:
        return 0
    if path.is_symlink() or status.st_nlink > 1:
        return 0
    return allocated_bytes(path)


def _in_use(path: Path, error: OSError) -> HubError:
    return HubError(
        QT_TRANSLATE_NOOP(
            "errors",
            "{name} could not be deleted: {reason}. It is still complete. Unload the model, "
            "close other programs that use it, and try again.",
        ),
        name=path.name,
        reason=error.strerror or str(error),
    )


def _remove_empty_folders(folder: Path, top: Path) -> None:
    """Remove `folder` and its parents up to `top`, as long as they are empty."""
    while folder != top and folder.is_relative_to(top):
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent
