"""Read a case: a folder of tables becomes a World and its Events, or all its errors are reported at once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from importlib import resources
from pathlib import Path
from typing import Any

from flightsim.case import geojson
from flightsim.case.build import build_world
from flightsim.case.cells import Table, decode, either, parse, read_bytes, show
from flightsim.case.checks import check_tables
from flightsim.case.columns import MAPS, OPTIONAL_TABLES, TABLES, columns_of
from flightsim.case.customs import finest_of
from flightsim.case.event_rows import FILE as EVENTS
from flightsim.case.event_rows import build_events
from flightsim.case.manifest import MANIFEST, holders_of, read_manifest
from flightsim.case.oddities import warnings
from flightsim.case.plausible import implausible
from flightsim.case.slips import slips
from flightsim.errors import Complaints, InputError, nearest
from flightsim.events import Event
from flightsim.memory import undisturbed
from flightsim.world import World

MAX_COMPLAINTS = 50
FILES_ALIKE = 0.8  # names of files are alike by their endings already


@dataclass(frozen=True)
class Case:
    """A world, what happens in it, and where it was read."""

    world: World
    events: list[Event]  # by date, hour and event_id
    hashes: dict[str, str]  # sha256 of each file that was read
    folder: Path
    odd: Callable[[], list[str]] = list

    @cached_property
    def warnings(self) -> list[str]:
        """What is odd but can be lived with; looked for when somebody asks, since a run does not."""
        return self.odd()


def shipped_cases() -> dict[str, Path]:
    """The cases inside the package: name and folder."""
    inside = Path(str(resources.files("flightsim").joinpath("cases")))
    return {folder.parent.name: folder.parent for folder in sorted(inside.glob(f"*/{MANIFEST}"))}


def find_case(case: str | Path) -> Path:
    """The folder of a shipped case, by name, or of any other, by path; InputError if there is none.

    A shipped name wins over a folder of that name here: write ``./toy`` for the folder.
    """
    shipped = shipped_cases()
    if str(case) in shipped:
        return shipped[str(case)]
    choices = either([*shipped, "the path of a folder"])
    if not str(case).strip():
        raise InputError(f"case is blank; expected {choices}")
    try:
        folder = Path(str(case)).expanduser()
        if folder.is_dir():
            return folder
        there = folder.exists()
    except (OSError, ValueError, RuntimeError) as error:  # too long, a NUL in it, no such home
        raise InputError(f"case {show(case)} is not a path: {error}") from None
    if there:
        raise InputError(f"case {show(case)} is a file; expected a folder with {MANIFEST} and tables")
    hint = nearest(folder.name, shipped)
    raise InputError(f"case {show(case)} is not there; expected {choices}{hint}")


@undisturbed()
def read_case(case: str | Path) -> Case:
    """Read and check a case, given as a shipped name (``idlib``, ``toy``) or the path of a folder.

    The order of rows in the files means nothing: tables are sorted by their ids.
    Raises InputError with all complaints, the first 50 of them in full.
    """
    folder = find_case(case)
    complaints = Complaints(at_most=MAX_COMPLAINTS)
    files = _read_files(folder, complaints)
    contents = {name: decode(name, raw, complaints) for name, raw in files.items()}
    manifest = read_manifest(contents[MANIFEST] or "", complaints) if contents.get(MANIFEST) else {}
    holders = holders_of(manifest)
    tables = {
        name: table
        for name, columns in columns_of(holders).items()
        if (content := contents.get(name)) is not None
        and (table := parse(name, content, columns, complaints)).readable
    }
    known = check_tables(tables, complaints, holders, finest_of(manifest))
    window = (manifest["start"], manifest["end"]) if {"start", "end"} <= manifest.keys() else None
    events = build_events(tables[EVENTS], known, window, complaints, holders) if EVENTS in tables else []
    for name in MAPS:
        _check_map(name, contents.get(name), complaints)
    _check_licences(manifest.get("tables"), files, folder, complaints)
    complaints.raise_if_any()

    world = build_world(folder, manifest, tables)
    hashes = {name: hashlib.sha256(raw).hexdigest() for name, raw in sorted(files.items())}
    return Case(
        world, events, hashes, folder, partial(_odd, world, events, tables, contents, folder, list(files))
    )


def _odd(
    world: World,
    events: list[Event],
    tables: dict[str, Table],
    contents: dict[str, str | None],
    folder: Path,
    files: list[str],
) -> list[str]:
    """Everything odd in a case that can be lived with."""
    return [
        *_misspelt(folder, files),
        *warnings(world, events, tables),
        *implausible(world, events, tables),
        *slips(contents),
    ]


def cached_case(case: str | Path) -> Case:
    """The same as ``read_case``, read once in a process for as long as its files stay as they are."""
    folder = find_case(case)
    try:
        state = tuple((p.name, (s := p.stat()).st_size, s.st_mtime_ns) for p in sorted(folder.iterdir()))
    except OSError:
        return read_case(case)  # which says in words what is wrong
    return _kept(str(case), folder.resolve(), state)


@lru_cache(maxsize=2)  # a sweep over cases takes them in turn
def _kept(case: str, folder: Path, state: tuple[tuple[str, int, int], ...]) -> Case:
    return read_case(case)


def _read_files(folder: Path, complaints: Complaints) -> dict[str, bytes]:
    """The content of the files there are, by name; complaints about those that must be there and are not."""
    try:
        there = sorted(path.name for path in folder.iterdir())
    except OSError as error:
        raise InputError(f"case folder {folder} cannot be read: {error.strerror}") from None
    required = (MANIFEST, *TABLES)
    if not there:
        raise InputError(f"case folder {folder} is empty; expected {', '.join(required)}")
    others = [name for name in there if name not in (*required, *OPTIONAL_TABLES, *MAPS)]
    files = {}
    for name in (*required, *OPTIONAL_TABLES, *MAPS):
        if name in there:
            raw = read_bytes(folder / name, complaints)
            if raw is not None:
                files[name] = raw
        elif name in required:
            hint = nearest(name, others, FILES_ALIKE)
            complaints.add(f"{name} is missing in case folder {folder}{hint}")
    return files


def _check_map(name: str, content: str | None, complaints: Complaints) -> None:
    """Maps are drawn after a run: better to hear before it that a file is broken."""
    if content is None:
        return
    try:
        geojson.features(content, points=False)
    except geojson.NotGeoJSON as error:
        for said in error.troubles:
            complaints.add(f"{name} {said}")


def _check_licences(
    said: dict[str, Any] | None, files: dict[str, bytes], folder: Path, complaints: Complaints
) -> None:
    """Every file has a licence in the manifest, and the manifest speaks of no file that is not there."""
    if said is None:
        return
    for name in files:
        if name != MANIFEST and name not in said:
            hint = nearest(name, [other for other in said if other not in files], FILES_ALIKE)
            complaints.add(f"{MANIFEST}: tables says nothing of {name}; expected its title and licence{hint}")
    for name in said:
        try:
            there = (folder / name).is_file()
        except (OSError, ValueError):
            there = False
        if not there and name not in TABLES:  # those have been complained about
            hint = nearest(name, [file for file in files if file not in said], FILES_ALIKE)
            complaints.add(f"{MANIFEST}: tables speaks of {show(name)}, which is not in the folder{hint}")


def _misspelt(folder: Path, files: Collection[str]) -> list[str]:
    """A warning for each file that nobody reads and whose name is almost that of an optional one."""
    absent = [name for name in (*OPTIONAL_TABLES, *MAPS) if name not in files]
    others = sorted({path.name for path in folder.iterdir()} - set(files))
    return [f"{name} is not read{hint}" for name in others if (hint := nearest(name, absent, FILES_ALIKE))]
