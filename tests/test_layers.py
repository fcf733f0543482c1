"""Imports point down, never sideways; so a module can be read knowing only what stands below it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import flightsim

SOURCE = Path(flightsim.__file__).parent

# From the bottom up. A package (io, plots) is one unit: inside it only cycles are forbidden.
LAYERS = (
    {"kernels"},  # compiled loops
    {"complaints", "words", "arrays", "draws", "clock", "measures", "memory"},
    {"parameter", "world", "events"},  # what is, what changes, a number with unit, bounds and source
    {"households", "io"},  # who is; readers and writers of files
    # one question each
    {
        "hazard",
        "services",
        "shelter",
        "roads",
        "border",
        "transport",
        "decision",
        "movement",
        "agenda",
        "population",
        "exodus",
        "course",
    },
    {"parts", "destinations"},  # the parts' answers brought together in one choice
    {
        "agents",
        "record",
        "results",
        "provenance",
        "promises",
        "census",
        "rerouting",
        "mornings",
    },  # Mesa's view of rows; measures; the results folder
    {
        "findings",
        "patterns",
        "outcomes",
        "sweepfolder",
    },  # what the tables of a run say; what was seen that winter
    {"scoring"},  # modelled beside observed and beside baselines
    {"plots", "summary"},  # tables in, figures and words out
    {"comparison", "validation"},  # the runs of a sweep side by side
    {"model"},  # a step, as a list one can read
    {"scenario"},  # describe() and run()
    {"overrides"},  # NAME=VALUE, read and checked
    {"configs"},  # the files of configurations, and Hydra's way to put them together
    {"compose"},  # overrides to a configuration
    {"executors", "launchers", "priors"},  # where many runs go; what is drawn for each
    {"plan"},  # what a command asks for, checked
    {"batch"},  # many runs
    {"sweep"},  # scenarios times replicates
    {"solve"},  # the value of a lever at which an outcome meets a target
    {"cli"},
    {"__main__"},
)
LEVEL = {unit: level for level, units in enumerate(LAYERS) for unit in units}
READS_FOLDERS_ONLY = {
    "results",
    "findings",
    "patterns",
    "outcomes",
    "sweepfolder",
    "plots",
    "summary",
    "comparison",
    "scoring",
    "validation",
}
OUTSIDERS = {
    "hydra": {"overrides", "configs", "compose", "launchers"},
    "omegaconf": {"overrides", "configs", "launchers"},
    "joblib": {"executors"},
    "mesa": {"agents", "model"},
    "numba": {"kernels"},
    "tqdm": {"cli"},
}


def modules() -> dict[str, Path]:
    """Dotted name inside the package (``io.case``) and file of every module."""
    names = {}
    for file in sorted(SOURCE.rglob("*.py")):
        parts = file.relative_to(SOURCE).with_suffix("").parts
        if parts[0] in ("cases", "conf"):
            continue
        names[".".join(part for part in parts if part != "__init__")] = file
    return names


def imported(file: Path) -> Iterator[str]:
    """Full dotted names that a module imports, inside functions too, but not for type checkers only."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            node.body.clear()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file.name}: write imports in full"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def inside(file: Path) -> Iterator[str]:
    """Modules of the package that a module imports, as ``io.case``."""
    known = modules()
    for name in imported(file):
        parts = name.split(".")
        if parts[0] != "flightsim":
            continue
        for end in range(len(parts), 1, -1):
            if (module := ".".join(parts[1:end])) in known:
                yield module
                break


def test_every_module_has_a_layer() -> None:
    strangers = {name.split(".")[0] for name in modules() if name} - set(LEVEL)
    assert not strangers, f"give {strangers} a layer in {Path(__file__).name}"


def test_imports_point_strictly_down() -> None:
    wrong = [
        f"{name} imports {other}"
        for name, file in modules().items()
        for other in inside(file)
        if name.split(".")[0] != other.split(".")[0]
        and LEVEL[name.split(".")[0]] <= LEVEL[other.split(".")[0]]
    ]
    assert not wrong


def test_no_circle_inside_a_package() -> None:
    uses = {name: {other for other in inside(file) if other != name} for name, file in modules().items()}
    left = dict(uses)
    while free := [name for name, others in left.items() if not others & set(left)]:
        for name in free:
            del left[name]
    assert not left, f"these import each other in a circle: {sorted(left)}"


def test_what_reads_folders_knows_nothing_of_the_model() -> None:
    model = LAYERS[4] | {"agents", "record", "model", "scenario"}
    wrong = [
        f"{name} imports {other}"
        for name, file in modules().items()
        if name.split(".")[0] in READS_FOLDERS_ONLY
        for other in inside(file)
        if other.split(".")[0] in model
    ]
    assert not wrong


def test_only_one_door_to_each_framework() -> None:
    wrong = [
        f"{name} imports {other}"
        for name, file in modules().items()
        for other in imported(file)
        if name.split(".")[0] not in OUTSIDERS.get(other.split(".")[0], {name.split(".")[0]})
    ]
    assert not wrong
