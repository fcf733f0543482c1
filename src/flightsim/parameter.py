"""A number with a unit, bounds and a source: the fields of every part of a scenario."""

from __future__ import annotations

import dataclasses
from typing import Any

from flightsim.errors import Complaints

ASSUMPTION = "assumption"
LEVER, UNCERTAINTY, SETTING = "lever", "uncertainty", "setting"
ROLES = {
    LEVER: "ours to choose",
    UNCERTAINTY: "not ours: nobody knows or decides it",
    SETTING: "how the model is run",
}


def parameter(
    default: Any,
    unit: str,
    low: float,
    high: float,
    meaning: str,
    source: str,
    role: str = UNCERTAINTY,
    prior: tuple[float, float] | None = None,
) -> Any:
    """A dataclass field: its default, unit, bounds (both allowed), meaning, and source or the word assumption.

    ``prior`` is the range in which the true value is believed to lie, for ensembles; without one
    ``flightsim.sweeps.priors`` takes from half to twice the default.
    """
    about = {"unit": unit, "low": low, "high": high, "meaning": meaning, "source": source, "role": role}
    if prior is not None:
        about["prior"] = prior
    return dataclasses.field(default=default, metadata=about)


def choice(default: str, options: tuple[str, ...], meaning: str, source: str, role: str = UNCERTAINTY) -> Any:
    """A dataclass field that takes one of a few words."""
    about = {"unit": "", "options": options, "meaning": meaning, "source": source, "role": role}
    return dataclasses.field(default=default, metadata=about)


def switch(default: bool, meaning: str, source: str, role: str = UNCERTAINTY) -> Any:
    """A dataclass field that is true or false."""
    about = {"unit": "", "switch": True, "meaning": meaning, "source": source, "role": role}
    return dataclasses.field(default=default, metadata=about)


def given(
    default: Any, expected: str, meaning: str, source: str, unit: str = "", role: str = UNCERTAINTY
) -> Any:
    """A dataclass field that is no number, as a date or a list; its part says in words what it checks itself."""
    about = {"unit": unit, "expected": expected, "meaning": meaning, "source": source, "role": role}
    if isinstance(default, list | dict):
        return dataclasses.field(default_factory=default.copy, metadata=about)
    return dataclasses.field(default=default, metadata=about)


def default_of(each: dataclasses.Field[Any]) -> Any:
    """The default of a field, fresh where it is a list."""
    return each.default if each.default_factory is dataclasses.MISSING else each.default_factory()


def check(part: Any, group: str) -> None:
    """Raise InputError with every field of ``part`` that has the wrong type or is out of bounds.

    Null is allowed where it is the default.
    """
    complaints = Complaints()
    for each in dataclasses.fields(part):
        value = getattr(part, each.name)
        trouble = None if value is None and each.default is None else trouble_with(value, each.metadata)
        if trouble:
            complaints.add(f"{group}.{each.name} is {getattr(part, each.name)!r}; expected {trouble}")
    complaints.raise_if_any()


def trouble_with(value: Any, about: Any) -> str | None:
    """What was expected, if a value is not what the metadata of its field allow."""
    if "options" in about:
        return None if value in about["options"] else "one of " + ", ".join(about["options"])
    if "switch" in about:
        return None if isinstance(value, bool) else "true or false"
    if "low" not in about:
        return None  # ``given``: the part looks at it
    unit = f" {about['unit']}" if about["unit"] else ""
    expected = f"a number from {about['low']:g} to {about['high']:g}{unit}"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return expected
    return None if about["low"] <= value <= about["high"] else expected  # nan and infinity are not


def table(part_types: dict[str, list[type]]) -> list[dict[str, str]]:
    """One row a parameter of the given parts: group, part, name, default, unit, bounds, role, meaning, source."""
    rows = []
    for group, types in part_types.items():
        for part_type in types:
            for each in dataclasses.fields(part_type):
                about = each.metadata
                if "options" in about:
                    bounds = ", ".join(about["options"])
                elif "switch" in about:
                    bounds = "true, false"
                elif "low" in about:
                    bounds = f"{about['low']:g} to {about['high']:g}"
                    if "prior" in about:
                        bounds += " (prior {:g} to {:g})".format(*about["prior"])
                elif "expected" in about:
                    bounds = about["expected"]
                else:
                    continue
                rows.append(
                    {
                        "group": group,
                        "part": part_type.__name__,
                        "parameter": each.name,
                        "default": _shown(default_of(each)),
                        "unit": about["unit"],
                        "bounds": bounds,
                        "role": about["role"],
                        "meaning": about["meaning"],
                        "source": about["source"],
                    }
                )
    return rows


def _shown(default: Any) -> str:
    """A default as it is written in a configuration."""
    if default is None:
        return "null"
    return str(default).lower() if isinstance(default, bool) else str(default).replace("'", "")


def as_page(part_types: dict[str, list[type]]) -> str:
    """The same table as a page of the docs, in Markdown: a section a part."""
    lines = [
        "# Parameters",
        "",
        "Written by `flightsim parameters --markdown` from the fields of the parts; do not edit. Change a value with",
        "`GROUP.NAME=VALUE`. Bounds are allowed values. The source says where a default comes from; *assumption* means",
        "that it was chosen by us within what is plausible: vary it. A *lever* is ours to choose, an *uncertainty*",
        "is not; a *setting* says how the model is run. An ensemble may draw the uncertainties, each within its prior",
        "where one is given, else from half to twice its default ([sweeps.md](sweeps.md)).",
    ]
    part = None
    for row in table(part_types):
        if part != (part := (row["group"], row["part"])):
            lines += ["", f"## {row['group']}: {row['part']}", ""]
            lines += [
                "| parameter | default | unit | bounds | role | meaning | source |",
                "|---|---:|---|---|---|---|---|",
            ]
        cells = [f"`{row['group']}.{row['parameter']}`"]
        cells += [
            row[name].replace("|", "\\|")
            for name in ("default", "unit", "bounds", "role", "meaning", "source")
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"
