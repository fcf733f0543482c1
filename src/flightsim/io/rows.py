"""One measure at a time out of a run's long table, without reading the others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from flightsim.complaints import InputError


def read_measures(path: str | Path, measures: Iterable[str]) -> dict[str, pd.DataFrame]:
    """Some measures of the run in a folder, each as its rows of time, area_id, group and value.

    Only these measures' row groups are read: a millisecond or so each. InputError if the table is damaged,
    was changed by hand, or lacks one of the columns.
    """
    file = Path(path) / "measures.parquet"
    wanted = list(dict.fromkeys(measures))
    try:
        found = _rows_of(file, wanted)
    except FileNotFoundError as problem:
        raise InputError(f"{path} holds no finished run: there is no {file.name}") from problem
    except (OSError, ValueError, RuntimeError) as problem:  # pyarrow's own errors are among these
        said = str(problem).splitlines()[0] if str(problem) else type(problem).__name__
        raise InputError(f"{file} cannot be read, it is damaged or was changed by hand: {said}") from problem
    for name, frame in found.items():
        if not pd.api.types.is_datetime64_any_dtype(frame["time"]) or frame["value"].dtype != np.float64:
            raise InputError(f"{file}: times or values of {name} are not as flightsim wrote them")
    return found


def _rows_of(file: Path, wanted: Sequence[str]) -> dict[str, pd.DataFrame]:
    """Rows by measure: slices of its row groups if each holds one measure alone, else picked by name."""
    from pyarrow import parquet

    columns = ["time", "area_id", "group", "value"]
    table = parquet.ParquetFile(file)
    names = table.schema_arrow.names
    if missing := [c for c in ("measure", *columns) if c not in names]:
        raise InputError(f"{file} has no column {', '.join(missing)}; it is not as flightsim wrote it")
    table = parquet.ParquetFile(
        file, metadata=table.metadata, read_dictionary=["area_id", "group", "measure"]
    )
    groups = [table.metadata.row_group(i) for i in range(table.num_row_groups)]
    ends = [group.column(names.index("measure")).statistics for group in groups]
    own = {s.min: i for i, s in enumerate(ends) if s is not None and s.has_min_max and s.min == s.max}
    if len(own) < len(groups):  # not written by this version, or not by flightsim
        whole = table.read(["measure", *columns], use_threads=False).to_pandas()
        return {name: whole.loc[whole["measure"] == name, columns] for name in wanted}
    some = [name for name in wanted if name in own]
    rows = table.read_row_groups([own[name] for name in some], columns, use_threads=False).to_pandas()
    found, start = dict.fromkeys(wanted, rows.iloc[:0]), 0
    for name in some:
        end = start + groups[own[name]].num_rows
        found[name], start = rows.iloc[start:end], end
    return found
