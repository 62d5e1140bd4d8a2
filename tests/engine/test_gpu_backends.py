"""Whether the installed llama.cpp has a graphics backend."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from app.engine.gpu_backends import has_gpu_backend


@pytest.mark.skipif(sys.platform == "darwin", reason="Metal is always there")
@pytest.mark.parametrize(
    ("files", "has_one"),
    [
        (["libggml-base.so", "libggml-cpu.so", "libllama.so"], False),
        (["libggml-cpu.so", "backends/vulkan/libggml-vulkan.so"], True),
        (["ggml-cuda.dll"], True),
        ([], False),
    ],
)
def test_it_is_known_by_the_names_of_the_libraries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: list[str], has_one: bool
) -> None:
    for name in files:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"")
    monkeypatch.setenv("LLAMA_CPP_LIB_PATH", str(tmp_path))
    assert has_gpu_backend() is has_one
