"""Whether a run's files are still as the run wrote them: what was edited, or is gone, does not pass as a result."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flightsim.errors import InputError

PRIVATE = ("households.parquet", "roads.parquet")
_accepted: list[dict[Path, list[str]]] = []  # what was read although it was edited, while that is allowed


def hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of the files that say what a run was and found, by name."""
    paths = [*sorted(folder.glob("*.parquet")), folder / "config.yaml", folder / "summary.csv"]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths if path.is_file()}


def edited(folder: Path, provenance: Mapping[str, Any]) -> list[str]:
    """The files that are not as they were written, or are gone, each with which; figures and texts may change."""
    now = hashes(folder)
    written: dict[str, str] = provenance.get("outputs") or {}
    return [name for name, digest in written.items() if now.get(name) != digest]


def check(folder: Path, provenance: Mapping[str, Any], whole: bool = False) -> None:
    """InputError if files of a run were edited or are gone; edited ones are noted instead while that is accepted.

    Tables that are not for sharing may have been taken out, unless the run has to be ``whole``.
    """
    names = edited(folder, provenance)
    gone = [name for name in names if not (folder / name).is_file()]
    if not whole:
        names = [name for name in names if not (name in gone and name in PRIVATE)]
        gone = [name for name in gone if name not in PRIVATE]
    if not names:
        return
    if _accepted and not gone:
        _accepted[-1][folder] = names
        return
    told = [
        f"{folder / name} is gone"
        if name in gone
        else f"{folder / name} is damaged or was changed by hand, it is not as the run wrote it"
        for name in names
    ]
    again = f"put it back, or remove {folder}: the command that made it makes it again"
    raise InputError(f"{', '.join(told)}; {again}")


@contextmanager
def accepting() -> Iterator[None]:
    """Read edited files all the same; ``notes`` says which, as far as they were read until then."""
    _accepted.append({})
    try:
        yield
    finally:
        _accepted.pop()


def notes() -> list[str]:
    """A sentence for every product on what was edited in the runs that were read; none if nothing was."""
    return [
        f"EDITED SINCE THE RUN: {', '.join(names)} in {folder.name}; these are not the model's figures."
        for folder, names in (_accepted[-1] if _accepted else {}).items()
    ]
