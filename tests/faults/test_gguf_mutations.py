"""Broken headers: each is refused with a sentence, or loads and decodes."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.core.errors import ModelFileError
from app.engine.gguf_header import read_model_card
from tests.fixtures.generated_gpt_oss import TINY_VOCABULARY, Recipe, Shape, write_model
from tests.fixtures.gguf_mutations import mutant

N_MUTANTS = 5000
N_MUTANTS_ALWAYS = 300
SEED = 20_26
BATCH = 100  # files a child process is given
CPU_SECONDS_MAX = 1.0  # of the check of one file
SHAPE = Shape(n_embd=32, n_head=2, n_head_kv=1, head_dim=16, n_ff=32, is_tiny_vocab=True)


@dataclass
class Tally:
    """What became of the files."""

    n_refused: int = 0
    slowest_s: float = 0.0
    passed: list[Path] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("gguf") / "model.gguf", Recipe(SHAPE))[0]


def check(original: Path, folder: Path, numbers: range) -> Tally:
    tally = Tally()
    for number in numbers:
        path = folder / f"{number}.gguf"
        path.write_bytes(mutant(original, number, SEED))
        started = time.process_time()
        try:
            read_model_card(path, vocabulary=TINY_VOCABULARY)
            tally.passed.append(path)
        except ModelFileError as error:
            tally.n_refused += 1
            path.unlink()
            if not (str(error).endswith(".") and str(error).isprintable()):
                tally.wrong.append(f"{number}: {error!r}")
        tally.slowest_s = max(tally.slowest_s, time.process_time() - started)
    return tally


def outcomes(paths: list[Path]) -> Iterator[tuple[Path, str]]:
    """What llama.cpp makes of the files, in child processes; a crash is an outcome too."""
    while paths:
        batch = paths[:BATCH]
        ended = subprocess.run(
            [sys.executable, "-m", "tests.faults.gguf_loader", *map(str, batch)],
            capture_output=True,
            text=True,
            cwd=Path(__file__).parents[2],
            timeout=120,
            check=False,
        )
        lines = [line.partition(" ")[2] for line in ended.stdout.splitlines()]
        if ended.returncode != 0:
            lines = [
                *filter(None, lines),
                f"died with {ended.returncode}: {ended.stderr[-500:]}",
            ]
        yield from zip(batch, lines, strict=False)
        paths = paths[len(lines) :]


def run(original: Path, folder: Path, numbers: range) -> None:
    tally = check(original, folder, numbers)
    assert tally.wrong == []
    assert tally.slowest_s < CPU_SECONDS_MAX
    assert tally.n_refused > len(numbers) // 2
    assert len(tally.passed) > len(numbers) // 20
    bad = [f"{path.name}: {text}" for path, text in outcomes(tally.passed) if text != "ok"]
    assert bad == []
    print(f"{tally.n_refused} refused, {len(tally.passed)} loaded, {tally.slowest_s:.3f} s")


def test_broken_headers_are_sentences_and_what_passes_loads(
    original: Path, tmp_path: Path
) -> None:
    run(original, tmp_path, range(N_MUTANTS_ALWAYS))


@pytest.mark.full
@pytest.mark.timeout(3600)
def test_five_thousand_broken_headers(original: Path, tmp_path: Path) -> None:
    run(original, tmp_path, range(N_MUTANTS))


def test_the_unbroken_file_passes_and_loads(original: Path) -> None:
    assert read_model_card(original, vocabulary=TINY_VOCABULARY).n_layers == 2
    assert [text for _, text in outcomes([original])] == ["ok"]
