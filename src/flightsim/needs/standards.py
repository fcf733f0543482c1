"""Planning standards: how much of what a person needs. One table, each entry with unit and source."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from flightsim.case.text_files import read_yaml
from flightsim.errors import Complaints, InputError, nearest

FACTS = ("value", "unit", "source", "edition", "where", "verified", "used", "note")
SPLIT, HOUSEHOLDS = "split_", "households"
SPLIT_TOLERANCE = 0.001


@dataclass(frozen=True)
class Standard:
    """One planning figure. ``verified``: it was seen at its source; ``used``: it changes what is computed."""

    name: str
    value: float
    unit: str
    source: str
    edition: str = ""
    where: str = ""  # chapter or page
    verified: bool = False
    used: bool = True
    note: str = ""


class Standards(Mapping[str, float]):
    """Standards by name: ``standards["water"]`` is the number, ``standards.entries["water"]`` all that is known."""

    def __init__(self, entries: Mapping[str, Standard], warnings: tuple[str, ...] = ()) -> None:
        self.entries = dict(entries)
        self.warnings = warnings

    def __getitem__(self, name: str) -> float:
        return self.entries[name].value

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    @property
    def split(self) -> dict[str, float]:
        """Share of the cost by cluster."""
        return {name.removeprefix(SPLIT): self[name] for name in self if name.startswith(SPLIT)}

    def rows(self) -> list[dict[str, Any]]:
        """A row an entry, for a table."""
        return [asdict(entry) for entry in self.entries.values()]


def text() -> str:
    """The shipped file, with its comments."""
    return resources.files("flightsim.needs").joinpath("standards.yaml").read_text(encoding="utf-8")


def read(path: str | Path | None = None) -> Standards:
    """The shipped standards, with the entries of the user's file in their place.

    A user's entry needs ``value`` and the same ``unit``; what else it leaves out is taken to be the file's own
    and not verified. InputError with everything that is wrong with the file.
    """
    shipped = _entries(yaml.safe_load(text()))
    if path is None:
        return Standards(shipped)
    file = Path(path)
    content = _content(file)
    complaints = Complaints()
    warnings = []
    merged = dict(shipped)
    for name, said in content.items():
        if name not in shipped:
            complaints.add(f"{file}: '{name}' is no standard{nearest(name, shipped)}")
            continue
        entry = _own(file, shipped[name], said, complaints)
        if entry is not None:
            merged[name] = entry
            if not entry.used and entry.value != shipped[name].value:
                warnings.append(f"{file}: {name} is for reference only; it changes no figure")
    _check_shares(file, merged, complaints)
    complaints.raise_if_any()
    return Standards(merged, tuple(warnings))


def of_case(standards: Standards, household_persons: float | None) -> Standards:
    """The same with as many households as the case's manifest says, unless the user gave their number.

    Where that is the shipped number, its source stays.
    """
    entry = standards.entries[HOUSEHOLDS]
    if not household_persons or entry != _entries(yaml.safe_load(text()))[HOUSEHOLDS]:
        return standards
    value = round(1000 / household_persons, 1)
    if value == entry.value:
        return standards
    source = f"household_size_persons of the case, {household_persons:g}"
    own = replace(entry, value=value, source=source, edition="", where="", verified=False, note="")
    return Standards(standards.entries | {HOUSEHOLDS: own}, standards.warnings)


def _entries(content: Mapping[str, Mapping[str, Any]]) -> dict[str, Standard]:
    return {
        name: Standard(name, float(said["value"]), **{k: _plain(v) for k, v in said.items() if k != "value"})
        for name, said in content.items()
    }


def _plain(value: Any) -> Any:
    return value if isinstance(value, bool) else "" if value is None else str(value)


def _content(file: Path) -> dict[str, Any]:
    """The mapping in a user's file; a key that stands there twice is refused."""
    content = read_yaml(file, "standards ", text_keys=True)
    if not isinstance(content, dict) or not content:
        raise InputError(f"standards {file}: expected entries NAME: with value, unit and source under each")
    return {str(name): said for name, said in content.items()}


def _own(file: Path, shipped: Standard, said: Any, complaints: Complaints) -> Standard | None:
    """The user's entry, or None and complaints."""
    name, n_before = shipped.name, len(complaints.texts)
    if not isinstance(said, Mapping):
        complaints.add(f"{file}: {name} is {said!r}; expected value, unit and source under it")
        return None
    for key in said:
        if key not in FACTS:
            complaints.add(f"{file}: {name}.{key} is not known{nearest(key, FACTS)}")
    if said.get("unit") != shipped.unit:
        complaints.add(f"{file}: {name}.unit is {said.get('unit')!r}; expected '{shipped.unit}'")
    value: Any = said.get("value")
    most = 1.0 if shipped.unit.startswith("share") else math.inf
    if not _is_number(value) or not (0 < value <= most or (value == 0 and name.startswith(SPLIT))):
        bounds = f"more than 0{f', at most {most:g}' if most < math.inf else ''}"
        complaints.add(f"{file}: {name}.value is {value!r}; expected a number, {bounds}")
    verified = said.get("verified", False)
    if not isinstance(verified, bool):
        complaints.add(f"{file}: {name}.verified is {verified!r}; expected true or false")
    if len(complaints.texts) > n_before:
        return None
    told = {key: _plain(said.get(key)) for key in ("edition", "where", "note")}
    source = _plain(said.get("source")) or f"given in {file.name}"
    return replace(shipped, value=float(said["value"]), source=source, verified=verified, **told)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _check_shares(file: Path, entries: Mapping[str, Standard], complaints: Complaints) -> None:
    people = entries["children_share"].value + entries["women_share"].value
    if people > 1:
        complaints.add(f"{file}: children_share and women_share add up to {people:.2f}; expected at most 1")
    split = sum(entry.value for name, entry in entries.items() if name.startswith(SPLIT))
    if abs(split - 1) > SPLIT_TOLERANCE:
        complaints.add(f"{file}: the {SPLIT}… shares add up to {split:.3f}; expected 1")
