"""Installs the finished packages into systems without Python and uses the program there.

    python packaging/package_test.py [--suites bookworm,jammy] [--only deb] [--display :97]

Needs root (debootstrap, chroot), Xvfb and xdotool, and the packages in dist. Each suite of
Debian and Ubuntu is made once and kept in the build cache. Prints one JSON object; exit code 1
when a check failed. Pictures of the windows are left in build/package-test.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "packaging" / "native")]

import package_checks as checks  # noqa: E402
from bare_system import bare_system  # noqa: E402
from base_system import SUITES  # noqa: E402
from checking import CheckError, Row, row_of  # noqa: E402
from package_checks import Installed  # noqa: E402
from screen import Screen, screen  # noqa: E402

from app import __version__  # noqa: E402

DIST = ROOT / "dist"
DEB = DIST / f"lumbre_{__version__}_amd64.deb"
TAR = DIST / f"lumbre-{__version__}-linux-x86_64.tar.xz"
APP_DIR = DIST / "Lumbre.AppDir"
PICTURES = ROOT / "build" / "package-test"
TOOLS = ("debootstrap", "Xvfb", "xdotool")
FULL: tuple[checks.Check, ...] = (
    checks.says_its_version,
    checks.finds_every_library,
    checks.opens_its_window_offscreen,
    checks.opens_its_window_on_a_screen,
    checks.starts_from_a_cold_disk,
    checks.answers_in_the_terminal,
    checks.reads_a_pdf_in_its_own_process,
    checks.keeps_the_answer_after_kill_9,
    checks.survives_broken_drivers,
    checks.answers_with_a_graphics_device,
    checks.opens_its_window_on_wayland,
)
SHORT: tuple[checks.Check, ...] = (
    checks.says_its_version,
    checks.finds_every_library,
    checks.opens_its_window_offscreen,
    checks.opens_its_window_on_a_screen,
    checks.answers_in_the_terminal,
    checks.keeps_the_answer_after_kill_9,
)


def main() -> int:
    """Test every suite; one JSON object on stdout."""
    parser = argparse.ArgumentParser(description="Test the finished packages.")
    parser.add_argument("--suites", default=",".join(SUITES))
    parser.add_argument("--only", choices=["deb", "tar", "AppDir"], help="one package alone")
    parser.add_argument("--display", default=":97", help="a number that no X server has")
    options = parser.parse_args()
    lacking = [name for name in TOOLS if not shutil.which(name)]
    if os.geteuid() != 0 or lacking:
        print(f"package-test needs root and: {' '.join(lacking)} (apt-get install ...).")
        return 1
    if not (DEB.exists() and TAR.exists() and APP_DIR.exists()):
        print(f"There is no {DEB.name} in {DIST}: run make package first.")
        return 1
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # mounts are undone on the way out
    with screen(options.display) as seen:
        report = {
            suite: list(test_suite(suite, seen, options.only))
            for suite in options.suites.split(",")
        }
    print(json.dumps(report, indent=1))
    return 0 if all(row["ok"] for rows in report.values() for row in rows) else 1


def test_suite(suite: str, seen: Screen, only: str | None) -> Iterator[Row]:
    """Every package in a fresh copy of the suite; a failed check does not stop the others."""
    pictures = PICTURES / suite
    pictures.mkdir(parents=True, exist_ok=True)
    with bare_system(suite) as system:
        deb = Installed("deb", system, "lumbre", "/usr/lib/lumbre", seen, pictures)
        yield _row(suite, deb, install_deb)
        if only in {None, "deb"}:
            yield from _used(suite, deb, FULL)
        # Its dependencies stay: what a desktop has, and the other packages expect.
        yield _row(suite, deb, remove_deb)
        if only in {None, "tar"}:
            folder = f"/home/person/lumbre-{__version__}"
            tar = Installed("tar", system, f"{folder}/lumbre", folder, seen, pictures)
            yield _row(suite, tar, unpack_tar)
            yield from _used(suite, tar, SHORT)
            yield _row(suite, tar, stays_in_its_folder)
        if only in {None, "AppDir"}:
            folder = "/opt/Lumbre.AppDir"
            command = f"{folder}/AppRun"
            program = Installed(
                "AppDir", system, command, f"{folder}/usr/lib/lumbre", seen, pictures
            )
            yield _row(suite, program, copy_app_dir)
            yield from _used(suite, program, SHORT)


def _used(suite: str, it: Installed, chosen: tuple[checks.Check, ...]) -> Iterator[Row]:
    """The checks, then what was written while they ran."""
    started = time.time()
    for check in chosen:
        yield _row(suite, it, check)

    def writes_only_into_its_own_folders(_: Installed) -> str:
        written = it.system.files_written(started)
        named = ("seen/", "killed/", "page.pdf")  # what the checks themselves name or write
        foreign = checks.foreign_files(written, (*checks.OWN_FOLDERS, *named))
        foreign = [path for path in foreign if not path.startswith("/opt/")]  # broken drivers
        if foreign:
            raise CheckError(f"foreign files: {foreign[:20]}")
        return f"{len(written)} files, 0 foreign"

    yield _row(suite, it, writes_only_into_its_own_folders)


def _row(suite: str, it: Installed, check: Callable[[Installed], object]) -> Row:
    return {"package": it.name} | row_of(check, it, label=f"{suite} {it.name}")


def install_deb(it: Installed) -> str:
    """The package with its dependencies, and nothing of Python."""
    shutil.copy(DEB, it.system.root / "tmp/lumbre.deb")
    it.system.run("apt-get update -q", user="root")
    it.system.apt("install /tmp/lumbre.deb")
    it.system.run("! command -v python3 && ! command -v cc && ! command -v gcc")
    return it.system.run("dpkg-query -W -f '${Version} ${Installed-Size}' lumbre")


def remove_deb(it: Installed) -> str:
    """Purging, which is more than removing, leaves the person's data."""
    home = it.system.home
    kept = home / ".local/share/lumbre"
    it.system.run("mkdir -p .local/share/lumbre && echo own > .local/share/lumbre/kept.txt")
    it.system.apt("purge lumbre")
    left = it.system.run(
        "find /usr /etc /var /opt -path '*lumbre*' -not -path '/var/log/*' | head", user="root"
    )
    if left.strip():
        raise CheckError(f"left behind: {left}")
    if not (kept / "kept.txt").is_file():
        raise CheckError("the person's conversations are gone")
    return "purged; conversations kept"


def unpack_tar(it: Installed) -> str:
    """The person unpacks it at home: no administrator needed."""
    it.system.apt("install xz-utils")
    shutil.copy(TAR, it.system.root / "tmp/lumbre.tar.xz")
    it.system.run("tar -xf /tmp/lumbre.tar.xz && rm -rf .local/share/lumbre .cache/lumbre")
    return it.system.run(f"ls {it.folder}")


def stays_in_its_folder(it: Installed) -> str:
    """With portable.txt beside the program everything is written below its own folder."""
    it.system.run(f"touch {it.folder}/portable.txt")
    started = time.time()
    answer = it.ask()["answer"]
    environment = {"DISPLAY": it.screen.display}
    program = it.system.start(it.command, **environment)
    try:
        it.screen.wait_for_window("Lumbre")
        database = it.system.home / f"lumbre-{__version__}/data"
        deadline = time.monotonic() + 60
        while not list(database.glob("*.db")) and time.monotonic() < deadline:
            time.sleep(0.1)
        program.terminate()
        program.wait(timeout=30)
    finally:
        if program.poll() is None:
            program.kill()
        program.wait()
    written = it.system.files_written(started)
    foreign = checks.foreign_files(written, (f"lumbre-{__version__}/data/",))
    if foreign or not list(database.glob("*.db")):
        raise CheckError(f"foreign files: {foreign[:20]}; see {database}")
    return f"answered ({answer}); {len(written)} files, all below data"


def copy_app_dir(it: Installed) -> str:
    """What an AppImage would mount; nobody may write there."""
    target = it.system.root / it.folder.lstrip("/").partition("/usr/")[0]
    shutil.copytree(APP_DIR, target, symlinks=True)
    it.system.run(f"chmod -R a-w /{target.relative_to(it.system.root)}", user="root")
    return it.system.run(f"ls -a /{target.relative_to(it.system.root)}")


if __name__ == "__main__":
    sys.exit(main())
