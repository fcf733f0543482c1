"""One measure at a time out of a run's long table, without reading the others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from flightsim.errors import InputError
from flightsim.world import Floats, Ints

COLUMNS = ("time", "area_id", "group", "value")


@dataclass(frozen=True, slots=True)
class Coded:
    """A column of few texts: which of ``names`` each row has."""

    codes: Ints
    names: list[str]

    def are(self, name: str) -> npt.NDArray[np.bool_]:
        """Which rows have that name."""
        return np.asarray(self.codes == (self.names.index(name) if name in self.names else -1))

    def among(self, wanted: Sequence[str]) -> Ints:
        """(rows,) the number of each row's name among ``wanted``, -1 if it is none of them."""
        number = {name: i for i, name in enumerate(wanted)}
        return np.array([number.get(name, -1) for name in self.names], np.int64)[self.codes]

    def used(self) -> list[str]:
        """The names that some row has."""
        return [self.names[code] for code in np.unique(self.codes)]


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one measure, as columns."""

    time: npt.NDArray[np.datetime64]
    area: Coded
    group: Coded
    value: Floats

    @classmethod
    def of_frame(cls, frame: pd.DataFrame) -> Rows:
        """From a data frame with ``COLUMNS``."""
        area, group = (_of_texts(frame[name]) for name in ("area_id", "group"))
        return cls(frame["time"].to_numpy(), area, group, frame["value"].to_numpy())


def read_measures(path: str | Path, measures: Iterable[str]) -> dict[str, Rows]:
    """Some measures of the run in a folder, each as its rows.

    Only these measures' row groups are read: half a millisecond or so each. InputError if the table is damaged,
    was changed by hand, or lacks one of the columns.
    """
    file = Path(path) / "measures.parquet"
    wanted = list(dict.fromkeys(measures))
    try:
        found = _rows_of(file, wanted)
    except FileNotFoundError as problem:
        raise InputError(f"{path} holds no finished run: there is no {file.name}") from problem
    except (OSError, ValueError, TypeError, RuntimeError) as problem:  # pyarrow's own errors are among these
        said = str(problem).splitlines()[0] if str(problem) else type(problem).__name__
        raise InputError(f"{file} cannot be read, it is damaged or was changed by hand: {said}") from problem
    for name, rows in found.items():
        if rows.time.dtype.kind != "M" or rows.value.dtype != np.float64:
            raise InputError(f"{file}: times or values of {name} are not as flightsim wrote them")
    return found


def _rows_of(file: Path, wanted: Sequence[str]) -> dict[str, Rows]:
    """Rows by measure: slices of its row groups if each holds one measure alone, else picked by name."""
    from pyarrow import parquet

    table = parquet.ParquetFile(file)
    names = table.schema_arrow.names
    if missing := [c for c in ("measure", *COLUMNS) if c not in names]:
        raise InputError(f"{file} has no column {', '.join(missing)}; it is not as flightsim wrote it")
    groups = [table.metadata.row_group(i) for i in range(table.num_row_groups)]
    ends = [group.column(names.index("measure")).statistics for group in groups]
    own = {s.min: i for i, s in enumerate(ends) if s is not None and s.has_min_max and s.min == s.max}
    if len(own) < len(groups):  # not written by this version, or not by flightsim
        whole = table.read(["measure", *COLUMNS], use_threads=False).to_pandas()
        return {name: Rows.of_frame(whole[whole["measure"] == name]) for name in wanted}
    table = parquet.ParquetFile(file, metadata=table.metadata, read_dictionary=["area_id", "group"])
    some = [name for name in wanted if name in own]
    rows = table.read_row_groups([own[name] for name in some], list(COLUMNS), use_threads=False)
    found, start = {}, 0
    for name in some:
        n = groups[own[name]].num_rows
        found[name], start = _of_arrow(rows.slice(start, n)), start + n
    return {name: found.get(name) or _of_arrow(rows.slice(0, 0)) for name in wanted}


def _of_arrow(rows: Any) -> Rows:
    """From a pyarrow table of one row group."""
    time, area, group, value = (rows.column(name).combine_chunks() for name in COLUMNS)
    where, what = (
        Coded(c.indices.to_numpy(zero_copy_only=False), c.dictionary.to_pylist()) for c in (area, group)
    )
    return Rows(time.to_numpy(zero_copy_only=False), where, what, value.to_numpy(zero_copy_only=False))


def _of_texts(column: pd.Series) -> Coded:
    codes, names = pd.factorize(column)
    return Coded(codes, [str(name) for name in names])
