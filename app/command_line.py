"""Arguments of `lumbre`."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

from app import __version__
from app.core.message import ReasoningEffort

EXPORT_SUFFIXES = (".md", ".markdown", ".html", ".htm", ".pdf", ".json")


@dataclass(frozen=True, slots=True)
class Arguments:
    """What was asked for on the command line."""

    model: Path | None = None
    data_dir: Path | None = None
    ask: str | None = None
    reasoning: ReasoningEffort | None = None
    shows_thinking: bool = False
    as_json: bool = False
    is_smoke_test: bool = False
    is_demo: bool = False
    plan: Path | None = None
    export_to: Path | None = None  # its suffix is one of EXPORT_SUFFIXES
    import_from: Path | None = None
    passphrase_file: str | None = None  # "-": standard input; None: asked for
    probe: tuple[str, ...] | None = None
    reads_pdf: bool = False
    greedy: bool = False
    is_verbose: bool = False


def parse(argv: list[str]) -> Arguments:
    """Arguments without the program's name. Leaves the program with code 2 on bad ones."""
    if argv[:1] == ["--probe"]:  # the bundle's own way to start a trial load
        return Arguments(probe=tuple(argv[1:]))
    if argv[:1] == ["--read-pdf"]:  # and to read a PDF in a process of its own
        return Arguments(reads_pdf=True)
    parser = _parser()
    found = parser.parse_args(argv)
    if found.ask is not None and not found.ask.strip():
        parser.error("--ask needs a text")
    export_to = found.export_to
    if export_to is not None and export_to.suffix.lower() not in EXPORT_SUFFIXES:
        parser.error(f"--export needs a file that ends in {', '.join(EXPORT_SUFFIXES)}")
    return Arguments(
        model=found.model or found.file,
        data_dir=found.data_dir,
        ask=found.ask,
        reasoning=ReasoningEffort(found.reasoning) if found.reasoning else None,
        shows_thinking=found.show_thinking,
        as_json=found.json,
        is_smoke_test=found.smoke_test,
        is_demo=found.demo,
        plan=found.plan,
        export_to=export_to,
        import_from=found.import_from,
        passphrase_file=found.passphrase_file,
        greedy=found.greedy,
        is_verbose=found.verbose,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lumbre",
        description="Private chat with gpt-oss on this computer. Without options the window "
        "opens.",
        epilog="Exit codes: 0 done, 1 failed, 2 wrong arguments, 3 the passphrase is missing "
        "or wrong.",
    )
    parser.add_argument(
        "file", nargs="?", type=Path, help="GGUF file to load, as a file manager hands it over"
    )
    parser.add_argument("--version", action="version", version=f"Lumbre {__version__}")
    parser.add_argument(
        "--model", type=Path, metavar="FILE", help="GGUF file to load instead of the last one"
    )
    parser.add_argument(
        "--data-dir",
        type=Path,
        metavar="DIR",
        help="keep everything of this program under DIR",
    )
    parser.add_argument("--verbose", action="store_true", help="log more")
    _add_uses(parser)
    how = parser.add_argument_group("with --ask and --plan")
    how.add_argument("--reasoning", choices=[e.value for e in ReasoningEffort])
    how.add_argument("--show-thinking", action="store_true")
    how.add_argument("--json", action="store_true", help="print one JSON object")
    how.add_argument("--greedy", action="store_true", help="always the likeliest token")
    secret = parser.add_argument_group("with --export and --import of an encrypted history")
    secret.add_argument(
        "--passphrase-file",
        metavar="FILE",
        help="first line of FILE (-: of the standard input) is the passphrase or the recovery "
        "key; else LUMBRE_PASSPHRASE is taken, else it is asked for",
    )
    return parser


def _add_uses(parser: argparse.ArgumentParser) -> None:
    """What the program does without its window, one thing at a time."""
    what = parser.add_argument_group("without the window").add_mutually_exclusive_group()
    what.add_argument("--ask", metavar="TEXT", help="answer TEXT on stdout and quit")
    what.add_argument(
        "--plan", type=Path, metavar="FILE", help="say how FILE would be loaded here, and quit"
    )
    what.add_argument(
        "--export",
        dest="export_to",
        type=Path,
        metavar="FILE",
        help="write all conversations to FILE: .md, .html, .pdf or .json by its name",
    )
    what.add_argument(
        "--import",
        dest="import_from",
        type=Path,
        metavar="FILE",
        help="bring in the conversations of FILE: JSON of Lumbre, ChatGPT (or its zip), Open "
        "WebUI, LM Studio",
    )
    what.add_argument(
        "--smoke-test",
        action="store_true",
        help="try the whole program in a temporary profile and print one JSON line",
    )
    what.add_argument(
        "--demo",
        action="store_true",
        help="ask the practice model two questions in the terminal",
    )
