"""The typesetter of formulas comes without modules of the network."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
IMPORT = """
import sys
from app.ui.transcript.typesetter_import import import_typesetter
import_typesetter()
from ziamath.zmath import Latex
import xml.etree.ElementTree as ElementTree
from latex2mathml.converter import convert
mathml = convert("a < b & c > d \\\\frac12")
print("ssl" in sys.modules, "urllib.request" in sys.modules)
ElementTree.fromstring(Latex("a < b").svg())
from xml.sax.saxutils import XMLGenerator
import latex2mathml.converter
theirs = __import__("xml.sax.saxutils", fromlist=["unescape"]).unescape
ours = latex2mathml.converter.unescape
for text in ("&amp;lt;", "&lt;&gt;&amp;", "&#x0003C;", "plain"):
    print(theirs(text) == ours(text))
    print(theirs(text, {"&lt;": "x"}) == ours(text, {"&lt;": "x"}))
"""


def test_the_typesetter_brings_in_no_module_of_the_network() -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORT], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["False", "False", *["True"] * 8]
