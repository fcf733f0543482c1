"""Fingerprints: of what goes into a run, and of its files."""

import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from flightsim.results import provenance

ROOT = Path(__file__).resolve().parents[1]


def test_the_hash_is_about_meaning() -> None:
    def of(
        config: dict[str, Any], inputs: dict[str, str] | None = None, version: str = "1", seed: int = 1
    ) -> str:
        return provenance.run_hash(config, inputs or {}, version, seed)

    base = of({"days": 5, "hazard": {"radius_km": 5}})
    assert len(base) == 12
    assert int(base, 16) >= 0
    assert of({"hazard": {"radius_km": 5.0}, "days": 5, "results": "/elsewhere"}) == base
    different = [
        of({"days": 6, "hazard": {"radius_km": 5}}),
        of({"days": 5, "hazard": {"radius_km": 5}}, {"places.csv": "00"}),
        of({"days": 5, "hazard": {"radius_km": 5}}, version="2"),
        of({"days": 5, "hazard": {"radius_km": 5}}, seed=2),
        of({"days": 5, "hazard": {"radius_km": True}}),
    ]
    assert len({base, *different}) == 6


def test_input_files_are_fingerprinted(tmp_path: Path) -> None:
    (tmp_path / "places.csv").write_text("a")
    hashes = provenance.hash_files(tmp_path, ["places.csv", "gone.csv"])
    assert list(hashes) == ["places.csv"]
    assert len(hashes["places.csv"]) == 64


def git(folder: Path, *words: str) -> str:
    who = ["-c", "user.name=someone", "-c", "user.email=someone@example.org"]
    done = subprocess.run(
        ["git", "-C", str(folder), *who, *words], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def unpacked_sources(project: Path, out: Path) -> Path:
    """The project's source archive, made and unpacked elsewhere."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", str(out)]
    subprocess.run(command, cwd=project, capture_output=True, check=True)
    with tarfile.open(next(out.glob("*.tar.gz"))) as archive:
        archive.extractall(out, filter="data")
    (sources,) = [path for path in out.iterdir() if path.is_dir()]
    return sources


def built(project: Path, out: Path) -> str | None:
    """The commit that a wheel of the project carries."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    subprocess.run(command, cwd=project, capture_output=True, check=True)
    with zipfile.ZipFile(next(out.glob("*.whl"))) as wheel:
        name = f"flightsim/{provenance.COMMIT}"
        return wheel.read(name).decode().strip() if name in wheel.namelist() else None


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """As much of the project as a build needs, without git."""
    pytest.importorskip("hatchling")
    project = tmp_path / "project"
    (project / "src" / "flightsim").mkdir(parents=True)
    (project / "conf").mkdir()
    for name in ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE", "NOTICE", "DATA-LICENSES.md"):
        shutil.copy(ROOT / name, project / name)
    shutil.copy(ROOT / "src" / "flightsim" / "__init__.py", project / "src" / "flightsim" / "__init__.py")
    (project / "conf" / "config.yaml").write_text("{}\n")
    return project


def committed(project: Path) -> str:
    git(project, "init", "-q")
    git(project, "add", ".")
    git(project, "commit", "-q", "-m", "all")
    return git(project, "rev-parse", "HEAD")


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_a_wheel_knows_the_commit_it_was_built_from(project: Path, tmp_path: Path) -> None:
    assert built(project, tmp_path / "without") is None
    head = committed(project)
    assert built(project, tmp_path / "clean") == head
    assert git(project, "status", "--porcelain") == ""  # nothing is left in the source tree
    (project / "README.md").write_text("edited")
    assert built(project, tmp_path / "edited") == f"{head}+changes"


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_a_wheel_built_from_the_source_archive_knows_it_too(project: Path, tmp_path: Path) -> None:
    head = committed(project)
    (project / "README.md").write_text("edited")
    sources = unpacked_sources(project, tmp_path / "archive")
    assert not (sources / ".git").exists()
    assert built(sources, tmp_path / "wheel") == f"{head}+changes"


def test_an_installed_copy_reads_the_commit_of_its_wheel(tmp_path: Path) -> None:
    assert provenance._built_from(tmp_path) is None
    (tmp_path / provenance.COMMIT).write_text("0123abc\n")
    assert provenance._built_from(tmp_path) == "0123abc"
