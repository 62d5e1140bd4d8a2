"""The Windows bundle, its installer and its portable zip, made on Debian under Wine.

    python packaging/wine_package.py [--out DIR] [--backends cpu-all,vulkan] [--jobs N]

For the regression test (wine_test.py): what is shipped is made by the release workflow on
Windows, from the same recipe. Needs wine64, g++-mingw-w64-x86-64-posix and nsis.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import wine_system

ROOT = Path(__file__).resolve().parents[1]
PACKAGING = ROOT / "packaging"
FREEZE_S = 1800  # on a busy machine


def main() -> int:
    """Make all three in DIR (default: dist/windows); exit code 1 with a sentence on failure."""
    parser = argparse.ArgumentParser(description="Make the Windows packages under Wine.")
    parser.add_argument("--out", type=Path, default=ROOT / "dist" / "windows")
    parser.add_argument("--backends", default="cpu-all,vulkan")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    if not shutil.which("makensis"):
        print("makensis is not on the PATH: apt-get install nsis.", file=sys.stderr)
        return 1
    try:
        freeze(options.out, tuple(options.backends.split(",")), options.jobs)
    except wine_system.FAILURES as error:
        print(error, file=sys.stderr)
        return 1
    packages = [sys.executable, str(PACKAGING / "windows_packages.py"), str(options.out)]
    return subprocess.run(packages, check=False).returncode


def freeze(out: Path, backends: tuple[str, ...], n_jobs: int) -> None:
    """The folder that is shipped, made by Windows' Python; its words are shown."""
    started = time.monotonic()
    system = wine_system.make()
    wheel = wine_system.install_llama_cpp(system, backends, n_jobs)
    out.mkdir(parents=True, exist_ok=True)
    try:
        words = system.python(
            PACKAGING / "bundle.py", "--wheel", wheel, "--out", out, timeout_s=FREEZE_S
        )
    finally:
        system.stop()
    # Wine answers for the parts of the C library itself: no files have these names.
    lines = [line for line in words.splitlines() if "could not resolve 'api-ms-" not in line]
    print("\n".join(lines))
    print(f"Frozen in {time.monotonic() - started:.0f} s.", flush=True)


if __name__ == "__main__":
    sys.exit(main())
