"""What the docs say is so: links lead somewhere, written tables are current, blocks run, named code exists."""

import ast
import doctest
import importlib
import inspect
import re
import subprocess
import sys
import textwrap
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

import flightsim
from flightsim import cli, parameter
from flightsim.config import compose
from flightsim.events import EVENT_TYPES
from flightsim.measures import MEASURES
from flightsim.scenario import PARTS, SETTINGS, from_config

ROOT = Path(__file__).resolve().parents[1]
SOURCE = Path(flightsim.__file__).parent
AROUND = ("README.md", "CONTRIBUTING.md", "RELEASING.md", "SECURITY.md", "experiments/README.md")
PAGES = [*sorted((ROOT / "docs").rglob("*.md")), *(ROOT / each for each in AROUND)]
OWN = [page for page in PAGES if "docs" in page.parts]
STARTS = ("flightsim", "flightsim.model", "flightsim.model.parts")  # where the docs' short names begin
HOUSES = [SOURCE.joinpath(*start.split(".")[1:]) for start in STARTS]
MODULES = {path.stem for house in HOUSES for path in house.glob("*.py")} | {
    path.parent.name for house in HOUSES for path in house.glob("*/__init__.py")
}
FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def prose(page: Path) -> str:
    """A page without its blocks of code."""
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def anchors(page: Path) -> set[str]:
    """The fragments that a page's headings can be reached by, as the usual viewers make them."""
    heads = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, fragment = unquote(link).partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{name(page)}: {link}"
        if fragment:
            assert fragment in anchors(target), f"{name(page)}: {link}"


def test_every_page_is_in_the_index() -> None:
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    pages = {page.name for kind in ("md", "ipynb") for page in (ROOT / "docs").glob(f"*.{kind}")} - {
        "README.md"
    }
    missing = {page for page in pages if f"]({page})" not in index}
    assert not missing, "say in docs/README.md what each is for"


@cache
def writer() -> Any:
    """scripts/write_docs.py, as a module."""
    spec = importlib.util.spec_from_file_location("write_docs", ROOT / "scripts" / "write_docs.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_written_pages_are_current() -> None:
    assert not writer().outdated(), "run: python scripts/write_docs.py"


def test_parameters_page_is_what_the_command_prints(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["parameters", "--markdown"]) == 0
    assert (ROOT / "docs" / "parameters.md").read_text(encoding="utf-8") == capsys.readouterr().out


def test_the_docs_know_the_columns_of_households() -> None:
    assert writer().household_columns() == list(writer().HOUSEHOLDS)


def test_the_docs_have_a_word_on_every_type_of_event() -> None:
    assert set(writer().EVENT_UNITS) == set(EVENT_TYPES)


@cache
def parameters() -> set[str]:
    rows = parameter.table({group: list(types) for group, types in PARTS.items()})
    settings = {*SETTINGS, *PARTS}
    return {f"{row['group']}.{row['parameter']}" for row in rows} | settings


def resolves(dotted: str) -> bool:
    """Whether ``module.name.name`` is there, in flightsim, its model or the parts; a field of a dataclass counts."""
    return any(_resolves(dotted.removeprefix("flightsim."), start) for start in STARTS)


def _resolves(dotted: str, path: str) -> bool:
    words = dotted.split(".")
    while words and (SOURCE.joinpath(*path.split(".")[1:], words[0]).is_dir() or _is_module(path, words[0])):
        path += f".{words.pop(0)}"
    found: Any = importlib.import_module(path)
    for word in words:
        if word in getattr(found, "__annotations__", {}):
            return True
        if not hasattr(found, word):
            return False
        found = getattr(found, word)
    return path not in STARTS


def _is_module(path: str, word: str) -> bool:
    return (SOURCE.joinpath(*path.split(".")[1:]) / f"{word}.py").is_file()


@pytest.mark.parametrize("page", OWN, ids=name)
def test_code_that_is_named_exists(page: Path) -> None:
    """`module.function` and `group.parameter`, in the text and in blocks of equations."""
    text = page.read_text(encoding="utf-8")
    named = set(re.findall(r"`([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+)(?:\(\))?`", text))
    for block in re.findall(r"^```text\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        named |= {
            word for word in re.findall(r"\b[a-z_]+\.[a-z_]+\b", block) if word.partition(".")[0] in PARTS
        }
    known = {
        word for word in named if word.removeprefix("flightsim.").partition(".")[0] in MODULES | set(PARTS)
    }
    known -= parameters() | {word for word in known if _is_file(word)}
    assert not {word for word in known if not resolves(word) and not _of_a_model(word)}


@cache
def toy_model() -> Any:
    (job,) = compose.jobs(["experiment=toy", "population.scale=0.01"])
    return from_config(job.config).model()


def _of_a_model(word: str) -> bool:
    """Whether ``model.name.name`` can be asked of a model in a notebook."""
    found = toy_model()
    for each in word.split(".")[1:]:
        if not hasattr(found, each):
            return False
        found = getattr(found, each)
    return word.startswith("model.")


def _is_file(word: str) -> bool:
    return word.endswith(
        (".md", ".csv", ".py", ".yaml", ".json", ".geojson", ".parquet", ".png", ".log", ".txt", ".html")
    )


def test_every_equation_stands_beside_its_function() -> None:
    """Each section of the submodels names a function that exists."""
    text = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
    submodels = text.partition("## 7. Submodels")[2].partition("## Limits")[0]
    for section in submodels.split("\n### ")[1:]:
        named = re.findall(r"`([a-z_]+\.[A-Za-z_.]+)`", section)
        if "```text" in section:
            assert any(word not in parameters() and resolves(word) for word in named), section[:40]


def test_the_schedule_is_the_step() -> None:
    """The list in model.md is the list in the code."""
    from flightsim.model.model import DisplacementModel

    text = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
    told = re.findall(r"^\d\. `(\w+)`", text.partition("## 3.")[2].partition("## 4.")[0], re.MULTILINE)
    step = ast.parse(textwrap.dedent(inspect.getsource(DisplacementModel.step)))
    calls = [node.func for node in ast.walk(step) if isinstance(node, ast.Call)]
    assert told == [
        call.attr for call in sorted(calls, key=lambda c: c.lineno) if isinstance(call, ast.Attribute)
    ]


def test_odd_has_its_elements() -> None:
    text = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
    heads = re.findall(r"^## \d\. (.+)$", text, re.MULTILINE)
    assert heads == [
        "Purpose and patterns",
        "Entities, state variables and scales",
        "Process overview and scheduling",
        "Design concepts",
        "Initialisation",
        "Input data",
        "Submodels",
    ]
    concepts = re.findall(r"^\*\*(.+?)\.\*\*", text.partition("## 4.")[2].partition("## 5.")[0], re.MULTILINE)
    assert len(concepts) == 11


def test_every_measure_is_in_the_docs() -> None:
    text = (ROOT / "docs" / "results.md").read_text(encoding="utf-8")
    assert all(f"`{measure}`" in text for measure in MEASURES)


def test_every_experiment_named_in_the_docs_exists() -> None:
    for page in OWN:
        text = page.read_text(encoding="utf-8")
        shown = re.findall(r"^name: (\w+)$", text, re.MULTILINE)  # an experiment that the page itself writes
        for experiment in re.findall(r"experiment=(\w+)", text):
            assert experiment in {*compose.experiments(), *shown, "NAME", "mine"}, name(page)


@pytest.mark.parametrize("page", [p for p in OWN if ">>> " in p.read_text(encoding="utf-8")], ids=name)
def test_blocks_run(page: Path, tmp_path: Path) -> None:
    """Every ``>>>`` on a page, one after the other, as a reader would type them."""
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    report = doctest.testfile(
        str(page), module_relative=False, globs={"folder": tmp_path}, optionflags=flags, encoding="utf-8"
    )
    sys.stdout.flush()
    assert report.attempted
    assert not report.failed


def test_the_picture_of_the_house_is_current() -> None:
    drawn = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "draw_house.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert drawn.returncode == 0, drawn.stdout + drawn.stderr
