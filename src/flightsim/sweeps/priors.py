"""Parameters drawn anew for each replicate: what nobody knows is varied within what is believed of it.

A draw is a function of the replicate's seed and the parameter's name: the same in every scenario, whatever else
is drawn. Its distribution is PERT (a beta stretched over the parameter's range, likeliest at its default), for
which a range and a best guess are all one has to know (Malcolm et al. 1959; Vose 2008). The range is the ``prior``
of the parameter's field where something was measured, else from half to twice the default.
"""

from __future__ import annotations

import csv
import dataclasses
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from flightsim import dotted
from flightsim.case.text_files import Unreadable, content, decoded
from flightsim.config.files import conf_folder
from flightsim.errors import Complaints, InputError, nearest
from flightsim.model.draws import decision_key, name_key, uniform
from flightsim.parameter import UNCERTAINTY, default_of, trouble_with
from flightsim.results.sweeps import Drawn
from flightsim.scenario import PARTS
from flightsim.world import Floats

NONE, PRIORS, ALL = "none", "priors", "all"
CALIBRATED = "calibrated"  # the posterior that ships
FACTOR = 2.0  # *assumption*: what was not measured is known to within so much, up and down
REPLICATE = "replicate"  # a column that a file of samples may have, as draws.csv does


@dataclass(frozen=True)
class Draws:
    """What is drawn, and how: from priors, or (``samples``) read from a file, a row a replicate."""

    drawn: Mapping[str, Drawn]
    samples: tuple[tuple[float, ...], ...] | None = field(default=None, repr=False)

    def values(self, replicate: int, seed: int) -> dict[str, float]:
        """The value of every drawn parameter in one replicate."""
        if self.samples is not None:
            return dict(zip(self.drawn, self.samples[replicate], strict=True))
        return {name: drawn_from(name, drawn, seed) for name, drawn in self.drawn.items()}

    def table(self, seeds: Mapping[int, int]) -> pd.DataFrame:
        """A row a replicate, whose seeds are given: its number, and a column a parameter."""
        rows = [{REPLICATE: r, **self.values(r, seed)} for r, seed in seeds.items()]
        return pd.DataFrame(rows, columns=[REPLICATE, *self.drawn])


def posterior_file() -> Path:
    """The samples of the shipped calibration (docs/calibration.md): beside the option that holds their mean."""
    return conf_folder() / "behaviour" / f"{CALIBRATED}.csv"


def drawn_from(name: str, drawn: Drawn, seed: int) -> float:
    """The PERT draw of a parameter under a seed, to six significant figures."""
    return value_at(drawn, float(uniform(decision_key(seed, "prior"), name_key(name))[0]))


def value_at(drawn: Drawn, share: float) -> float:
    """The value below which a parameter lies with probability ``share`` (0 to 1), to six significant figures."""
    value = float(f"{float(quantile(drawn, np.asarray(share))):.6g}")
    return min(max(value, drawn.low), drawn.high)


def quantile(drawn: Drawn, share: Floats) -> Floats:
    """The value below which a ``share`` (any shape, 0 to 1) of the PERT distribution lies."""
    width = drawn.high - drawn.low
    a, b = 1 + 4 * (drawn.mode - drawn.low) / width, 1 + 4 * (drawn.high - drawn.mode) / width
    from scipy.special import betaincinv  # a fifth of a second that a single run can do without

    return np.asarray(drawn.low + width * betaincinv(a, b, share))


def parameters(config: Mapping[str, Any]) -> dict[str, dataclasses.Field[Any]]:
    """The parameters of a configuration's parts, by dotted name."""
    found: dict[str, dataclasses.Field[Any]] = {}
    for group, types in PARTS.items():
        for part_type in types:
            if config[group].get("_target_") == f"{part_type.__module__}.{part_type.__name__}":
                found |= {
                    f"{group}.{f.name}": f for f in dataclasses.fields(part_type) if "role" in f.metadata
                }
    return found


def why_not(each: dataclasses.Field[Any]) -> str:
    """Why a parameter has no prior; blank if it has one."""
    default = default_of(each)
    if "low" not in each.metadata or default is None:
        return "it is no number"
    if isinstance(default, int):
        return "it is a whole number"
    low, high = range_of(each)
    if not low < high:
        return "it is fixed"
    return "0 switches it off" if default == 0 else ""


def range_of(each: dataclasses.Field[Any]) -> tuple[float, float]:
    """The range of a parameter's prior: its own, or from half to twice its default, within its bounds.

    Bounds are what a user may enter, much more than what anybody would believe.
    """
    about, default = each.metadata, default_of(each)
    if "prior" in about:
        low, high = about["prior"]
        return float(low), float(high)
    near, far = sorted((default / FACTOR, default * FACTOR))
    return float(max(near, about["low"])), float(min(far, about["high"]))


def kept(config: Mapping[str, Any], lines: Iterable[str]) -> set[str]:
    """The parameters that somebody has set for a scenario: named in its lines, or not at their defaults."""
    named = {line.partition("=")[0].lstrip("+") for line in lines}
    changed = {
        name for name, each in parameters(config).items() if dotted.get(config, name) != default_of(each)
    }
    return {name for name in parameters(config) if name in named} | changed


def with_values(
    config: Mapping[str, Any], values: Mapping[str, float], keep: Iterable[str]
) -> dict[str, Any]:
    """The configuration with the drawn values in it, but for those to keep and those it has no use for."""
    known, keep = parameters(config), set(keep)
    used = {n: v for n, v in values.items() if n in known and n not in keep and not _is_held(known[n])}
    whole = {name for name in used if isinstance(default_of(known[name]), int)}
    return dotted.changed(
        config, {name: int(value) if name in whole else value for name, value in used.items()}
    )


def understood(section: Any, replicates: int | None) -> Any:
    """The setting ``uncertainty`` with its draw said: without one, several replicates draw the calibrated parameters.

    A run alone is one course at the best estimate; ``replicates`` None: as many as it takes.
    """
    if isinstance(section, Mapping) and "draw" in section and section["draw"] is None:
        return {**section, "draw": NONE if replicates == 1 else CALIBRATED}
    return section


def asked(section: Any, configs: Sequence[Mapping[str, Any]], at_least: int) -> Draws | None:
    """What the setting ``uncertainty`` asks for, for scenarios of these configurations; None: nothing.

    A file of samples must have ``at_least`` so many rows; of the shipped ones, columns that no scenario has a use for
    are left out. InputError lists all that is wrong.
    """
    if not isinstance(section, Mapping) or set(section) != {"draw", "parameters"}:
        raise InputError(f"uncertainty is {section!r}; expected draw and parameters")
    draw, wanted = section["draw"], section["parameters"]
    if draw == NONE:
        return None
    known = _known(configs)
    names = None if wanted == ALL else _named(wanted, known, priors=draw == PRIORS)
    if draw != PRIORS:
        file = posterior_file() if draw == CALIBRATED else Path(str(draw))
        return _from_file(file, known, names, at_least)
    if names is None:
        names = [n for n, each in known.items() if each.metadata["role"] == UNCERTAINTY and not why_not(each)]
    return Draws({name: _about(known[name], *range_of(known[name])) for name in names})


def _known(configs: Sequence[Mapping[str, Any]]) -> dict[str, dataclasses.Field[Any]]:
    """The parameters of the configurations; one that a null version holds at 0 is known only by another part."""
    found: dict[str, dataclasses.Field[Any]] = {}
    for config in configs:
        for name, each in parameters(config).items():
            if name not in found or _is_held(found[name]):
                found[name] = each
    return found


def _is_held(each: dataclasses.Field[Any]) -> bool:
    """Whether the bounds of a parameter leave it but one value."""
    return "low" in each.metadata and each.metadata["low"] == each.metadata["high"]


def _named(wanted: Any, known: Mapping[str, dataclasses.Field[Any]], *, priors: bool) -> list[str]:
    """The parameters named, each known and, for ``priors``, with one; InputError lists all that is wrong."""
    names = [name.strip() for name in wanted.split(",")] if isinstance(wanted, str) else wanted
    if not isinstance(names, list):
        raise InputError(f"uncertainty.parameters is {wanted!r}; expected all, or a list of parameters")
    complaints = Complaints()
    for name in names:
        if name not in known:
            complaints.add(f"uncertainty.parameters: there is no {name}{nearest(name, known)}")
        elif priors and (reason := why_not(known[name])):
            complaints.add(f"uncertainty.parameters: {name} has no prior: {reason}")
    complaints.raise_if_any()
    return names


def _about(each: dataclasses.Field[Any], low: float, high: float) -> Drawn:
    mode = default_of(each)
    return Drawn(low, float(low if mode is None else mode), high, each.metadata["role"])


def _from_file(
    path: Path, known: Mapping[str, dataclasses.Field[Any]], wanted: Sequence[str] | None, at_least: int
) -> Draws:
    """Samples from a CSV file: a column a parameter, a row a replicate."""
    try:
        text = decoded(content(path))
        header, *rows = [row for row in csv.reader(io.StringIO(text, newline="")) if row] or [[]]
    except (Unreadable, csv.Error) as problem:
        hint = nearest(path, [PRIORS, CALIBRATED, NONE])
        why = f"it {problem.why}" if isinstance(problem, Unreadable) else problem
        raise InputError(
            f"uncertainty.draw is {str(path)!r}; expected none, priors, calibrated or a CSV file{hint}: {why}"
        ) from None
    shipped = path == posterior_file()
    complaints = Complaints(at_most=20)
    for name in (*header, *(wanted or ())):
        if header.count(name) != 1:
            complaints.add(f"{path}: {header.count(name)} columns are called {name!r}; expected one")
        elif name not in known and name != REPLICATE and not shipped:
            complaints.add(f"{path}: no parameter is called {name!r}{nearest(name, known)}")
    if len(rows) < at_least:
        complaints.add(
            f"{path} has {len(rows)} rows; expected one for each of {at_least} replicates: "
            f"ask for replicates={len(rows)} or fewer, or choose uncertainty.draw=priors or none"
        )
    complaints.raise_if_any()
    names = [n for n in header if n in known and (wanted is None or n in wanted)]
    names = [n for n in names if not (shipped and _is_held(known[n]))]
    samples = []
    for number, row in enumerate(rows, start=2):
        cells = dict(zip(header, row, strict=False))
        if len(row) != len(header):
            complaints.add(f"{path} row {number} has {len(row)} values; expected {len(header)}")
        elif cells.get(REPLICATE, str(number - 2)).strip() != str(number - 2):
            complaints.add(f"{path} row {number}: replicate is {cells[REPLICATE]}; expected {number - 2}")
        else:
            samples.append(
                tuple(_sample(cells, name, known, f"{path} row {number}", complaints) for name in names)
            )
    complaints.raise_if_any()
    columns = dict(zip(names, zip(*samples, strict=True), strict=True))
    return Draws({n: _about(known[n], min(c), max(c)) for n, c in columns.items()}, tuple(samples))


def _sample(
    cells: Mapping[str, str],
    name: str,
    known: Mapping[str, dataclasses.Field[Any]],
    where: str,
    complaints: Complaints,
) -> float:
    """One value of a file of samples."""
    about, text = known[name].metadata, cells[name]
    try:
        value = float(text.replace("_", "no number"))  # Python reads 1_200
    except ValueError:
        complaints.add(f"{where}: {name} is {text!r}; expected a number")
        return 0.0
    trouble = trouble_with(value, about) if "low" in about else "nothing: only numbers can be drawn"
    if not trouble and isinstance(default_of(known[name]), int) and not value.is_integer():
        trouble = "a whole number"
    if trouble:
        complaints.add(f"{where}: {name} is {text}; expected {trouble}")
    return value
