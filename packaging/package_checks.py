"""What an installed Lumbre must do on a system without Python; used by package_test.py."""

from __future__ import annotations

import json
import re
import shlex
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bare_system import PERSON, SESSION, System
from checking import (
    ASK,
    QUESTION,
    CheckError,
    answered,
    column,
    demand,
    half_written,
    passed,
    wait_until,
)
from screen import Screen

MODEL = "_internal/resources/practice-gpt-oss.gguf"
LOAD_S = 60
NEWEST_ANSWER = (
    "SELECT thinking || text FROM messages WHERE role = 'assistant' ORDER BY id DESC LIMIT 1"
)
COLOURS_OF_A_WINDOW = 40  # a blank screen has one, an empty window a handful
GRAPHICS_TIMEOUT_S = (
    900  # Mesa's software device compiles shaders for minutes on a busy machine
)
MESA_CRASHES_IN = "12."  # Debian's version
WAYLAND = "lumbre-test"  # name of the session's socket
OLDEST_SQLITE = (3, 51, 3)
# Where the program may write, below the person's home; then what the system's libraries write.
OWN_FOLDERS = (".local/share/lumbre", ".config/lumbre", ".cache/lumbre", ".local/state/lumbre")
SYSTEM_CACHES = (".cache/mesa", ".cache/fontconfig", ".cache/dconf", ".cache/nvidia")
PDF = """%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 99]/Contents 4 0 R
/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj
4 0 obj<</Length 38>>stream
BT /F 12 Tf 9 50 Td (Hello PDF) Tj ET
endstream endobj
trailer<</Root 1 0 R>>
"""


@dataclass(frozen=True, slots=True)
class Installed:
    """One way in which the program came onto a system, and where it is looked at."""

    name: str  # "deb", "tar", "AppDir"
    system: System
    command: str  # as the person types it
    folder: str  # of the program, from inside
    screen: Screen
    pictures: Path  # folder on this machine

    def run(self, arguments: str, *, timeout_s: float = 300.0, **environment: str) -> str:
        """Standard output of the program, started by the person."""
        words = f"{self.command} {arguments}"
        return self.system.run(words, timeout_s=timeout_s, **environment)

    def ask(self, *, timeout_s: float = 300.0, **environment: str) -> dict[str, object]:
        """The practice model's answer in the terminal, with its statistics.

        Raises:
            CheckError: there is none.
        """
        return answered(self.run(shlex.join(ASK), timeout_s=timeout_s, **environment))


Check = Callable[[Installed], object]


def says_its_version(it: Installed) -> str:
    """The program starts at all."""
    return it.run("--version").strip()


def finds_every_library(it: Installed) -> str:
    """`ldd` has no "not found", but for the Vulkan loader where there is none."""
    files = f"find {it.folder} -type f \\( -name '*.so*' -o -name lumbre \\)"
    # Libraries of the program's root are found through the start program's search path.
    found = it.system.run(f"{files} -exec ldd {{}} + 2>/dev/null || true")
    own = it.system.run(f"find {it.folder} -name '*.so*' -printf '%f\\n'").split()
    missing = set(re.findall(r"(\S+) => not found", found)) - set(own)
    if missing - {"libvulkan.so.1", "libcups.so.2"}:
        raise CheckError(f"unresolved: {sorted(missing)}")
    return f"{found.count('=>')} needs looked up; without: {sorted(missing) or 'none'}"


def opens_its_window_offscreen(it: Installed) -> object:
    """The smoke test: window, practice model, answer, row in the database, versions."""
    report = passed(it.run("--smoke-test", QT_QPA_PLATFORM="offscreen"))
    version = str(report["versions"]["SQLite"])
    demand(tuple(map(int, version.split("."))) >= OLDEST_SQLITE, f"SQLite is {version}")
    return report


def opens_its_window_on_a_screen(it: Installed) -> str:
    """The real window with Qt's xcb plugin: it paints something; SIGTERM ends it in order."""
    program = it.system.start(f"{it.command} --data-dir seen", DISPLAY=it.screen.display)
    try:
        window = it.screen.wait_for_window("Lumbre")
        it.screen.fill(window, 1200, 780)
        colours = _settled_colours(it.screen)
        it.screen.picture(it.pictures / f"{it.name}-window.png")
        program.send_signal(signal.SIGTERM)
        code = program.wait(timeout=30)
    finally:
        _end(program)
    if colours < COLOURS_OF_A_WINDOW or code != 0:
        raise CheckError(f"{colours} colours, exit code {code}")
    return f"{colours} colours"


def opens_its_window_on_wayland(it: Installed) -> object:
    """The smoke test with Qt's Wayland plugin, in a session whose screen nobody sees."""
    it.system.apt("install weston")
    words = f"weston --backend=headless-backend.so --socket={WAYLAND} --idle-time=0"
    session = it.system.start(words)
    socket = it.system.root / SESSION["XDG_RUNTIME_DIR"].lstrip("/") / WAYLAND
    try:
        wait_until(socket.exists, "session of weston", LOAD_S)
        # Asked for by name, the plugin has no other to give way to.
        report = it.run("--smoke-test", WAYLAND_DISPLAY=WAYLAND, QT_QPA_PLATFORM="wayland")
        session.terminate()
        session.wait(timeout=30)
    finally:
        _end(session)
    return passed(report)


def answers_in_the_terminal(it: Installed) -> object:
    """`--ask` with the practice model, on the CPU."""
    return it.ask()


def reads_a_pdf_in_its_own_process(it: Installed) -> str:
    """PDFium is in the bundle, and the way to it that the window takes."""
    (it.system.home / "page.pdf").write_text(PDF, encoding="ascii")
    found = json.loads(it.run("--read-pdf < page.pdf"))
    if found["text"] != "Hello PDF":
        raise CheckError(f"read: {found}")
    return str(found["outcome"])


def keeps_the_answer_after_kill_9(it: Installed) -> str:
    """Killed while it writes an answer: the next start has the part that was written."""
    data = it.system.home / "killed"
    data.mkdir(exist_ok=True)
    settings = {
        "schema_version": 1,
        "language": "en",
        "has_seen_welcome": True,
        "model_path": f"{it.folder}/{MODEL}",
        "reasoning": "high",
    }
    (data / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
    it.system.run(f"chown -R {PERSON} /home/{PERSON}/killed", user="root")
    part = _answer_cut_by_kill_9(it, data)
    program = it.system.start(f"{it.command} --data-dir killed", DISPLAY=it.screen.display)
    try:
        it.screen.wait_for_window("Lumbre")
        wait_until(lambda: not half_written(data), "mark at the answer", LOAD_S)
        it.screen.picture(it.pictures / f"{it.name}-after-kill.png")
        program.send_signal(signal.SIGTERM)
        code = program.wait(timeout=30)
    finally:
        _end(program)
    kept = next(iter(column(data, NEWEST_ANSWER)), "")
    if code != 0 or not kept.startswith(part):
        raise CheckError(f"exit code {code}; kept {len(kept)} of {len(part)} characters")
    return f"{len(part)} characters at SIGKILL, {len(kept)} after the next start"


def survives_broken_drivers(it: Installed) -> object:
    """Three Vulkan drivers that are none: missing, no library, ending every process."""
    it.system.apt("install libvulkan1")
    _write_broken_drivers(it.system.root / "opt")
    found = {}
    for name in ("missing", "no-library", "deadly"):
        driver = f"/opt/{name}.json"
        found[name] = it.ask(VK_DRIVER_FILES=driver, VK_ICD_FILENAMES=driver)["answer"]
    return found


def answers_with_a_graphics_device(it: Installed) -> object:
    """Layers go to Mesa's software device if it passes its self-test against the processor.

    Debian 12's Mesa crashes with some texts of more than 32 tokens. When it does in the
    self-test, the answer comes from the processor.
    """
    it.system.apt("install mesa-vulkan-drivers")
    plan = json.loads(it.run(f"--plan {it.folder}/{MODEL} --json", GGML_VK_VISIBLE_DEVICES="0"))
    if not plan["device"].startswith("Vulkan") or plan["n_gpu_layers"] < 1:
        raise CheckError(f"the plan leaves the device alone: {plan}")
    it.system.run("rm -f .cache/lumbre/trials.json")
    first = it.ask(timeout_s=GRAPHICS_TIMEOUT_S, GGML_VK_VISIBLE_DEVICES="0")
    again = it.ask(timeout_s=GRAPHICS_TIMEOUT_S, GGML_VK_VISIBLE_DEVICES="0")
    trials = set(json.loads(it.system.run("cat .cache/lumbre/trials.json"))["trials"])
    is_used = device_has_passed(trials)
    if not is_used and MESA_CRASHES_IN not in it.system.run("cat /etc/debian_version"):
        raise CheckError(f"the device was not used: {sorted(trials)}")
    return {"is_used": is_used, "plan": plan["n_gpu_layers"], "first": first, "again": again}


def device_has_passed(trials: set[str]) -> bool:
    """True when the remembered trials are of the processor and of a device that is used.

    A device that was not ready in time stands there as "slow:" and may have passed since.
    """
    passed = {key for key in trials if ":" not in key}
    slow = {key.removeprefix("slow:") for key in trials if key.startswith("slow:")}
    is_given_up = any(key.startswith("failed:") for key in trials)
    return not is_given_up and slow <= passed and len(passed) > 1


def starts_from_a_cold_disk(it: Installed) -> object:
    """First paint with nothing of the program in memory; not judged, other programs run too."""
    cold = []
    for _ in range(3):
        subprocess.run(["sync"], check=True)
        Path("/proc/sys/vm/drop_caches").write_text("3\n", encoding="ascii")
        report = passed(it.run("--smoke-test", DISPLAY=it.screen.display))
        cold.append(report["first_paint_ms"])
    warm = [passed(it.run("--smoke-test", DISPLAY=it.screen.display)) for _ in range(3)]
    return {"cold_first_paint_ms": cold, "warm": [row["first_paint_ms"] for row in warm]}


# -- the parts of these checks -----------------------------------------------------------------
def _settled_colours(screen: Screen) -> int:
    """Colours on the screen as soon as they are many, or after twenty seconds."""
    deadline = time.monotonic() + 20
    while (n := screen.picture()) < COLOURS_OF_A_WINDOW and time.monotonic() < deadline:
        time.sleep(0.2)
    return n


def _answer_cut_by_kill_9(it: Installed, data: Path) -> str:
    """Ask in the window until an answer is caught half written; what of it was on the disk."""
    for _ in range(6):
        program = it.system.start(f"{it.command} --data-dir killed", DISPLAY=it.screen.display)
        try:
            it.screen.wait_for_window("Lumbre")
            wait_until(lambda: _has_loaded(data), "loaded model", LOAD_S)
            it.screen.type(QUESTION)
            it.screen.press("Return")
            deadline = time.monotonic() + 20
            while time.monotonic() < deadline and not any(half_written(data)):
                time.sleep(0.01)
        finally:
            _end(program)
        if parts := [text for text in half_written(data) if text]:
            return parts[-1]
    raise CheckError("no answer could be caught half written")


def _has_loaded(data: Path) -> bool:
    log = data / "logs/lumbre.log"
    starts = log.read_text("utf-8").split(" starts") if log.exists() else []
    return bool(starts) and "loaded" in starts[-1]


def _end(program: subprocess.Popen[bytes]) -> None:
    if program.poll() is None:
        program.kill()
    program.wait()


def _write_broken_drivers(folder: Path) -> None:
    (folder / "no-library.so").write_text("This is no library.\n", encoding="utf-8")
    source = (
        "#include <stdlib.h>\n__attribute__((constructor)) static void f(void) { abort(); }\n"
    )
    compile_it = ["cc", "-shared", "-fPIC", "-x", "c", "-", "-o", str(folder / "deadly.so")]
    subprocess.run(compile_it, input=source.encode(), check=True)
    for name in ("missing", "no-library", "deadly"):
        manifest = {
            "file_format_version": "1.0.0",
            "ICD": {"library_path": f"/opt/{name}.so", "api_version": "1.3.0"},
        }
        (folder / f"{name}.json").write_text(json.dumps(manifest), encoding="utf-8")


def foreign_files(written: set[str], allowed: tuple[str, ...]) -> list[str]:
    """Which of the written files are neither the person's data nor the system's own."""
    home = f"/home/{PERSON}/"
    places = [home + place for place in (*allowed, *SYSTEM_CACHES)]
    return sorted(path for path in written if not path.startswith(tuple(places)))
