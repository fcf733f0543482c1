"""Tables as CSV, as Parquet, and as CSV with HXL tags in a second header row."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from flightsim.export.columns import about
from flightsim.files.spreadsheet import harmless_table
from flightsim.world import Areas


def csv(frame: pd.DataFrame, path: Path) -> None:
    """Plain CSV: UTF-8, dates as 2019-12-31, texts that begin like a formula made harmless."""
    _write(harmless_table(_dated(frame)), path)


def parquet(frame: pd.DataFrame, path: Path) -> None:
    """The same, typed."""
    frame.to_parquet(path, index=False, compression="zstd")


def hxl(frame: pd.DataFrame, path: Path, areas: Areas) -> None:
    """CSV with the HXL tags of the columns under the header."""
    plain = harmless_table(_dated(frame)).astype(object)
    tags = pd.DataFrame([[about(str(column), areas)[0] for column in frame]], columns=plain.columns)
    _write(pd.concat([tags, plain.where(plain.notna(), "")], ignore_index=True), path)


def _dated(frame: pd.DataFrame) -> pd.DataFrame:
    """Times as dates: nothing finer than a day is passed on."""
    dated = frame.copy(deep=False)
    for name in frame.select_dtypes("datetime"):
        dated[name] = frame[name].dt.strftime("%Y-%m-%d")
    return dated


def _write(frame: pd.DataFrame, path: Path) -> None:
    frame.to_csv(path, index=False, encoding="utf-8", lineterminator="\n")
