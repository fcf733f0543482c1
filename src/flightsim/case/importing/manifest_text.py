"""The text of a case's manifest, edited line by line, so that what people wrote around it, comments too, stays."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flightsim.case.customs import FINEST_LEVEL, LEVELS, USUAL_FINEST
from flightsim.case.importing.report import cell

TITLES = {
    "areas.csv": "Areas and their P-codes",
    "places.csv": "Places, their people and who holds them",
    "roads.csv": "Roads between places, and to the crossings",
    "shelter.csv": "Free room for newcomers at the start",
    "sites.csv": "Camps and other sites",
    "crossings.csv": "Crossings",
    "facilities.csv": "Hospitals and health centres, by town",
    "events.csv": "What happens, day by day",
    "observations.csv": "What was counted",
    "departures.csv": "Who left each place on each day",
    "outlines.geojson": "Outlines of areas, for maps",
    "lines.geojson": "Borders and main roads, for maps",
}


def licensed(manifest: str, facts: Mapping[str, Mapping[str, str]]) -> str:
    """The manifest with these facts (licence, attribution, modified_by) of some files under ``tables``."""
    lines = manifest.rstrip().split("\n")
    tables = next((i for i, line in enumerate(lines) if re.match(r"tables\s*:", line)), len(lines))
    lines[tables : tables + 1] = ["tables:"]
    for file, said in facts.items():
        _enter(lines, tables, file, {"title": TITLES.get(file, file), **said})
    return "\n".join(lines) + "\n"


def with_finest(manifest: str, level: int) -> str:
    """The manifest with this level as the finest; a line is added where it is not the usual one.

    Words for finer levels are taken out where all words stand on one line.
    """
    finer = re.compile(rf",?\s*[{level + 1}-9]\s*:\s*(\{{[^}}]*\}}|[^,}}]*)")
    manifest = re.sub(
        rf"^({LEVELS}\s*:\s*\{{)(.*)(\}}.*)$",
        lambda found: found[1] + finer.sub("", found[2]) + found[3],
        manifest,
        flags=re.MULTILINE,
    )
    line, there = f"{FINEST_LEVEL}: {level}", re.compile(rf"^{FINEST_LEVEL}\s*:.*$", re.MULTILINE)
    if there.search(manifest):
        return there.sub(line, manifest)
    return manifest if level == USUAL_FINEST else f"{line}\n{manifest}"


def _enter(lines: list[str], tables: int, file: str, entry: Mapping[str, str]) -> None:
    """Put what is said of a file under the line ``tables``, in place of what was said of it before."""
    following = lines[tables + 1] if tables + 1 < len(lines) else ""
    indent = " " * (len(following) - len(following.lstrip()) or 2)
    start = end = tables + 1
    for i, line in enumerate(lines[tables + 1 :], start=tables + 1):
        if line.split(":")[0].strip("'\" ") == file:
            start, end = i, i + 1
            while end < len(lines) and (not lines[end].strip() or lines[end].startswith(indent + " ")):
                end += 1
            break
    told = [f"{indent}  {name}: {_quoted(text)}" for name, text in entry.items()]
    lines[start:end] = [f"{indent}{file}:", *told]


def _quoted(text: str) -> str:
    return "'" + cell(text).replace("'", "''") + "'"
