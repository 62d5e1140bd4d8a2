"""Installs the Windows packages under Wine and uses the program there.

    python packaging/wine_test.py [--out DIR] [--display :N]

Needs what wine_package.py has made in DIR (default: dist/windows), Xvfb and xdotool. Prints one
JSON object; exit code 1 when a check failed.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import wine_system
from checking import (
    ASK,
    answered,
    demand,
    half_written,
    last_json,
    passed,
    row_of,
    wait_until,
)
from screen import Screen, ScreenError, screen
from wine_system import ROOT, ProgramFailedError, WineSystem, windows_path

sys.path.insert(0, str(ROOT))

from app import __version__
from app.core.message import FinishReason, Message
from app.storage.conversation_store import open_store

START_S = 300
END_S = 30
LONG_ANSWER = "Tell me a long story"
DISPLAY = ":98"
UNINSTALL = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall\Lumbre"
OFFERED = r"HKCU\Software\Classes\.gguf\OpenWithProgids"
REGISTRY = (UNINSTALL, r"HKCU\Software\Lumbre", r"HKCU\Software\Classes\Lumbre.gguf")
BUSY_CODE = 3  # of the setup program: Lumbre is open


@dataclass(frozen=True, slots=True)
class Windows:
    """One fresh Windows, and what is tested in it."""

    system: WineSystem
    screen: Screen
    setup: Path
    portable: Path

    @property
    def local(self) -> Path:
        """%LOCALAPPDATA% of the only person."""
        return next((self.system.prefix / "drive_c" / "users").glob("*/AppData/Local"))

    @property
    def program_dir(self) -> Path:
        """Where the setup program installs."""
        return self.local / "Programs" / "Lumbre"

    @property
    def uninstaller(self) -> Path:
        """As the setup program writes it."""
        return self.program_dir / "uninstall.exe"

    @property
    def data_dir(self) -> Path:
        """Where the installed program keeps everything."""
        return self.local / "lumbre"

    def lumbre(
        self, *arguments: str | Path, program: str = "lumbre-cli.exe", **env: str
    ) -> str:
        """What the installed program writes."""
        path = self.program_dir / program
        return self.system.run(path, *arguments, timeout_s=START_S, **env)

    @property
    def practice_model(self) -> Path:
        """The small model that comes with the program."""
        return self.program_dir / "_internal" / "resources" / "practice-gpt-oss.gguf"

    @contextlib.contextmanager
    def window(self) -> Iterator[subprocess.Popen[bytes]]:
        """The installed program with its window on the display, killed at the end.

        It is given a model as by a double click, so that it does not ask for one.
        """
        program = subprocess.Popen(
            self.system.command(self.program_dir / "lumbre.exe", self.practice_model),
            env=self.system.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield program
        finally:
            program.kill()
            program.wait()

    def exit_code(self, program: Path, *arguments: str) -> int:
        """The exit code of a setup program; the uninstaller works in a copy of itself."""
        try:
            self.system.run(program, *arguments, timeout_s=START_S)
        except ProgramFailedError as error:
            return error.code
        return 0

    def has_key(self, key: str) -> bool:
        """True when the registry has it."""
        return self.exit_code(Path("reg"), "query", key) == 0


def main() -> int:
    """Every check in a fresh system; a failed one does not stop the others."""
    parser = argparse.ArgumentParser(description="Test the Windows packages under Wine.")
    parser.add_argument("--out", type=Path, default=ROOT / "dist" / "windows")
    parser.add_argument("--display", default=DISPLAY)
    options = parser.parse_args()
    setup = options.out / f"Lumbre-{__version__}-windows-x64-setup.exe"
    portable = options.out / f"Lumbre-{__version__}-windows-x64-portable.zip"
    if not setup.exists() or not portable.exists():
        print(f"{options.out} has no packages: run make package-windows.", file=sys.stderr)
        return 1
    try:
        with (
            screen(options.display) as seen,
            tempfile.TemporaryDirectory(prefix="lumbre-wine-") as work,
        ):
            prefix = Path(work) / "prefix"
            system = wine_system.copy_of(wine_system.make(), prefix, seen.display)
            windows = Windows(system, seen, setup, portable)
            with system.session():
                rows = [row_of(check, windows) for check in CHECKS]
    except (*wine_system.FAILURES, ScreenError) as error:
        print(error, file=sys.stderr)
        return 1
    print(json.dumps(rows, indent=1))
    return 0 if all(row["ok"] for row in rows) else 1


def installs_silently(windows: Windows) -> object:
    """For this person alone, without a question; in the start menu, offered for .gguf."""
    code = windows.exit_code(windows.setup, "/S")
    demand(code == 0, f"setup's exit code is {code}")
    for name in ("lumbre.exe", "lumbre-cli.exe", "uninstall.exe"):
        demand((windows.program_dir / name).is_file(), f"{name} is not installed")
    for key in (*REGISTRY, OFFERED):
        demand(windows.has_key(key), f"{key} is not in the registry")
    demand(bool(_shortcuts(windows)), "there is no entry in the start menu")
    size = sum(p.stat().st_size for p in windows.program_dir.rglob("*") if p.is_file())
    return {"installed_mb": round(size / 1e6), "setup_mb": round(_size_mb(windows.setup), 1)}


def _size_mb(path: Path) -> float:
    return path.stat().st_size / 1e6


def _shortcuts(windows: Windows) -> list[Path]:
    return list((windows.system.prefix / "drive_c").rglob("Lumbre.lnk"))


def says_its_version(windows: Windows) -> str:
    """The program starts at all."""
    return windows.lumbre("--version").strip()


def opens_its_window_offscreen(windows: Windows) -> object:
    """The smoke test: window, practice model, answer, row in the database."""
    return passed(windows.lumbre("--smoke-test", QT_QPA_PLATFORM="offscreen"))


def opens_its_window_on_a_screen(windows: Windows) -> object:
    """The same with the program without a console and Qt's windows plugin."""
    return passed(windows.lumbre("--smoke-test", program="lumbre.exe"))


def answers_in_the_terminal(windows: Windows) -> object:
    """`--ask` with the practice model, on the CPU."""
    return answered(windows.lumbre(*ASK))


def is_neither_replaced_nor_removed_while_it_is_open(windows: Windows) -> str:
    """Setup and uninstaller stop with their own exit code, and nothing is missing after."""
    with windows.window():
        wait_until(lambda: bool(list(windows.data_dir.glob("*.db"))), "database", START_S)
        for program in (windows.setup, windows.uninstaller):
            code = windows.exit_code(program, "/S", f"_?={windows_path(windows.program_dir)}")
            demand(code == BUSY_CODE, f"{program.name}: exit code {code}")
    demand((windows.program_dir / "_internal").is_dir(), "files are missing")
    return f"exit code {BUSY_CODE}"


def keeps_what_was_said_when_it_is_killed(windows: Windows) -> object:
    """Killed while it answers: the question is there, and so is what was answered by then."""
    n_earlier = _n_loaded(windows)
    with windows.window() as program:
        wait_until(lambda: _n_loaded(windows) > n_earlier, "loaded model", START_S)
        _ask_in_window(windows)
        # It writes what it has at least every quarter of a second; the story takes longer.
        wait_until(lambda: any(half_written(windows.data_dir)), "half of a story", END_S)
        program.send_signal(signal.SIGKILL)
        program.wait()
    (part,) = half_written(windows.data_dir)
    words = windows.lumbre("--smoke-test", QT_QPA_PLATFORM="offscreen")
    said = _said(windows.data_dir)
    demand(any(m.text == LONG_ANSWER for m in said), "the question is lost")
    (answer,) = [m for m in said if m.is_answer]
    demand(answer.finish_reason is FinishReason.INTERRUPTED, f"it is {answer.finish_reason}")
    demand((answer.thinking or "") + answer.text == part, "the answer is another one")
    return {"characters": len(part), "again": passed(words)}


def _ask_in_window(windows: Windows) -> None:
    """Type the question and press Return, and wait until it is written down."""
    wal = next(windows.data_dir.glob("*.db-wal"))
    windows.screen.click(640, 730)
    time.sleep(3)  # nothing outside tells when a busy machine has taken it
    windows.screen.type(LONG_ANSWER, delay_ms=80)
    time.sleep(3)
    before = wal.stat().st_size
    windows.screen.press("Return")
    wait_until(lambda: wal.stat().st_size > before, "written question", START_S)


def _n_loaded(windows: Windows) -> int:
    """How often the window has written down that its model is loaded."""
    log = windows.data_dir / "Logs" / "lumbre.log"
    return log.read_text("utf-8").count(": loaded ") if log.exists() else 0


def _said(data_dir: Path) -> list[Message]:
    """All messages in the data folder, read from a copy by this machine's program."""
    with tempfile.TemporaryDirectory() as name:
        shutil.copytree(data_dir, Path(name) / "data")
        store = open_store(Path(name) / "data")
        try:
            store.mark_interrupted()
            found = [store.load(row.id) for row in store.list_conversations()]
            return [m for conversation in found for m in conversation.messages.values()]
        finally:
            store.close()


def answers_without_a_vulkan_loader(windows: Windows) -> object:
    """As on a computer whose graphics driver brought none: the processor, and no error."""
    overrides = windows.system.environment()["WINEDLLOVERRIDES"] + ";vulkan-1=d"
    return answered(windows.lumbre(*ASK, WINEDLLOVERRIDES=overrides))


def plans_for_a_graphics_device(windows: Windows) -> object:
    """Mesa's software device, reached through Wine's Vulkan, would get layers."""
    command: list[str | Path] = ["--plan", windows.practice_model, "--json"]
    words = windows.lumbre(*command, GGML_VK_VISIBLE_DEVICES="0")
    plan = last_json(words)
    is_used = plan["device"].startswith("Vulkan") and plan["n_gpu_layers"] >= 1
    demand(is_used, f"the plan leaves the device alone: {plan}")
    return {"device": plan["device"], "n_gpu_layers": plan["n_gpu_layers"]}


def answers_with_a_graphics_device(windows: Windows) -> object:
    """On the device, or without it when its trial fails or takes too long; the trials say."""
    found = answered(windows.lumbre(*ASK, GGML_VK_VISIBLE_DEVICES="0"))
    trials = windows.data_dir / "Cache" / "trials.json"
    return found | {"trials": trials.read_text("utf-8")[-1500:] if trials.exists() else ""}


def the_portable_program_writes_only_beside_itself(windows: Windows) -> object:
    """From a folder with spaces and accents, as on a stick."""
    folder = windows.system.prefix / "drive_c" / "Memoria de Ñandú"
    with zipfile.ZipFile(windows.portable) as archive:
        archive.extractall(folder)
    before = _files(windows.local)
    program = folder / "Lumbre" / "lumbre-cli.exe"
    found = answered(windows.system.run(program, *ASK, timeout_s=START_S))
    strange = [p for p in _files(windows.local) - before if "Temp" not in p.parts]
    demand(not strange, f"written elsewhere: {strange}")
    demand((folder / "Lumbre" / "data").is_dir(), "there is no folder data")
    return found | {"zip_mb": round(_size_mb(windows.portable), 1)}


def _files(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


def is_installed_over_itself(windows: Windows) -> str:
    """An update keeps the conversations and leaves no old file of the program."""
    old = windows.program_dir / "_internal" / "of-the-last-version.txt"
    old.write_text("old", encoding="utf-8")
    code = windows.exit_code(windows.setup, "/S")
    demand(code == 0, f"setup's exit code is {code}")
    demand(not old.exists(), "an old file is still there")
    demand(bool(list(windows.data_dir.glob("*.db"))), "the conversations are gone")
    return windows.lumbre("--version").strip()


def leaves_nothing_but_conversations(windows: Windows) -> str:
    """The uninstaller takes the program, its shortcuts and its registry, and no data."""
    code = windows.exit_code(windows.uninstaller, "/S")
    demand(code == 0, f"the uninstaller's exit code is {code}")
    wait_until(lambda: not windows.program_dir.exists(), "empty program folder", START_S)
    for key in (*REGISTRY, OFFERED):
        demand(not windows.has_key(key), f"{key} is still in the registry")
    demand(not _shortcuts(windows), "a shortcut is left")
    demand(bool(list(windows.data_dir.glob("*.db"))), "the conversations are gone")
    return "removed; conversations kept"


def deletes_the_conversations_when_it_is_told_to(windows: Windows) -> str:
    """With the box ticked, or /DATA, the person's data goes with the program."""
    for program, words in ((windows.setup, ["/S"]), (windows.uninstaller, ["/S", "/DATA"])):
        code = windows.exit_code(program, *words)
        demand(code == 0, f"{program.name}: exit code {code}")
    wait_until(lambda: not windows.program_dir.exists(), "empty program folder", START_S)
    wait_until(lambda: not windows.data_dir.exists(), "deleted data", END_S)
    return "nothing is left"


CHECKS: tuple[Callable[[Windows], object], ...] = (
    installs_silently,
    says_its_version,
    opens_its_window_offscreen,
    opens_its_window_on_a_screen,
    answers_in_the_terminal,
    is_neither_replaced_nor_removed_while_it_is_open,
    keeps_what_was_said_when_it_is_killed,
    answers_without_a_vulkan_loader,
    plans_for_a_graphics_device,
    answers_with_a_graphics_device,
    the_portable_program_writes_only_beside_itself,
    is_installed_over_itself,
    leaves_nothing_but_conversations,
    deletes_the_conversations_when_it_is_told_to,
)

if __name__ == "__main__":
    sys.exit(main())
