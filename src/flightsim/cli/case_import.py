"""``flightsim case import KIND FILE... --into CASE``: files of others become tables of a case."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from flightsim.cli.arguments import command
from flightsim.cli.terminal import DONE, say
from flightsim.errors import Complaints, InputError, nearest

MEANING = "take tables of a case from files of others; each row left out is reported with the reason"

EXAMPLE = "flightsim case import boundaries adm3.geojson --into mycountry --dry-run"


def register(commands: Any) -> None:
    """Add the command. The kinds of files bring half a second of libraries: they come when it is this one that runs."""
    parser = command(commands, "import", MEANING, _import, example=EXAMPLE)
    parse = parser.parse_known_args

    def with_kinds(*given: Any) -> Any:
        parser.parse_known_args = parse  # type: ignore[method-assign]
        _add_kinds(parser)
        return parse(*given)

    parser.parse_known_args = with_kinds  # type: ignore[assignment, method-assign]


def _add_kinds(parser: argparse.ArgumentParser) -> None:
    """A command of its own for each kind of files."""
    from flightsim.case.importing.kinds import KINDS

    kinds = parser.add_subparsers(title="kinds", metavar="KIND", dest="kind", required=True)
    for name, kind in KINDS.items():
        each = command(kinds, name, kind.meaning, _import)
        each.add_argument("files", nargs="+", metavar="FILE", type=Path, help=kind.files)
        each.add_argument("--into", required=True, metavar="CASE", type=Path, help="the folder of the case")
        each.add_argument(
            "--source", metavar="TEXT", help="who published it, for every row; the names of the files"
        )
        each.add_argument("--licence", metavar="TEXT", help="under which licence, for the manifest")
        each.add_argument(
            "--map", action="append", default=[], metavar="OURS=THEIRS", dest="columns",
            help=f"what a column is called in the files; ours: {', '.join(kind.columns)}",
        )  # fmt: skip
        each.add_argument(
            "--add", action="store_true", help="keep the rows that are there, instead of replacing them"
        )
        each.add_argument(
            "--dry-run", action="store_true", help="say what would be taken and left out, write nothing"
        )
        for option in kind.options:
            each.add_argument(
                f"--{option.name}", metavar=option.metavar, default=option.default, help=option.meaning,
                dest=f"option_{option.name}",
            )  # fmt: skip


def _import(arguments: argparse.Namespace) -> int:
    from flightsim.case.importing import writing
    from flightsim.case.importing.kinds import KINDS
    from flightsim.case.importing.report import Asked, Report
    from flightsim.files.atomic import write_text

    kind = KINDS[arguments.kind]
    asked = Asked(
        files=arguments.files,
        case=arguments.into,
        source=arguments.source or ", ".join(file.name for file in arguments.files),
        columns=_columns(arguments.columns, tuple(kind.columns)),
        options={option.name: getattr(arguments, f"option_{option.name}") for option in kind.options},
    )
    complaints = Complaints()
    for path in asked.files:
        if not (path.is_dir() if kind.makes_case else path.is_file()):
            complaints.add(f"{path} is not there, or is no {'folder' if kind.makes_case else 'file'}")
    if not kind.makes_case:
        complaints.collect(writing.manifest_of, asked.case)
    elif asked.case.exists() and (not asked.case.is_dir() or any(asked.case.iterdir())):
        complaints.add(
            f"{asked.case} is there already; expected the name of a new folder, since a case is made"
        )
    complaints.raise_if_any()
    report = Report()
    taken = kind.take(asked, report)
    texts = writing.contents(
        asked.case, arguments.kind, taken, report, asked.source, arguments.licence, arguments.add
    )
    for line in (*report.notes, *report.by_reason()):
        say(line)
    for file, rows in taken.rows.items():
        say(f"{file}: {_n_rows(texts[file]):,} rows, {len(rows):,} of them found in the files")
    if arguments.dry_run:
        say("dry run: nothing was written")
        return DONE
    if kind.makes_case:
        asked.case.mkdir(parents=True, exist_ok=True)
    for file, text in texts.items():
        write_text(asked.case / file, text)
    say(f"written into {asked.case}: {', '.join(texts)}")
    return DONE


def _n_rows(table: str) -> int:
    return table.count("\n") - 1


def _columns(said: list[str], ours: tuple[str, ...]) -> dict[str, str]:
    """The column map that was given as OURS=THEIRS."""
    complaints, found = Complaints(), {}
    for each in said:
        our, equals, their = each.partition("=")
        if not equals or not their.strip():
            complaints.add(f"--map {each!r}; expected OURS=THEIRS, as {ours[0]}=THEIRS")
        elif our.strip() not in ours:
            complaints.add(
                f"--map: {our.strip()!r} is no column here; expected {', '.join(ours)}{nearest(our, ours)}"
            )
        else:
            found[our.strip()] = their.strip()
    if complaints.texts:
        raise InputError(complaints.texts)
    return found
