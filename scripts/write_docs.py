"""Write what comes from code: parameters.md, tables between <!-- name --> markers, and the comments in conf/.

    python scripts/write_docs.py            write them
    python scripts/write_docs.py --check    say which are out of date; exit code 1 if any is

`tests/test_docs.py` checks the same. Measured tables (docs/scale.md) come from experiments/verification instead.
"""

from __future__ import annotations

import contextlib
import csv
import importlib
import io
import re
import sys
from collections.abc import Callable
from pathlib import Path

from flightsim import cli, parameter, scenario
from flightsim.case import event_rows, guide
from flightsim.case.cells import REQUIRED
from flightsim.case.guide import table
from flightsim.case.importing import event_types
from flightsim.case.importing.kinds import KINDS
from flightsim.config import compose
from flightsim.measures import MEASURES, RECORDED
from flightsim.results import runs
from flightsim.sweeps.priors import CALIBRATED

ROOT = Path(__file__).resolve().parents[1]
DOCS, CONF = ROOT / "docs", ROOT / "conf"
EVENT_UNITS = {
    "air_strike": "air strikes that day",
    "shelling": "shelled place-days",
    "clash": "clashes",
    "captured": "holder from then on",
    "ceasefire": "1 begins, 0 ends",
    "pause": "nothing: `hour` and `hours` say when bombardment rests",
    "facility_closed": "nothing",
    "facility_reopened": "nothing",
    "road_cut": "share of the capacity left",
    "road_reopened": "nothing",
    "border_rule": "rule from then on",
    "aid_authorisation": "border crossings authorised for UN aid",
    "night_temperature": "degrees C, the night's minimum, until the next row",
    "site_opened": "persons for whom a new site, or one made larger, has room from that morning on",
    "site_closed": "nothing: the sites of the place take in nobody more; who lives there stays",
    "hostility": "1: it frightens from then on, 0: it does not (see `frightens`)",
}
HOUSEHOLDS = {
    "household": "key of the modelled household, the same in every scenario",
    "persons": "its size",
    "weight": "households it stands for",
    "home_place": "place at the start",
    "home_area": "its sub-district",
    "first_intent": "first time it wanted to leave",
    "first_departure": "first time it left",
    "cause": "of which most pressure was gathered before the first intent",
    "first_destination_place": "where it first arrived",
    "state_now": "settled, en_route, at_crossing or abroad",
    "place_now": "where it is settled; blank if it is not",
    "rung_now": "shelter there; home",
    "n_moves": "departures",
    "means": "car, hire or foot",
}


def case_events() -> str:
    """Every type of event with its targets and values."""
    rows = []
    for kind, value in event_rows.VALUES.items():
        target = " or ".join(
            target if target == "ALL" else f"a {target}" for target in event_rows.TARGETS[kind]
        )
        rows.append(
            [f"`{kind}`", target, EVENT_UNITS[kind], value.expected if value.blank is REQUIRED else "blank"]
        )
    return table(["type", "target", "value means", "value expected"], rows)


def import_kinds() -> str:
    """Every kind of import: its files, what each column may be called there, its switches."""
    parts = []
    for name, kind in KINDS.items():
        parts.append(f"## {name}\n\n{kind.meaning[0].upper()}{kind.meaning[1:]}. Files: {kind.files}.")
        if kind.columns:
            rows = [
                [f"`{ours}`", ", ".join(f"`{each}`" for each in theirs)]
                for ours, theirs in kind.columns.items()
            ]
            parts.append(table(["ours", "looked for, in any case, the first that is not blank"], rows))
        options = [[f"`--{o.name} {o.metavar}`", o.meaning, o.default or ""] for o in kind.options]
        if options:
            parts.append(table(["switch", "meaning", "without it"], options))
    return "\n\n".join(parts)


def import_event_types() -> str:
    """Which of our events each type of a publisher is."""
    file = Path(event_types.__file__).with_name(event_types.SHIPPED)
    with file.open(encoding="utf-8", newline="") as content:
        first, *rows = csv.reader(content)
    return table(
        first,
        [
            [publisher, kind, sub, f"`{ours}`" if ours else "left out", why]
            for publisher, kind, sub, ours, why in rows
        ],
    )


def result_tables() -> str:
    """Every table of a results folder with its columns."""
    rows = [
        [f"`{name}`", ", ".join(f"`{column}`" for column in known)]
        for name, known in runs.COLUMNS.items()
        if known
    ]
    found = table(["table", "columns"], rows)
    movers = [[f"`{name}`", meaning] for name, meaning in HOUSEHOLDS.items()]
    recorded = [(f"`{what}`", meaning) for what, meaning in RECORDED.items()]
    state = table(["`what` of `state`", "meaning; `id` is a place, facility or sub-district"], recorded)
    return f"{found}\n\n{state}\n\n{table(['column of `households`', 'what'], movers)}"


def household_columns() -> list[str]:
    """The columns that the table of households has in fact."""
    (job,) = compose.jobs(["experiment=toy", "days=1", "population.scale=0.01"])
    return list(scenario.from_config(job.config).model().recorder.tables()["households"])


def result_measures() -> str:
    """Every measure with its unit and meaning."""
    rows = []
    for m in MEASURES.values():
        kind = f"{m.kind}{', cumulative' if m.cumulative else ''}"
        where = ("hour, " if m.hourly else "day, ") + ("sub-district" if m.by_area else "total")
        rows.append([f"`{m.name}`", m.unit, kind, where, m.group, m.meaning])
    return table(["measure", "unit", "kind", "by", "group", "meaning"], rows)


def parameters() -> str:
    """What `flightsim parameters --markdown` prints."""
    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        cli.main(["parameters", "--markdown"])
    return text.getvalue()


def option(text: str) -> str:
    """The file of one option of a part, each parameter with the comment that its dataclass field makes."""
    group_of = re.search(r"^_target_: (\S+)\.(\w+)", text, re.MULTILINE)
    assert group_of, text
    part = getattr(importlib.import_module(group_of[1]), group_of[2])
    about = {row["parameter"]: row for row in parameter.table({"": [part]})}
    lines = []
    for line in text.splitlines():
        name, colon, rest = line.partition(":")
        if colon and name in about:
            row = about[name]
            bounds = "; ".join(each for each in (row["role"], row["unit"], row["bounds"]) if each)
            line = f"{name}:{rest.partition('  # ')[0]}  # {bounds}. {row['meaning']} [{row['source']}]"
        lines.append(line)
    return "\n".join(lines) + "\n"


def options() -> dict[Path, str]:
    """The file of every option with what it should say; what was calibrated has sources of its own."""
    files = [path for group in scenario.PARTS for path in sorted((CONF / group).glob("*.yaml"))]
    files = [path for path in files if path.stem != CALIBRATED]
    return {path: option(path.read_text(encoding="utf-8")) for path in files}


WRITTEN: dict[str, dict[str, Callable[[], str]]] = {
    "cases.md": {"tables": guide.tables, "events": case_events, "manifest": guide.manifest},
    "importing.md": {"kinds": import_kinds, "event types": import_event_types},
    "results.md": {"tables": result_tables, "measures": result_measures},
}


def pages() -> dict[Path, str]:
    """Each page with what it should say."""
    found = {DOCS / "parameters.md": parameters(), **options()}
    for name, sections in WRITTEN.items():
        text = (DOCS / name).read_text(encoding="utf-8")
        for section, write in sections.items():
            between = re.compile(rf"(<!-- {section} -->\n).*?(<!-- /{section} -->)", re.DOTALL)
            text, n = between.subn(lambda m, write=write: f"{m[1]}{write()}\n{m[2]}", text)
            assert n == 1, f"{name} has {n} places for {section}"
        found[DOCS / name] = text
    return found


def outdated() -> list[str]:
    """Names of pages that say something else."""
    return [
        page.name
        for page, text in pages().items()
        if not page.exists() or page.read_text(encoding="utf-8") != text
    ]


def main() -> int:
    """Write, or check."""
    old = outdated()
    if "--check" in sys.argv[1:]:
        print("\n".join(old) or "all current")
        return int(bool(old))
    for page, text in pages().items():
        page.write_text(text, encoding="utf-8")
    print("written: " + (", ".join(old) or "nothing new"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
