"""The tables of a case explained to who fills them in, from the columns themselves."""

from __future__ import annotations

from collections.abc import Mapping

from flightsim.case import countries, customs
from flightsim.case.cells import REQUIRED, Column
from flightsim.case.columns import OPTIONAL_TABLES, TABLES
from flightsim.case.manifest import COLOUR, DANGEROUS_TO, FACTS, HOLDER_FACTS, HOLDERS, LISTS, TABLE_FACTS

CONTROL = "a name under `holders` or `countries` in the manifest; without holders: opposition, sna, government or sdf"
HEADS = ("column", "what stands in it", "expected", "")
ROWS = {
    "areas.csv": "A row is an area: a province, a district, a commune.",
    "places.csv": "A row is a town or a village, with the people in it at the start.",
    "roads.csv": "A row is a road between two places, or between a place and a crossing, both ways.",
    "shelter.csv": "A row is a place, with its free room under a roof for newcomers at the start.",
    "sites.csv": "A row is a camp, or a group of camps, at a place.",
    "crossings.csv": "A row is a gate: of the border, or between the ground of two holders.",
    "facilities.csv": "A row is a hospital or a health centre, at its town.",
    "events.csv": "A row is something that happens on a day: it drives the run.",
    "observations.csv": "A row is something that was counted: laid beside results, never read by the model.",
    "departures.csv": "A row is how many people left a place on a day, where that is known: for `exodus.series=case`.",
}


def table(heads: tuple[str, ...] | list[str], rows: list[list[str]]) -> str:
    """A table in Markdown."""
    escaped = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    lines = [heads, ["---"] * len(heads), *escaped]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def tables() -> str:
    """Every table of a case with its columns, in Markdown."""
    parts = []
    for file, columns in (TABLES | OPTIONAL_TABLES).items():
        title = f"## {file}" + (" (optional)" if file in OPTIONAL_TABLES else "")
        parts.append(f"{title}\n\n{ROWS[file]}\n\n{_columns(columns)}")
    return "\n\n".join(parts)


def manifest() -> str:
    """The keys of a manifest, in Markdown."""
    rows = [[f"`{name}`", column.meaning, column.expected] for name, column in FACTS.items()]
    facts = ", ".join(TABLE_FACTS)
    rows.append(["`tables`", "for each file of the folder whose it is and what may be done with it", facts])
    rows.append(
        [
            f"`{HOLDERS}`",
            "who holds places; may be left out",
            f"names, each with {', '.join(HOLDER_FACTS)}; {COLOUR} and {DANGEROUS_TO} may be left out",
        ]
    )
    rows.append([f"`{countries.KEY}`", countries.MEANING, countries.EXPECTED])
    rows += [[f"`{name}`", meaning, expected] for name, (expected, meaning) in customs.MEANINGS.items()]
    rows += [[f"`{name}`", meaning, "a list of texts"] for name, meaning in LISTS.items()]
    return table(["key", "what stands there", "expected"], rows)


def _columns(columns: Mapping[str, Column]) -> str:
    return table(HEADS, [_column(name, column) for name, column in columns.items()])


def _column(name: str, column: Column) -> list[str]:
    blank = "column may be missing" if column.optional else "" if column.blank is REQUIRED else "may be blank"
    expected = CONTROL if name == "control" else column.expected
    return [f"`{name}`", column.meaning, expected, blank]
