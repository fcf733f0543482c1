"""Where a run comes from: its fingerprint, the code's, its inputs' and the versions it was made with."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import platform
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from flightsim import __version__

COMMIT = "_commit.txt"
PACKAGES = (
    "numpy",
    "pandas",
    "scipy",
    "networkx",
    "mesa",
    "numba",
    "hydra-core",
    "pyarrow",
    "matplotlib",
    "joblib",
)


def run_hash(config: Mapping[str, Any], input_hashes: Mapping[str, str], version: str, seed: int) -> str:
    """12 hex digits that say what went into a run. Where its folder goes (``results``) is no part of it."""
    settings = {key: value for key, value in config.items() if key not in ("results", "seed")}
    content = _canonical([settings, dict(input_hashes), version, seed])
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:12]


def same(one: Any, other: Any) -> bool:
    """Whether two settings or sections of a configuration mean the same to a run: 1 and 1.0, tuples and lists."""
    return bool(_canonical(one) == _canonical(other))


def hash_files(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """SHA-256 by file name, of those of ``names`` that are in ``folder``."""
    paths = {name: folder / name for name in sorted(names)}
    return {n: hashlib.sha256(p.read_bytes()).hexdigest() for n, p in paths.items() if p.is_file()}


def hash_of_all(paths: Iterable[Path]) -> str:
    """SHA-256 of files one after the other; of one, its own."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()


@cache
def code_version() -> str:
    """The version and a fingerprint of the source itself: a changed rule never passes for the same run."""
    package = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256()
    for file in sorted(package.rglob("*.py")):
        digest.update(file.relative_to(package).as_posix().encode())
        digest.update(file.read_bytes())
    return f"{__version__}+{digest.hexdigest()[:12]}"


def of_run(
    *,
    inputs: Mapping[str, str],
    seed: int,
    wall_seconds: float,
    dark_hours: Sequence[tuple[str, int, int]] = (),
) -> dict[str, Any]:
    """Where a run comes from: versions, commit if this is a checkout, input fingerprints, seed, time, nights."""
    return {
        "flightsim": __version__,
        "code": code_version(),
        "python": platform.python_version(),
        "packages": {name: _version(name) for name in PACKAGES},
        "commit": _commit(),
        "inputs": dict(inputs),
        "seed": seed,
        "dark_hours": [list(each) for each in dark_hours],
        "wall_seconds": round(wall_seconds, 2),
        "created_utc": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _canonical(value: Any) -> Any:
    """The same for the same meaning: 1 and 1.0, tuples and lists, dates and their text."""
    if isinstance(value, Mapping):
        return {str(key): _canonical(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_canonical(inner) for inner in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _commit() -> str | None:
    """The commit of the checkout this runs from, or was built from, with ``+changes`` if that was edited."""
    here = Path(__file__).resolve().parents[1]
    top, head = _git(here, "rev-parse", "--show-toplevel"), _git(here, "rev-parse", "HEAD")
    if not top or not head or Path(top).resolve() / "src" / "flightsim" != here:
        return _built_from(here)  # installed, perhaps inside somebody else's repository
    edited = _git(here, "status", "--porcelain", "--untracked-files=no", "--", ".")
    return f"{head}+changes" if edited else head


def _built_from(package: Path) -> str | None:
    """The commit that hatch_build.py wrote into the wheel; None if it was built without git."""
    try:
        return (package / COMMIT).read_text(encoding="utf-8").strip() or None
    except OSError:
        return None


def _git(folder: Path, *words: str) -> str:
    try:
        run = subprocess.run(["git", "-C", str(folder), *words], capture_output=True, text=True, timeout=5)
    except (OSError, subprocess.SubprocessError):
        return ""
    return run.stdout.strip() if run.returncode == 0 else ""
