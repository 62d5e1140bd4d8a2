"""Names of the parts of a split model."""

from __future__ import annotations

import pytest

from app.core.split_files import group_parts, model_title, part_name


def test_the_name_of_a_part_tells_all_its_siblings() -> None:
    part = part_name("gpt-oss-120b-mxfp4-00002-of-00003.gguf")
    assert part is not None
    assert (part.stem, part.index, part.count) == ("gpt-oss-120b-mxfp4", 2, 3)
    assert part.all_names() == tuple(
        f"gpt-oss-120b-mxfp4-0000{i}-of-00003.gguf" for i in (1, 2, 3)
    )


@pytest.mark.parametrize(
    "name",
    [
        "gpt-oss-20b-MXFP4.gguf",
        "x-00000-of-00003.gguf",
        "x-00004-of-00003.gguf",
        "x-00001-of-99999.gguf",
        "x-1-of-3.gguf",
        "-00001-of-00002.gguf",
        "x-00001-of-00002.bin",
        "",
    ],
)
def test_other_names_are_no_parts(name: str) -> None:
    assert part_name(name) is None


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("gpt-oss-20b-MXFP4.gguf", "gpt-oss-20b-MXFP4"),
        ("gpt-oss-20b.GGUF", "gpt-oss-20b"),
        ("gpt-oss-120b-00001-of-00002.gguf", "gpt-oss-120b"),
        ("sha256-abc", "sha256-abc"),
    ],
)
def test_a_title_has_neither_ending_nor_number(name: str, title: str) -> None:
    assert model_title(name) == title


def test_parts_are_joined_and_models_keep_their_order() -> None:
    names = ["b/x-00002-of-00002.gguf", "one.gguf", "b/x-00001-of-00002.gguf"]
    assert group_parts(names) == (
        ("b/x-00001-of-00002.gguf", "b/x-00002-of-00002.gguf"),
        ("one.gguf",),
    )


def test_a_model_without_all_its_parts_is_left_out() -> None:
    names = ["x-00001-of-00002.gguf", "a/x-00002-of-00002.gguf", "y.gguf"]
    assert group_parts(names) == (("y.gguf",),)
