"""The map of the house: imports point strictly down, so a room can be read knowing only what stands below it.

A room is a package or module at the top of ``src/flightsim``; the rooms of a floor do not know each other. What is
imported for type checkers only counts like everything else. `scripts/draw_house.py` draws the picture from here.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import networkx as nx

import flightsim

SOURCE = Path(flightsim.__file__).parent

FLOORS = (  # from the bottom up
    {"clock", "dotted", "errors", "events", "measures", "memory", "words", "world"},  # the vocabulary
    {"case", "files", "parameter"},  # what is read and written; a number with its unit, bounds and source
    {"config", "model", "results"},  # what is asked; what happens; what was found
    {"plots", "whatif"},
    {"comparison", "needs", "scenario", "validation"},  # one scenario; what many runs say
    {"explore", "export", "sweeps"},
    {"brief", "notebook", "solve"},
    {"cli"},
    {"__main__"},
)
MODEL = ("parts", "state", "rules", "schedule", "model")  # inside model/, from the bottom up
RULES = {
    "counting",
    "daily_departures",
    "invariants",
    "prescribed_departures",
    "rehousing",
    "rerouting",
    "returning",
}
READS_FOLDERS_ONLY = {"brief", "comparison", "export", "needs", "plots", "results", "validation"}
DOORS = {  # who may know a framework
    "hydra": {"config", "sweeps.launchers"},
    "jinja2": {"brief"},
    "joblib": {"sweeps.executors"},
    "markupsafe": {"brief"},
    "mesa": {"model.agents", "model.model"},
    "numba": {"model.compiled"},
    "omegaconf": {"config", "sweeps.launchers"},
    "solara": {"explore"},
    "tqdm": {"cli.terminal"},
}


@cache
def modules() -> dict[str, Path]:
    """Dotted name inside the package (``case.reading``) and file of every module."""
    names = {}
    for file in sorted(SOURCE.rglob("*.py")):
        parts = file.relative_to(SOURCE).with_suffix("").parts
        if parts[0] not in ("cases", "conf"):
            names[".".join(part for part in parts if part != "__init__")] = file
    return names


def imported(file: Path) -> Iterator[str]:
    """Full dotted names that a module imports: at its top, inside functions, and for type checkers."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file.name}: write imports in full"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def inside(file: Path) -> Iterator[str]:
    """Modules of the package that a module imports, as ``case.reading``; the package itself as an empty name."""
    for name in imported(file):
        parts = name.split(".")
        if parts[0] == "flightsim":
            yield next(m for end in range(len(parts), 0, -1) if (m := ".".join(parts[1:end])) in modules())


@cache
def arrows() -> dict[str, set[str]]:
    """For every module those it imports; the front, ``flightsim`` itself, is no room and left out."""
    return {name: set(inside(file)) - {name, ""} for name, file in modules().items() if name}


def room(module: str) -> str:
    return module.split(".", maxsplit=1)[0]


def layer_in_the_model(module: str) -> str | None:
    """One of MODEL; None for what they all stand on (kernels, households, draws, ...) and outside the model."""
    parts = module.split(".")
    if parts[0] != "model" or len(parts) == 1:
        return None
    return "rules" if parts[1] in RULES else parts[1] if parts[1] in MODEL else None


def rooms() -> dict[str, set[str]]:
    """For every room those it imports."""
    found: dict[str, set[str]] = {room(name): set() for name in arrows()}
    for name, others in arrows().items():
        found[room(name)] |= {room(other) for other in others} - {room(name)}
    return found


def crooked(level: dict[str, int], uses: dict[str, set[str]]) -> list[str]:
    """Arrows that do not point strictly down."""
    return [
        f"{one} imports {other}"
        for one, others in uses.items()
        for other in others
        if one in level and other in level and level[one] <= level[other]
    ]


def test_every_room_has_a_floor() -> None:
    assert set(rooms()) == set().union(*FLOORS), "give each room its floor at the top of this file"
    assert len(rooms()) <= 28
    assert len(FLOORS) <= 9


def test_imports_point_strictly_down() -> None:
    assert not crooked({each: level for level, floor in enumerate(FLOORS) for each in floor}, rooms())


def test_nothing_but_the_version_comes_through_the_front() -> None:
    """Else ``from flightsim import run`` inside the house would be an arrow upward that no test sees."""
    public = {f"flightsim.{name}" for name in (*modules(), "__version__") if "." not in name}
    wrong = [
        f"{name} imports {other}"
        for name, file in modules().items()
        if name
        for other in imported(file)
        if room(other) == "flightsim"
        and other != "flightsim"
        and ".".join(other.split(".")[:2]) not in public
    ]
    assert not wrong


def test_no_circle() -> None:
    together = nx.strongly_connected_components(nx.DiGraph(arrows()))
    circles = [sorted(circle) for circle in together if len(circle) > 1]
    assert not circles, f"these import each other: {circles}"


def test_rules_stand_on_the_state_and_do_not_know_the_schedule() -> None:
    uses: dict[str, set[str]] = {layer: set() for layer in MODEL}
    for name, others in arrows().items():
        if here := layer_in_the_model(name):
            uses[here] |= {there for other in others if (there := layer_in_the_model(other))} - {here}
    assert not crooked({layer: level for level, layer in enumerate(MODEL)}, uses)
    assert all("model.state" in arrows()[f"model.{rule}"] for rule in RULES)


def test_what_reads_folders_knows_nothing_of_the_model() -> None:
    told = {name: others for name, others in arrows().items() if room(name) in READS_FOLDERS_ONLY}
    wrong = [
        f"{name} imports {other}"
        for name in told
        for other in told[name]
        if room(other) in ("model", "scenario")
    ]
    assert not wrong


def test_only_one_door_to_each_framework() -> None:
    wrong = [
        f"{name} imports {other}"
        for name, file in modules().items()
        for other in imported(file)
        if (framework := other.split(".")[0]) in DOORS and not DOORS[framework] & {name, room(name)}
    ]
    assert not wrong
