"""Installs the finished packages into systems without Python and uses the program there.

    python packaging/package_test.py [--suites bookworm,trixie]

Needs root (debootstrap and chroot), the packages in dist, and Xvfb. Each suite of Debian is
made once and kept in the build cache. Prints one JSON object; exit code 1 when a check failed.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "packaging" / "native")]

import build  # noqa: E402
import get_vulkan  # noqa: E402

from app import __version__  # noqa: E402

DEB = ROOT / "dist" / f"lumbre_{__version__}_amd64.deb"
DISPLAY = ":97"
TIMEOUT_S = 300
QUESTION = "How do I change the reasoning level?"


class PackageTestError(Exception):
    """A check failed; the text says which and how."""


class System:
    """A Debian without Python and compilers, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, command: str, *, user: str = "root", **environment: str) -> str:
        """Output of a shell command in the system.

        Raises:
            PackageTestError: it failed, or took more than TIMEOUT_S.
        """
        values = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LANG": "C.UTF-8"}
        if user != "root":
            values["HOME"] = f"/home/{user}"
            command = f"cd /home/{user} && {command}"
        words = [f"{name}={value}" for name, value in (values | environment).items()]
        chroot = [
            "chroot",
            f"--userspec={user}",
            str(self.folder),
            "/usr/bin/env",
            "-i",
            *words,
        ]
        try:
            result = subprocess.run(
                [*chroot, "sh", "-c", command],
                capture_output=True,
                text=True,
                stdin=subprocess.DEVNULL,
                timeout=TIMEOUT_S,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise PackageTestError(f"{command}: longer than {TIMEOUT_S} s") from error
        if result.returncode != 0:
            tail = (result.stdout + result.stderr)[-2000:]
            raise PackageTestError(f"{command}: exit code {result.returncode}\n{tail}")
        return result.stdout


def main() -> int:
    """Test every suite; one JSON object on stdout."""
    parser = argparse.ArgumentParser(description="Test the finished packages.")
    parser.add_argument("--suites", default="bookworm,trixie")
    options = parser.parse_args()
    if os.geteuid() != 0 or not shutil.which("debootstrap"):
        print("package-test needs root and debootstrap (apt-get install debootstrap).")
        return 1
    if not DEB.exists():
        print(f"There is no {DEB}: run make package first.")
        return 1
    screen = subprocess.Popen(
        ["Xvfb", DISPLAY, "-screen", "0", "1280x800x24", "-ac", "-nolisten", "tcp"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        report = {suite: test_suite(suite) for suite in options.suites.split(",")}
    finally:
        screen.terminate()
        screen.wait()
    print(json.dumps(report, indent=1))
    return 0 if all(row["ok"] for suite in report.values() for row in suite) else 1


def test_suite(suite: str) -> list[dict[str, object]]:
    """Every check in a fresh copy of the suite; a failed one does not stop the others."""
    rows: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory(prefix=f"lumbre-{suite}-") as name:
        system = System(Path(name) / "root")
        with _mounted(base_system(suite), Path(name), system.folder):
            rows += [_row(check, system) for check in CHECKS]
    return rows


@contextlib.contextmanager
def _mounted(base: Path, work: Path, root: Path) -> Iterator[None]:
    """`root` shows `base`, with /proc and /dev; what is written goes into `work`."""
    layers = {"lowerdir": base, "upperdir": work / "written", "workdir": work / "overlay"}
    for folder in (root, layers["upperdir"], layers["workdir"]):
        folder.mkdir()
    options = ",".join(f"{name}={folder}" for name, folder in layers.items())
    mounts = [
        (root, ["-t", "overlay", "overlay", "-o", options]),
        (root / "proc", ["-t", "proc", "proc"]),
        (root / "dev", ["--bind", "/dev"]),
    ]
    with contextlib.ExitStack() as stack:
        for place, words in mounts:
            subprocess.run(["mount", *words, str(place)], check=True)
            stack.callback(subprocess.run, ["umount", "-l", str(place)], check=True)
        yield


def base_system(suite: str) -> Path:
    """The bare suite in the build cache, made when it is not there yet."""
    folder = build.cache_dir() / f"system-{suite}"
    if not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        mirror = get_vulkan.debian_mirror()
        command = ["debootstrap", "--variant=minbase", suite, str(folder / "root"), mirror]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        (folder / "complete").touch()
    return folder / "root"


def _row(check: Callable[[System], object], system: System) -> dict[str, object]:
    started = time.monotonic()
    row: dict[str, object] = {"check": check.__name__, "ok": True}
    try:
        row["found"] = check(system)
    except PackageTestError as error:
        row |= {"ok": False, "found": str(error)}
    row["seconds"] = round(time.monotonic() - started, 1)
    print(f"{check.__name__}: {row['ok']} in {row['seconds']} s", file=sys.stderr, flush=True)
    return row


def installs_with_apt(system: System) -> str:
    """The package with its dependencies, and nothing of Python."""
    shutil.copy(DEB, system.folder / "tmp/lumbre.deb")
    for name in ("resolv.conf", "hosts"):
        shutil.copy(f"/etc/{name}", system.folder / "etc" / name)
    _lend_apt_settings(system)
    system.run("apt-get update -q", DEBIAN_FRONTEND="noninteractive")
    install = "apt-get install -qy --no-install-recommends /tmp/lumbre.deb"
    system.run(install, DEBIAN_FRONTEND="noninteractive")
    system.run("useradd -m person && ! command -v python3 && ! command -v cc")
    return system.run("dpkg-query -W -f '${Version}' lumbre")


def _lend_apt_settings(system: System) -> None:
    """Certificates and proxies that this machine's own apt needs to reach its mirror."""
    certificates = Path("/etc/ssl/certs/ca-certificates.crt")
    if certificates.exists():
        target = system.folder / "etc/ssl/certs/ca-certificates.crt"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(certificates, target)
    for path in Path("/etc/apt/apt.conf.d").glob("*prox*"):
        shutil.copy(path, system.folder / "etc/apt/apt.conf.d")


def says_its_version(system: System) -> str:
    """The program starts at all."""
    return system.run("lumbre --version", user="person").strip()


def opens_its_window_offscreen(system: System) -> object:
    """The smoke test: window, practice model, answer, row in the database."""
    return _smoke_test(system, QT_QPA_PLATFORM="offscreen")


def opens_its_window_on_a_screen(system: System) -> object:
    """The same with Qt's xcb plugin; the display is reached through its abstract socket."""
    return _smoke_test(system, DISPLAY=DISPLAY)


def _smoke_test(system: System, **environment: str) -> object:
    lines = system.run("lumbre --smoke-test", user="person", **environment).splitlines()
    return json.loads(lines[-1])


def answers_in_the_terminal(system: System) -> object:
    """`--ask` with the practice model, on the CPU."""
    command = f'lumbre --ask "{QUESTION}" --reasoning low --greedy --json'
    found = json.loads(system.run(command, user="person"))
    if not found["answer"]:
        raise PackageTestError("the answer is empty")
    return {"answer": found["answer"][:80], "stats": found["stats"]}


def keeps_conversations_after_kill_9(system: System) -> str:
    """Killed with its window open, started again: the data folder opens."""
    person = system.run("id -u person").strip()
    chroot = ["chroot", f"--userspec={person}", str(system.folder), "/usr/bin/env", "-i"]
    words = [f"DISPLAY={DISPLAY}", "HOME=/home/person", "PATH=/usr/bin", "lumbre"]
    program = subprocess.Popen(
        [*chroot, *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    database = system.folder / "home/person/.local/share/lumbre"
    deadline = time.monotonic() + 60
    while not list(database.glob("*.db")) and time.monotonic() < deadline:
        time.sleep(0.1)
    program.send_signal(signal.SIGKILL)
    program.wait()
    if not list(database.glob("*.db")):
        raise PackageTestError("no database came into being within 60 s")
    _smoke_test(system, QT_QPA_PLATFORM="offscreen")
    command = "timeout -s TERM 5 lumbre; test $? -eq 124 -o $? -eq 0"
    system.run(command, user="person", DISPLAY=DISPLAY)
    return "opened again after SIGKILL"


def plans_for_a_graphics_device(system: System) -> object:
    """Mesa's software Vulkan device is found, and layers would go there."""
    install = "apt-get install -qy --no-install-recommends libvulkan1 mesa-vulkan-drivers"
    system.run(install, DEBIAN_FRONTEND="noninteractive")
    model = "/usr/lib/lumbre/_internal/resources/practice-gpt-oss.gguf"
    command = f"lumbre --plan {model} --json"
    plan = json.loads(system.run(command, user="person", GGML_VK_VISIBLE_DEVICES="0"))
    if not plan["device"].startswith("Vulkan") or plan["n_gpu_layers"] < 1:
        raise PackageTestError(f"the plan leaves the device alone: {plan}")
    return {"device": plan["device"], "n_gpu_layers": plan["n_gpu_layers"]}


def answers_with_a_graphics_device(system: System) -> object:
    """An answer comes, on the device or, when its trial fails or takes too long, without it.

    Which of the two is in the trials; a busy machine compiles Mesa's shaders too slowly.
    """
    command = f'lumbre --ask "{QUESTION}" --reasoning low --greedy --json'
    found = json.loads(system.run(command, user="person", GGML_VK_VISIBLE_DEVICES="0"))
    if not found["answer"]:
        raise PackageTestError("the answer is empty")
    trials = system.run("cat .cache/lumbre/trials.json || true", user="person")
    return {"answer": found["answer"][:80], "stats": found["stats"], "trials": trials[-1500:]}


def writes_only_into_its_own_folders(system: System) -> list[str]:
    """Everything in the person's home that the program has made."""
    home = system.folder / "home/person"
    allowed = (".local/share/lumbre", ".config/lumbre", ".cache/lumbre", ".local/state/lumbre")
    files = [path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file()]
    skeleton = {".bashrc", ".profile", ".bash_logout"}
    foreign = [name for name in files if name not in skeleton and not name.startswith(allowed)]
    drivers = (".cache/mesa", ".cache/fontconfig", ".cache/dconf")  # the system's own
    foreign = [name for name in foreign if not name.startswith(drivers)]
    if foreign:
        raise PackageTestError(f"foreign files: {foreign}")
    return sorted({"/".join(name.split("/")[:3]) for name in files if name not in skeleton})


def leaves_nothing_but_conversations(system: System) -> str:
    """Removal takes the program and leaves the person's data."""
    system.run("apt-get purge -qy lumbre", DEBIAN_FRONTEND="noninteractive")
    left = system.run("find /usr /etc /var -path '*lumbre*' -not -path '/var/log/*' | head")
    if left.strip():
        raise PackageTestError(f"left behind: {left}")
    if not (system.folder / "home/person/.local/share/lumbre").is_dir():
        raise PackageTestError("the person's conversations are gone")
    return "removed; conversations kept"


CHECKS: tuple[Callable[[System], object], ...] = (
    installs_with_apt,
    says_its_version,
    opens_its_window_offscreen,
    opens_its_window_on_a_screen,
    answers_in_the_terminal,
    keeps_conversations_after_kill_9,
    plans_for_a_graphics_device,
    answers_with_a_graphics_device,
    writes_only_into_its_own_folders,
    leaves_nothing_but_conversations,
)

if __name__ == "__main__":
    sys.exit(main())
