"""The project around the code: versions, licences, names that must not be there, commands that must agree."""

import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest
import yaml

import flightsim

ROOT = Path(__file__).resolve().parents[1]
CASES = sorted((Path(flightsim.__file__).parent / "cases").glob("*/manifest.yaml"))


@cache
def committed() -> list[Path]:
    """The files under version control; all that are not ignored where there is no git."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode == 0:
        return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]
    hidden = {".git", ".venv", "results", "build", "dist", "__pycache__"}
    return [
        path for path in ROOT.rglob("*") if path.is_file() and not hidden & set(path.relative_to(ROOT).parts)
    ]


def readable(path: Path) -> str:
    """A file's text; nothing for pictures and other binaries."""
    raw = path.read_bytes()
    return "" if b"\0" in raw else raw.decode("utf-8", errors="replace")


def pyproject() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def readme_commands() -> list[str]:
    """The one-line commands of the README's console blocks, in order."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```(?:bash|sh|console)\n(.*?)```", text, flags=re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


def test_one_version_everywhere() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == flightsim.__version__
    assert pyproject()["project"]["dynamic"] == ["version"]  # read from flightsim.__version__
    assert pyproject()["tool"]["hatch"]["version"]["path"] == "src/flightsim/__init__.py"
    assert re.search(
        rf"^## {re.escape(flightsim.__version__)}\b", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE
    )


def test_code_is_under_apache_2() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text
    assert pyproject()["project"]["license"].startswith("Apache-2.0 AND")  # the data tables have their own
    assert all((ROOT / name).is_file() for name in pyproject()["project"]["license-files"])


@pytest.mark.parametrize("manifest", CASES, ids=lambda path: path.parent.name)
def test_every_data_table_has_a_licence(manifest: Path) -> None:
    tables = yaml.safe_load(manifest.read_text(encoding="utf-8"))["tables"]
    files = {path.name for path in manifest.parent.iterdir() if path.suffix in (".csv", ".geojson")}
    assert files == set(tables), "the manifest's tables and the files in the folder differ"
    overview = (ROOT / "DATA-LICENSES.md").read_text(encoding="utf-8")
    for name, table in tables.items():
        assert table["licence"], f"{name} has no licence"
        assert table["attribution"], f"{name} names nobody"
        assert f"`{manifest.parent.name}/{name}`" in overview, f"{name} is not in DATA-LICENSES.md"
        assert ("OpenStreetMap" in table["attribution"]) <= ("ODbL" in table["licence"]), "share-alike"


def test_no_host_of_a_package_registry_is_named() -> None:
    hosts = "|".join(["py" + r"pi\.org", "python" + r"hosted\.", "registry" + r"\.npm"])
    found = [str(path) for path in committed() if re.search(hosts, readable(path))]
    assert not found


def test_no_path_of_somebodys_machine() -> None:
    places = (
        r"(?<![\w.~$}])/(?:"
        + "|".join(["ro" + "ot", "ho" + "me", "Us" + "ers", "wo" + "rk", "o" + "pt"])
        + r")/\w"
    )
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in committed()
        for match in re.finditer(places, readable(path))
    ]
    assert not found


def test_nothing_that_belongs_elsewhere_is_committed() -> None:
    names = {path.relative_to(ROOT).as_posix() for path in committed()}
    assert not [
        name for name in names if name.endswith((".pyc", "uv.lock", ".python-version", ".ipynb_checkpoints"))
    ]
    too_large = [path.name for path in committed() if path.stat().st_size > 5_000_000]
    assert not too_large


def test_constraints_are_exact_and_cover_the_dependencies() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]+==[A-Za-z0-9_.!+-]+", pin) for pin in pins)
    project = pyproject()["project"]
    wanted = [
        *project["dependencies"],
        *(d for extra in project["optional-dependencies"].values() for d in extra),
    ]
    names = {_normal(re.split(r"[<>=!~ \[]", requirement)[0]) for requirement in wanted}
    missing = names - {_normal(pin.split("==")[0]) for pin in pins}
    assert not missing


def test_the_lowest_versions_are_those_of_the_ranges() -> None:
    lines = (ROOT / "constraints-lowest.txt").read_text(encoding="utf-8").splitlines()
    lowest = [re.sub(r">=([\w.]+).*", r"==\1", each) for each in pyproject()["project"]["dependencies"]]
    assert [line for line in lines if not line.startswith("#")] == lowest


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_readme_opens_with_the_two_commands() -> None:
    first, second = readme_commands()[:2]
    assert "constraints.txt" in first
    assert "flightsim run" in first
    assert "[dev]" in second
    assert "pytest" in second


def test_ci_runs_the_readmes_own_commands() -> None:
    """What .ci/run takes out of the README is what the test above has read."""
    found = subprocess.run(
        ["bash", str(ROOT / ".ci" / "run"), "--readme-commands"], capture_output=True, text=True, check=True
    )
    assert found.stdout.splitlines() == readme_commands()[:2]


def test_python_floor_is_the_one_promised() -> None:
    assert pyproject()["project"]["requires-python"] == ">=3.11"
    assert sys.version_info >= (3, 11)
