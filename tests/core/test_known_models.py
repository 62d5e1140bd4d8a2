"""Shapes of the published models."""

from __future__ import annotations

import pytest

from app.core.catalogue import RemoteFile, RemoteModel
from app.core.known_models import GPT_OSS_20B, GPT_OSS_120B, expected_card
from app.core.model_card import ModelCard


def test_the_tensors_of_the_20b_weigh_what_the_published_file_holds() -> None:
    # Read from the header of ggml-org's MXFP4 file.
    assert GPT_OSS_20B.weights.total == 12_096_558_336


@pytest.mark.parametrize(
    ("size_bytes", "card"),
    [
        (12_109_566_624, GPT_OSS_20B),
        (11_624_759_488, GPT_OSS_20B),
        (63_387_346_208, GPT_OSS_120B),
        (920_000_000, None),
        (30_000_000_000, None),
    ],
)
def test_a_file_is_known_by_its_size(size_bytes: int, card: ModelCard | None) -> None:
    file = RemoteFile("a/b", "0" * 40, "x.gguf", size_bytes, "0" * 64)
    assert expected_card(RemoteModel("x", (file,), "MXFP4")) is card
