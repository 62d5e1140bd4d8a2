"""llama.cpp, built once: a wheel of llama_cpp with its native libraries inside.

    python packaging/native/build.py [--backends cpu|cpu-all[,vulkan]] [--note FILE] [--jobs N]
                                     [--system win32]

The source is vendor/llama.cpp of llama-cpp-python's own sdist (version and hash are in
versions.toml), built with plain CMake; the bindings come from the same sdist, with
`LLAMA_BUILD=OFF`. The wheel is kept outside the checkout, in `$XDG_CACHE_HOME/lumbre-build`,
under a key made of everything that shapes it, so that other checkouts and later runs never
compile again.

`cpu` is one CPU backend linked in, for development. `cpu-all` and `vulkan` are loaded at run
time from `llama_cpp/lib/backends/cpu` and `.../vulkan`: that is what is shipped.
`--system win32` on Debian compiles for Windows (cross_windows.py).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

import cross_windows
import get_vulkan
import wheel_with_libraries

PACKAGING = Path(__file__).resolve().parents[1]
RECIPE = 1  # raised when a change here makes other libraries from the same flags
MINIMUM_CMAKE = (3, 21)
LIBRARY_SUFFIXES = {"win32": ".dll", "darwin": ".dylib"}
LIBRARY_SUFFIX = LIBRARY_SUFFIXES.get(sys.platform, ".so")
COMMON_FLAGS = {
    "CMAKE_BUILD_TYPE": "Release",
    "BUILD_SHARED_LIBS": "ON",
    "CMAKE_PLATFORM_NO_VERSIONED_SONAME": "ON",  # one file each: no links in wheels and bundles
    "CMAKE_BUILD_WITH_INSTALL_RPATH": "ON",
    "GGML_NATIVE": "OFF",  # a native build carries AMX code, which GCC 12 miscompiles
    "GGML_OPENMP": "OFF",  # libgomp's threads spin while other programs want the cores
    "LLAMA_CURL": "OFF",
    "LLAMA_BUILD_COMMON": "OFF",
    "LLAMA_BUILD_TOOLS": "OFF",
    "LLAMA_BUILD_EXAMPLES": "OFF",
    "LLAMA_BUILD_TESTS": "OFF",
    "LLAMA_BUILD_SERVER": "OFF",
}
# Intel since Haswell (2013), AMD since Zen.
X86_64_FLAGS = dict.fromkeys(
    ("GGML_SSE42", "GGML_AVX", "GGML_AVX2", "GGML_FMA", "GGML_F16C", "GGML_BMI2"), "ON"
)
# Of llama.cpp's variants for x86-64, those that are shipped. Not: server processors, and
# sapphirerapids, whose AMX code GCC 12 gets wrong (SIGILL, SIGSEGV).
CPU_VARIANTS = (
    "x64",
    "sse42",
    "sandybridge",
    "haswell",
    "skylakex",
    "icelake",
    "alderlake",
    "zen4",
)


class BuildError(Exception):
    """The build cannot go on; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True)
class Source:
    """One archive of llama-cpp-python."""

    version: str
    sha256: str

    @property
    def file_name(self) -> str:
        """As the index calls it."""
        return f"llama_cpp_python-{self.version}.tar.gz"


def main() -> int:
    """Build or find the wheel, print its path; exit code 1 with a sentence on stderr."""
    options = _options()
    try:
        wheel = build(tuple(options.backends.split(",")), options.jobs, options.system)
    except (BuildError, cross_windows.CrossBuildError) as error:
        print(f"{error}", file=sys.stderr)
        return 1
    if options.note:
        options.note.write_text(str(wheel), encoding="utf-8")
    else:
        print(wheel)
    return 0


def build(backends: tuple[str, ...], n_jobs: int, system: str = sys.platform) -> Path:
    """The wheel for `backends` and `system` (sys.platform's words), cached or built.

    Raises:
        BuildError: no compiler, no network for the source, or a step failed.
        CrossBuildError: the same of the compiler for Windows.
    """
    source = pinned_source()
    flags = cmake_flags(backends, system)
    folder = cache_dir() / f"llama-{source.version}-{_key(source, flags, system)}"
    ready = sorted(folder.glob("*.whl"))
    if ready:
        return ready[0]
    print(f"Building llama.cpp (once, some minutes; kept in {folder})", flush=True)
    archive = _fetch(source)
    with tempfile.TemporaryDirectory(dir=cache_dir(), prefix="work-") as name:
        work = Path(name)
        tree = _unpack(archive, work)
        llama_cpp = tree / "vendor" / "llama.cpp"
        drop_cpu_variants(llama_cpp)
        local_flags = _vulkan_flags(system, work) if "vulkan" in backends else {}
        _compile(llama_cpp, work / "build", flags | local_flags, n_jobs)
        libraries = placed_libraries(work / "build", backends, system)
        if _is_cross(system):
            libraries |= cross_windows.runtime_libraries()
        plain = _bindings_wheel(tree, work / "wheel")
        tag = cross_windows.WHEEL_TAG if _is_cross(system) else None
        complete = wheel_with_libraries.write(plain, libraries, work / "complete", tag)
        folder.mkdir(parents=True, exist_ok=True)
        return Path(shutil.move(complete, folder / complete.name))


def cache_dir() -> Path:
    """Folder of everything built or fetched; outside the checkout, made when missing."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(base) / "lumbre-build"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def pinned_source() -> Source:
    """The archive named in versions.toml."""
    with (PACKAGING / "versions.toml").open("rb") as file:
        entry = tomllib.load(file)["llama-cpp-python"]
    return Source(entry["version"], entry["sdist_sha256"])


def cmake_flags(backends: tuple[str, ...], system: str = sys.platform) -> dict[str, str]:
    """CMake's definitions for a set of backends on `system`.

    Raises:
        BuildError: an unknown backend, or a set that does not fit together.
    """
    unknown = set(backends) - {"cpu", "cpu-all", "vulkan"}
    if unknown or ("cpu" in backends and len(backends) > 1):
        raise BuildError(
            f"Backends {','.join(backends)}: either cpu alone, or cpu-all and perhaps vulkan."
        )
    flags = dict(COMMON_FLAGS)
    flags["CMAKE_INSTALL_RPATH"] = "@loader_path" if system == "darwin" else "$ORIGIN"
    if system.startswith("linux"):
        flags["CMAKE_SHARED_LINKER_FLAGS"] = flags["CMAKE_MODULE_LINKER_FLAGS"] = "-s"
    if _is_cross(system):
        flags |= cross_windows.FLAGS
    if system == "darwin":
        flags |= {"GGML_METAL": "ON", "GGML_METAL_EMBED_LIBRARY": "ON"}
    if "cpu" in backends:
        flags |= X86_64_FLAGS if platform.machine().lower() in {"x86_64", "amd64"} else {}
    else:
        flags |= {"GGML_BACKEND_DL": "ON", "GGML_CPU_ALL_VARIANTS": "ON"}
        flags["CMAKE_INSTALL_RPATH"] = "$ORIGIN;$ORIGIN/../.."  # modules lie two folders deeper
    if "vulkan" in backends:
        flags["GGML_VULKAN"] = "ON"
    return flags


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Build the wheel of llama_cpp.")
    parser.add_argument("--backends", default="cpu", help="cpu (default), or cpu-all[,vulkan]")
    parser.add_argument("--note", type=Path, help="write the wheel's path into this file")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument(
        "--system", choices=sorted({sys.platform, "win32"}), default=sys.platform
    )
    return parser.parse_args()


def _is_cross(system: str) -> bool:
    """True when Windows' libraries are made on another system."""
    return system == "win32" != sys.platform


def _key(source: Source, flags: dict[str, str], system: str) -> str:
    compiler = cross_windows.compiler_version() if _is_cross(system) else _compiler_version()
    facts = [RECIPE, source.sha256, sorted(flags.items()), compiler]
    facts += [system, platform.machine(), platform.libc_ver()]
    if "GGML_BACKEND_DL" in flags:
        facts += [CPU_VARIANTS, get_vulkan.SUITE]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]


def _compiler_version() -> str:
    """First line of what the compiler says of itself; on Windows CMake finds it alone."""
    if sys.platform == "win32":
        return "default"
    compiler = os.environ.get("CXX") or next(
        (name for name in ("c++", "g++", "clang++") if shutil.which(name)), None
    )
    if compiler is None:
        raise BuildError(
            "There is no C++ compiler. Install one (Debian and Ubuntu: apt-get install g++; "
            "macOS: xcode-select --install) and repeat the command."
        )
    result = subprocess.run(
        [*shlex.split(compiler), "--version"], capture_output=True, text=True, check=False
    )
    return result.stdout.partition("\n")[0]


def _cmake() -> str:
    """A CMake that is new enough: the one beside this Python, or the system's."""
    beside = Path(sys.executable).parent / ("cmake.exe" if os.name == "nt" else "cmake")
    for candidate in (str(beside), "cmake"):
        if not shutil.which(candidate):
            continue
        text = subprocess.run(
            [candidate, "--version"], capture_output=True, text=True, check=False
        )
        words = text.stdout.split()
        number = words[2] if len(words) > 2 else "0"
        if tuple(int(part) for part in number.split("-")[0].split(".")[:2]) >= MINIMUM_CMAKE:
            return candidate
    raise BuildError("There is no CMake of 3.21 or newer. `pip install cmake` brings one.")


def _run(step: str, command: list[str | Path], **environment: str) -> None:
    """Run quietly, into a log; its end is shown when the step fails."""
    with tempfile.TemporaryFile() as log:
        words = [str(part) for part in command]
        env = os.environ | environment
        result = subprocess.run(
            words, env=env, stdout=log, stderr=subprocess.STDOUT, check=False
        )
        if result.returncode == 0:
            return
        log.seek(0)
        tail = log.read().decode(errors="replace")[-4000:]
    raise BuildError(f"{tail}\n{step} failed; the lines above say why.")


def _fetch(source: Source) -> Path:
    """The archive, hash checked, through pip and whatever index pip is set up for."""
    folder = cache_dir() / "sources"
    folder.mkdir(exist_ok=True)
    archive = folder / source.file_name
    if not archive.exists() or _sha256(archive) != source.sha256:
        wanted = f"llama-cpp-python=={source.version} --hash=sha256:{source.sha256}\n"
        with tempfile.TemporaryDirectory(dir=folder) as name:
            requirement = Path(name) / "requirement.txt"
            requirement.write_text(wanted, encoding="utf-8")
            pip: list[str | Path] = [sys.executable, "-m", "pip", "download", "--quiet"]
            pip += [
                "--no-deps",
                "--no-binary",
                ":all:",
                "--no-build-isolation",
                "--require-hashes",
            ]
            _run("Fetching llama.cpp's source", [*pip, "-d", name, "-r", requirement])
            (Path(name) / source.file_name).replace(archive)
    return archive


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unpack(archive: Path, into: Path) -> Path:
    with tarfile.open(archive) as tar:
        if hasattr(tarfile, "data_filter"):  # Debian 12's Python 3.11.2 is older than it
            tar.extraction_filter = tarfile.data_filter
        tar.extractall(into)
    return next(path for path in into.iterdir() if path.name.startswith("llama_cpp_python"))


def drop_cpu_variants(tree: Path) -> None:
    """Take what is not shipped out of llama.cpp's own list of variants, before the build."""
    path = tree / "ggml" / "src" / "CMakeLists.txt"
    text = path.read_text(encoding="utf-8")
    before, start, rest = text.partition("        ggml_add_cpu_backend_variant(x64)\n")
    x86, end, after = rest.partition('elseif(GGML_SYSTEM_ARCH STREQUAL "ARM")')
    if not (start and end):
        raise BuildError("llama.cpp's list of CPU variants has changed: drop_cpu_variants.")
    kept = [
        line
        for line in x86.splitlines(keepends=True)
        if not (found := re.search(r"backend_variant\((\w+)", line)) or found[1] in CPU_VARIANTS
    ]
    path.write_text(before + start + "".join(kept) + end + after, encoding="utf-8")


def _vulkan_flags(system: str, work: Path) -> dict[str, str]:
    """Where this machine has the Vulkan headers and glslc; not part of the key."""
    try:
        tools = get_vulkan.vulkan_tools(cache_dir())
    except get_vulkan.VulkanError as error:
        raise BuildError(str(error)) from error
    if tools is None:
        return {}
    library = tools.library
    if _is_cross(system):
        library = cross_windows.vulkan_import_library(library, work / "vulkan")
    return {
        "Vulkan_INCLUDE_DIR": str(tools.include_dir),
        "Vulkan_LIBRARY": str(library),
        "Vulkan_GLSLC_EXECUTABLE": str(tools.glslc),
        "CMAKE_PREFIX_PATH": str(tools.prefix),
    }


def _compile(tree: Path, into: Path, flags: dict[str, str], n_jobs: int) -> None:
    cmake = _cmake()
    definitions = [f"-D{name}={value}" for name, value in sorted(flags.items())]
    generator = ["-G", "Ninja"] if _ninja() else []
    _run("Configuring llama.cpp", [cmake, "-S", tree, "-B", into, *generator, *definitions])
    targets = ["llama", "ggml"]
    command: list[str | Path] = [
        cmake,
        "--build",
        into,
        "--config",
        "Release",
        "-j",
        str(n_jobs),
    ]
    _run("Compiling llama.cpp", [*command, "--target", *targets])


def _ninja() -> bool:
    """True when CMake can use Ninja; pip's lies beside this Python, perhaps not on PATH."""
    beside = str(Path(sys.executable).parent)
    if not shutil.which("ninja") and shutil.which("ninja", path=beside):
        os.environ["PATH"] = os.pathsep.join((beside, os.environ.get("PATH", "")))
    return shutil.which("ninja") is not None


def placed_libraries(
    build_dir: Path, backends: tuple[str, ...], system: str = sys.platform
) -> dict[str, Path]:
    """Place in the wheel (relative to `llama_cpp/lib`) of each library found in a build.

    Raises:
        BuildError: a library is missing that must have been built.
    """
    places: dict[str, Path] = {}
    suffix = LIBRARY_SUFFIXES.get(system, ".so")
    for path in sorted(build_dir.rglob(f"*{suffix}")):
        if path.is_symlink():
            continue
        folder = ""
        if "cpu" not in backends and "ggml-cpu" in path.name:
            folder = "backends/cpu/"
        elif "ggml-vulkan" in path.name:
            folder = "backends/vulkan/"
        places[folder + path.name] = path
    needed = ["llama", "ggml", "ggml-base"]
    needed += (
        ["ggml-cpu"] if "cpu" in backends else [f"ggml-cpu-{name}" for name in CPU_VARIANTS]
    )
    if "vulkan" in backends:
        needed.append("ggml-vulkan")
    stems = {Path(place).stem.removeprefix("lib") for place in places}
    absent = [name for name in needed if name not in stems]
    if platform.machine().lower() in {"x86_64", "amd64"} and absent:
        raise BuildError(f"The build did not make: {', '.join(absent)}.")
    return places


def _bindings_wheel(tree: Path, into: Path) -> Path:
    """The wheel of the bindings alone: nothing is compiled."""
    pip: list[str | Path] = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"]
    pip += ["--no-build-isolation", "--no-index"]
    _run("Packing llama_cpp", [*pip, "-w", into, tree], CMAKE_ARGS="-DLLAMA_BUILD=OFF")
    return next(into.glob("*.whl"))


if __name__ == "__main__":
    sys.exit(main())
