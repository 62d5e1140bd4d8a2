"""The recipe of llama.cpp: its flags, its files, the wheel they are put into."""

from __future__ import annotations

import base64
import hashlib
import sys
import zipfile
from pathlib import Path

import build
import pytest
import wheel_with_libraries

LIST_OF_VARIANTS = """\
    if (GGML_SYSTEM_ARCH STREQUAL "x86")
        ggml_add_cpu_backend_variant(x64)
        ggml_add_cpu_backend_variant(haswell            SSE42 AVX F16C FMA AVX2 BMI2)
        if (NOT MSVC)
            ggml_add_cpu_backend_variant(sapphirerapids SSE42 AVX AMX_TILE AMX_INT8)
        endif()
    elseif(GGML_SYSTEM_ARCH STREQUAL "ARM")
            ggml_add_cpu_backend_variant(armv8.0_1)
"""


@pytest.mark.parametrize("backends", [("cpu",), ("cpu-all",), ("cpu-all", "vulkan")])
def test_no_build_is_made_for_the_building_machine_alone(backends: tuple[str, ...]) -> None:
    flags = build.cmake_flags(backends)
    assert flags["GGML_NATIVE"] == "OFF"
    assert not any("AMX" in name for name in flags)


def test_the_development_build_uses_what_every_machine_since_haswell_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    flags = build.cmake_flags(("cpu",))
    assert {flags[f"GGML_{name}"] for name in ("AVX2", "FMA", "F16C", "BMI2")} == {"ON"}


def test_an_arm_machine_gets_no_flags_of_x86(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "aarch64")
    assert "GGML_AVX2" not in build.cmake_flags(("cpu",))


@pytest.mark.parametrize("backends", [("cuda",), ("cpu", "vulkan"), ("",)])
def test_a_set_of_backends_that_does_not_fit_is_refused(backends: tuple[str, ...]) -> None:
    with pytest.raises(build.BuildError, match="either cpu alone"):
        build.cmake_flags(backends)


def test_variants_that_are_not_shipped_are_never_built(tmp_path: Path) -> None:
    path = tmp_path / "ggml/src/CMakeLists.txt"
    path.parent.mkdir(parents=True)
    path.write_text(LIST_OF_VARIANTS)
    build.drop_cpu_variants(tmp_path)
    text = path.read_text()
    assert "sapphirerapids" not in text
    assert "(x64)" in text
    assert "(haswell" in text
    assert "(armv8.0_1)" in text


def test_a_changed_list_of_variants_stops_the_build(tmp_path: Path) -> None:
    path = tmp_path / "ggml/src/CMakeLists.txt"
    path.parent.mkdir(parents=True)
    path.write_text("nothing that is known\n")
    with pytest.raises(build.BuildError, match="has changed"):
        build.drop_cpu_variants(tmp_path)


def library(folder: Path, name: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / f"lib{name}{build.LIBRARY_SUFFIX}").write_bytes(name.encode())


def test_backends_that_are_modules_lie_in_folders_of_their_own(tmp_path: Path) -> None:
    names = ["llama", "ggml", "ggml-base", "ggml-vulkan"]
    for name in names + [f"ggml-cpu-{variant}" for variant in build.CPU_VARIANTS]:
        library(tmp_path / "bin", name)
    places = build.placed_libraries(tmp_path, ("cpu-all", "vulkan"))
    folders = {
        Path(place).stem.removeprefix("lib"): str(Path(place).parent) for place in places
    }
    assert folders["llama"] == folders["ggml"] == folders["ggml-base"] == "."
    assert folders["ggml-vulkan"] == "backends/vulkan"
    assert folders["ggml-cpu-zen4"] == folders["ggml-cpu-x64"] == "backends/cpu"


def test_a_build_without_one_of_its_libraries_is_no_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    for name in ("llama", "ggml", "ggml-base"):
        library(tmp_path / "bin", name)
    with pytest.raises(build.BuildError, match="ggml-cpu"):
        build.placed_libraries(tmp_path, ("cpu",))


def test_libraries_enter_the_wheel_with_their_hashes(tmp_path: Path) -> None:
    plain = tmp_path / "llama_cpp_python-1-py3-none-any.whl"
    with zipfile.ZipFile(plain, "w") as wheel:
        wheel.writestr("llama_cpp/__init__.py", "")
        wheel.writestr("llama_cpp_python-1.dist-info/RECORD", "llama_cpp/__init__.py,,\n")
    library(tmp_path / "bin", "llama")
    place = f"backends/cpu/libllama{build.LIBRARY_SUFFIX}"
    file = tmp_path / "bin" / f"libllama{build.LIBRARY_SUFFIX}"
    complete = wheel_with_libraries.write(plain, {place: file}, tmp_path / "out")
    with zipfile.ZipFile(complete) as wheel:
        content = wheel.read(f"llama_cpp/lib/{place}")
        record = wheel.read("llama_cpp_python-1.dist-info/RECORD").decode().splitlines()
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
    assert content == b"llama"
    assert f"llama_cpp/lib/{place},sha256={digest},5" in record
    assert "llama_cpp/__init__.py,," in record


def test_windows_libraries_made_elsewhere_never_trust_the_stack_to_be_aligned() -> None:
    if sys.platform == "win32":
        pytest.skip("Windows builds with its own compiler")
    flags = build.cmake_flags(("cpu-all",), "win32")
    assert flags["CMAKE_SYSTEM_NAME"] == "Windows"
    for language in ("C", "CXX"):
        assert "-muse-unaligned-vector-move" in flags[f"CMAKE_{language}_FLAGS"]


def test_a_wheel_for_another_system_says_so_in_its_name_and_in_its_record(
    tmp_path: Path,
) -> None:
    plain = tmp_path / "thing-1.0-py3-none-linux_x86_64.whl"
    wheel_file = "thing-1.0.dist-info/WHEEL"
    with zipfile.ZipFile(plain, "w") as archive:
        archive.writestr(wheel_file, "Wheel-Version: 1.0\nTag: py3-none-linux_x86_64\n")
        archive.writestr("thing-1.0.dist-info/RECORD", f"{wheel_file},sha256=old,1\n")
    library(tmp_path, "llama")
    file = tmp_path / f"libllama{build.LIBRARY_SUFFIX}"
    written = wheel_with_libraries.write(plain, {"x.dll": file}, tmp_path / "out", "win_amd64")
    assert written.name == "thing-1.0-py3-none-win_amd64.whl"
    with zipfile.ZipFile(written) as archive:
        content = archive.read(wheel_file)
        record = archive.read("thing-1.0.dist-info/RECORD").decode().splitlines()
    assert b"Tag: py3-none-win_amd64" in content
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    assert [line for line in record if line.startswith(wheel_file)] == [
        f"{wheel_file},sha256={digest},{len(content)}"
    ]
