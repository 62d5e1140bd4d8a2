"""Broken model files through the importer: a sentence each, and nothing left in the folder."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path

import pytest

from app.core.cancellation import CancelToken
from app.core.errors import ModelFileError
from app.core.library import ImportMethod, ModelImported
from app.engine.gguf_header import read_model_card
from app.hub.library import LocalLibrary
from app.hub.model_index import ModelIndex
from tests.fixtures.generated_gpt_oss import TINY_VOCABULARY, Recipe, Shape, write_model
from tests.fixtures.gguf_mutations import mutant
from tests.hub.conftest import any_catalogue, left_in

N_MUTANTS = 200
N_MUTANTS_FULL = 5000
LONGEST_S = 1.0  # of processor time, so that a busy machine does not matter


@pytest.mark.parametrize(
    "n_mutants", [N_MUTANTS, pytest.param(N_MUTANTS_FULL, marks=pytest.mark.full)]
)
@pytest.mark.timeout(3600)
def test_every_broken_file_gets_a_sentence_and_leaves_nothing(
    n_mutants: int, tmp_path: Path
) -> None:
    (original,) = write_model(tmp_path / "tiny.gguf", Recipe(Shape(is_tiny_vocab=True)))
    folder = tmp_path / "models"
    folder.mkdir()
    read_card = partial(read_model_card, vocabulary=TINY_VOCABULARY)
    index = ModelIndex(tmp_path / "data" / "models.json")
    library = LocalLibrary(folder, index, read_card, any_catalogue(), lambda: (), 1_000_000)
    path = tmp_path / "gpt-oss-broken.gguf"
    n_taken = 0
    slowest_s = 0.0
    for number in range(n_mutants):
        path.write_bytes(mutant(original, number, seed=31))
        began = time.process_time()
        try:
            *_, last = library.import_model(path, ImportMethod.COPY, CancelToken())
        except ModelFileError as error:
            assert str(error).endswith("."), number
            assert left_in(folder) == [], number
        else:
            assert isinstance(last, ModelImported)
            library.delete(last.model)
            n_taken += 1
        slowest_s = max(slowest_s, time.process_time() - began)
    print(f"taken: {n_taken}, refused: {n_mutants - n_taken}, slowest: {slowest_s:.3f} s")
    assert 0 < n_taken < n_mutants
    assert slowest_s < LONGEST_S
