"""Who leaves at another time, goes elsewhere or finds other shelter: the same household in two scenarios.

Households are matched by their key. The tables hold only those that moved or meant to; all the others live
the same life in both, as far as this tool can tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pyarrow import parquet

from flightsim.comparison.material import Material
from flightsim.errors import InputError
from flightsim.world import CAUSES, Floats, Ints

MOST_ROWS = 10_000_000  # of household tables that one comparison reads: some five seconds
COLUMNS = (
    "household", "persons", "weight", "first_departure", "cause", "first_destination_place", "rung_now",
)  # fmt: skip
TEXTS = ("cause", "first_destination_place", "rung_now")
STAYED, LEFT_TOO, EARLIER, LATER, ELSEWHERE, OTHER_SHELTER, ANY, LEFT = (
    "stayed", "left too", "earlier", "later", "elsewhere", "other shelter", "any", "left",
)  # fmt: skip
CHANGES = {
    STAYED: "left in the baseline, stay here",
    LEFT_TOO: "stay in the baseline, leave here",
    EARLIER: "leave in both, earlier here",
    LATER: "leave in both, later here",
    ELSEWHERE: "leave in both, first arrive elsewhere",
    OTHER_SHELTER: "leave in both, end in another kind of shelter",
    ANY: "any of these",
    LEFT: "left in either",
}
"""What can differ, in words; a household can be in several of them, and counts once in ``any``."""

Keys = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class Movers:
    """The households of one run that moved or meant to, by key; m of them."""

    key: Keys  # (m,) ascending
    households: Floats  # (m,) real households that each stands for
    persons: Floats  # (m,) people in them
    left: npt.NDArray[np.int64]  # (m,) hours since 1970; NEVER if it did not leave
    cause: Ints  # (m,) row of CAUSES, -1 unknown
    destination: Ints  # (m,) code of the place first reached, -1 none
    rung: Ints  # (m,) code of the shelter at the end, -1 none


NEVER = np.iinfo(np.int64).min


class Codes(dict[str, int]):
    """A number for each text, the same for every run; blank is -1."""

    def of(self, texts: Sequence[str]) -> Ints:
        """The numbers of some texts."""
        return np.array(
            [-1 if not text else self.setdefault(text, len(self)) for text in texts], dtype=np.intp
        )


def compare(material: Material, most_rows: int = MOST_ROWS) -> tuple[pd.DataFrame, int]:
    """Changed lives in each pair of runs, and of how many replicates.

    Columns: scenario, replicate, cause, change, households, persons, and ``hours``, the median of how much
    earlier or later (blank for other changes). Reads as many replicates of each scenario as ``most_rows``
    allows, the first ones. Empty if the households are not the same.
    """
    pairs = {name: dict(zip(*reversed(material.pairs(name)), strict=True)) for name in material.others}
    if not material.same_people or not pairs:
        return pd.DataFrame(), 0
    codes, rows, left, n = Codes({cause: i for i, cause in enumerate(CAUSES)}), [], most_rows, 0
    paths, replicates = material.runs["path"], material.runs["replicate"].to_numpy(int)
    for base in material.of(material.baseline):
        with_partner = {name: pairs[name][base] for name in pairs if base in pairs[name]}
        files = [paths.iloc[base], *(paths.iloc[i] for i in with_partner.values())]
        left -= sum(n_rows(path) for path in files)
        if n and left < 0:
            break
        n += 1
        before = read(files[0], codes)
        for name, path in zip(with_partner, files[1:], strict=True):
            found = changes(before, read(path, codes))
            rows.append(found.assign(scenario=name, replicate=replicates[base]))
    if not rows:
        return pd.DataFrame(), 0
    table = pd.concat(rows, ignore_index=True)
    return table[["scenario", "replicate", "cause", "change", "households", "persons", "hours"]], n


def n_rows(path: Path) -> int:
    """How many households a run's table holds, from its footer alone; InputError if it cannot be read."""
    return int(_open(path).metadata.num_rows)


def read(path: Path, codes: Codes) -> Movers:
    """The households of one run; ``codes`` gives texts the same number in every run."""
    file = path / "households.parquet"
    table = _open(path, TEXTS)
    missing = [column for column in COLUMNS if column not in table.schema_arrow.names]
    if missing:
        raise InputError(f"{file} has no column {', '.join(missing)}; it is not as flightsim wrote it")
    try:
        rows = table.read(list(COLUMNS), use_threads=False).unify_dictionaries()
        columns = {name: rows.column(name).combine_chunks() for name in COLUMNS}
        plain = {name: c.to_numpy(zero_copy_only=False) for name, c in columns.items() if name not in TEXTS}
        key, weight = plain["household"].astype(np.uint64), plain["weight"].astype(float)
        hours = plain["first_departure"].astype("datetime64[h]")
        coded = [_coded(columns[name], codes) for name in TEXTS]
    except (OSError, ValueError, TypeError, RuntimeError, AttributeError) as problem:
        raise InputError(
            f"{file} cannot be read, it is damaged or was changed by hand: {problem}"
        ) from problem
    if len(key) > 1 and not (key[1:] > key[:-1]).all():
        raise InputError(f"{file} is not sorted by household; it was changed by hand")
    return Movers(key, weight, weight * plain["persons"].astype(float), hours.astype(np.int64), *coded)


def changes(before: Movers, now: Movers) -> pd.DataFrame:
    """What differs for whom between the baseline (``before``) and a scenario (``now``), by cause of leaving.

    The cause is the baseline's where the household left there, else the scenario's.
    """
    key = _either(before.key, now.key)
    was, is_ = _rows_in(key, before.key), _rows_in(key, now.key)
    households = np.maximum(_at(before.households, was, 0), _at(now.households, is_, 0))
    persons = np.maximum(_at(before.persons, was, 0), _at(now.persons, is_, 0))
    hours_then, hours_now = _at(before.left, was, NEVER), _at(now.left, is_, NEVER)
    then, too = hours_then != NEVER, hours_now != NEVER
    cause = np.where(then, _at(before.cause, was, -1), _at(now.cause, is_, -1))
    both, shift = then & too, hours_now - hours_then
    marks = {
        STAYED: then & ~too,
        LEFT_TOO: too & ~then,
        EARLIER: both & (shift < 0),
        LATER: both & (shift > 0),
        ELSEWHERE: both & _differ(_at(before.destination, was, -1), _at(now.destination, is_, -1)),
        OTHER_SHELTER: both & _differ(_at(before.rung, was, -1), _at(now.rung, is_, -1)),
    }
    marks |= {ANY: np.logical_or.reduce(list(marks.values())), LEFT: then | too}
    rows = []
    for change, mark in marks.items():
        n = len(CAUSES) + 1  # -1, without a cause, comes last
        by_cause = [np.bincount(cause[mark] % n, each[mark], minlength=n) for each in (households, persons)]
        typical = (
            float(np.median(np.abs(shift[mark]))) if change in (EARLIER, LATER) and mark.any() else np.nan
        )
        rows += [
            (name, change, by_cause[0][i], by_cause[1][i], typical) for i, name in enumerate((*CAUSES, ""))
        ]
    return pd.DataFrame(rows, columns=["cause", "change", "households", "persons", "hours"])


def _open(path: Path, dictionary: Sequence[str] = ()) -> parquet.ParquetFile:
    file = path / "households.parquet"
    try:
        return parquet.ParquetFile(file, read_dictionary=list(dictionary))
    except FileNotFoundError as problem:
        raise InputError(f"{path} has no {file.name}: lives cannot be compared without it") from problem
    except (OSError, ValueError, RuntimeError, KeyError) as problem:
        raise InputError(
            f"{file} cannot be read, it is damaged or was changed by hand: {problem}"
        ) from problem


def _coded(column: Any, codes: Codes) -> Ints:
    """(m,) numbers of a dictionary column of few texts."""
    if not len(column.dictionary):
        return np.full(len(column), -1)
    of_name = codes.of(column.dictionary.to_pylist())
    return np.asarray(of_name[column.indices.to_numpy(zero_copy_only=False)])


def _either(one: Keys, two: Keys) -> Keys:
    """All keys of two ascending lists, once each, ascending."""
    both = np.concatenate([one, two])
    both.sort(kind="stable")  # two runs in order already: a merge
    return both[np.append(True, both[1:] != both[:-1])] if len(both) else both


def _rows_in(key: Keys, own: Keys) -> Ints:
    """For each key its row among a run's own; -1 if it is not there."""
    if not len(own):
        return np.full(len(key), -1)
    row = np.searchsorted(own, key)
    row[row == len(own)] = 0
    return np.where(own[row] == key, row, -1)


def _at(values: npt.NDArray, rows: Ints, otherwise: int) -> npt.NDArray:
    """Values by row, ``otherwise`` where there is none."""
    return np.append(values, np.asarray([otherwise], dtype=values.dtype))[rows]


def _differ(one: Ints, two: Ints) -> npt.NDArray[np.bool_]:
    """Where both are known and not the same."""
    return np.asarray((one != two) & (one >= 0) & (two >= 0))
