"""What a bundle may contain, and the files that introduce the program to a desktop."""

from __future__ import annotations

import configparser
import struct
import sys
import tomllib
import xml.etree.ElementTree as ET
from pathlib import Path

import bundle_contents
import check_bundle
import icon_files
import pytest
import sbom
import third_party

from app import command_line

ROOT = Path(__file__).resolve().parents[2]
PACKAGING = ROOT / "packaging"
ICONS = ROOT / "resources" / "icons" / "app"
on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux's bundle")


@pytest.mark.parametrize(
    "place",
    [
        "PySide6/Qt/plugins/sqldrivers/libqsqlite.so",
        "PySide6/Qt/plugins/platformthemes/libqgtk3.so",
        "PySide6/Qt/lib/libQt6EglFSDeviceIntegration.so.6",
        "PySide6/Qt/translations/qtbase_de.qm",
        "PySide6/QtCore.pyi",
        "PySide6/opengl32sw.dll",
        "anyio-4.0.dist-info/RECORD",
    ],
)
def test_what_no_widget_needs_is_left_out(place: str) -> None:
    assert bundle_contents.is_dropped(place)


@pytest.mark.parametrize(
    "place",
    [
        "PySide6/Qt/plugins/platforms/libqxcb.so",
        "PySide6/Qt/plugins/platforms/libqoffscreen.so",
        "PySide6/Qt/plugins/imageformats/libqjpeg.so",
        "PySide6/Qt/translations/qtbase_es.qm",
        "PySide6/Qt/lib/libQt6Network.so.6",
        "resources/translations/lumbre_es.qm",
        "anyio-4.0.dist-info/METADATA",
    ],
)
def test_what_the_window_needs_stays(place: str) -> None:
    assert not bundle_contents.is_dropped(place)


@pytest.mark.parametrize(
    "name", ["libstdc++.so.6", "libvulkan.so.1", "libX11.so.6", "libz.so.1"]
)
def test_drivers_display_and_cpp_runtime_are_the_hosts(name: str) -> None:
    assert bundle_contents.is_host_library(name)


@pytest.mark.parametrize(
    "place", ["libxcb-cursor.so.0", "numpy.libs/libz-1.so", "PySide6/Qt/lib/libQt6Core.so.6"]
)
def test_libraries_that_hosts_lack_or_packages_own_are_shipped(place: str) -> None:
    assert not bundle_contents.is_host_library(place)


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """The smallest folder that passes the check."""
    for place in (
        "resources/o200k_base.tiktoken",
        "resources/practice-gpt-oss.gguf",
        "resources/licences/THIRD-PARTY.txt",
        "llama_cpp/lib/libllama.so",
        "llama_cpp/lib/libggml-base.so",
        "llama_cpp/lib/backends/cpu/libggml-cpu-x64.so",
        "llama_cpp/lib/backends/cpu/libggml-cpu-haswell.so",
    ):
        path = tmp_path / "_internal" / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"content")
    return tmp_path


@on_linux
def test_a_complete_bundle_has_no_faults(bundle: Path) -> None:
    assert check_bundle.faults(bundle) == []


@on_linux
@pytest.mark.parametrize(
    "place", ["libstdc++.so.6", "llama_cpp/lib/backends/cpu/libggml-cpu-sapphirerapids.so"]
)
def test_a_file_that_must_not_be_shipped_is_found(bundle: Path, place: str) -> None:
    (bundle / "_internal" / place).write_bytes(b"")
    (fault,) = check_bundle.faults(bundle)
    assert fault.startswith("Must not be shipped")
    assert place in fault


@on_linux
def test_a_missing_practice_model_is_found(bundle: Path) -> None:
    (bundle / "_internal/resources/practice-gpt-oss.gguf").unlink()
    assert check_bundle.faults(bundle) == ["Missing: */resources/practice-gpt-oss.gguf"]


@on_linux
def test_a_library_that_needs_what_nobody_has_is_found(bundle: Path) -> None:
    program = Path(sys.executable).resolve().read_bytes()
    (bundle / "_internal/odd").write_bytes(program.replace(b"libc.so.6", b"liby.so.6"))
    assert any("needs liby.so.6" in fault for fault in check_bundle.faults(bundle))


@on_linux
def test_a_library_of_a_newer_system_is_found(bundle: Path) -> None:
    program = Path(sys.executable).resolve().read_bytes()
    assert b"GLIBC_2.34\0" in program
    newer = program.replace(b"GLIBC_2.34\0", b"GLIBC_9.34\0")
    (bundle / "_internal/odd").write_bytes(newer)
    assert any("odd needs GLIBC 9.34" in fault for fault in check_bundle.faults(bundle))


def test_no_bundle_is_a_sentence(tmp_path: Path) -> None:
    assert check_bundle.faults(tmp_path / "absent") == [
        f"There is no bundle at {tmp_path / 'absent'}."
    ]


def test_every_shipped_component_has_a_licence_text() -> None:
    found = third_party.components()
    assert len(found) > 30
    assert [item.name for item in found if len(item.text) < 20] == []


def test_a_licence_of_before_unicode_is_read() -> None:
    pdfium = next(item for item in third_party.components() if item.name == "pypdfium2")
    assert "\N{COPYRIGHT SIGN}" in pdfium.text


def test_the_bill_of_materials_lists_every_shipped_distribution() -> None:
    listed = sbom.bill_of_materials()["components"]
    assert isinstance(listed, list)
    assert set(third_party.shipped_distributions()) <= {item["name"] for item in listed}


def test_the_windows_icon_holds_its_pictures(tmp_path: Path) -> None:
    icon_files.write_ico(ICONS, tmp_path / "lumbre.ico")
    content = (tmp_path / "lumbre.ico").read_bytes()
    _, kind, n_images = struct.unpack_from("<HHH", content)
    assert (kind, n_images) == (1, len(icon_files.ICO_SIDES))
    for i, side in enumerate(icon_files.ICO_SIDES):
        width, *_, size, offset = struct.unpack_from("<BBBBHHII", content, 6 + 16 * i)
        assert width == side % 256
        assert content[offset : offset + 4] == b"\x89PNG"
        assert offset + size <= len(content)


def test_the_macos_icon_says_its_own_length(tmp_path: Path) -> None:
    icon_files.write_icns(ICONS, tmp_path / "lumbre.icns")
    content = (tmp_path / "lumbre.icns").read_bytes()
    assert content[:4] == b"icns"
    assert struct.unpack(">I", content[4:8]) == (len(content),)


def test_the_desktop_entry_starts_the_program_with_a_file() -> None:
    entry = configparser.ConfigParser(interpolation=None)
    entry.optionxform = str  # type: ignore[assignment,method-assign]
    entry.read(PACKAGING / "linux/lumbre.desktop", encoding="utf-8")
    program, *arguments = entry["Desktop Entry"]["Exec"].split()
    assert program == "lumbre"
    with_file = [word.replace("%f", "/models/a.gguf") for word in arguments]
    assert command_line.parse(with_file).model == Path("/models/a.gguf")


@pytest.mark.parametrize("name", ["io.github.lumbre.Lumbre.metainfo.xml", "lumbre-mime.xml"])
def test_descriptions_for_desktops_are_well_formed(name: str) -> None:
    root = ET.parse(PACKAGING / "linux" / name).getroot()
    assert len(root) > 0


def test_the_installer_keeps_conversations_unless_asked() -> None:
    script = (PACKAGING / "windows/lumbre.nsi").read_text("utf-8")
    assert "RequestExecutionLevel user" in script
    assert 'Section /o "un.$(DATA)"' in script  # /o: not ticked


def test_what_is_fetched_for_releases_is_pinned_by_hash() -> None:
    versions = tomllib.loads((PACKAGING / "versions.toml").read_text("utf-8"))
    for entry in versions.values():
        hashes = [value for key, value in entry.items() if "sha256" in key]
        assert hashes
        assert all(len(value) == 64 for value in hashes)
