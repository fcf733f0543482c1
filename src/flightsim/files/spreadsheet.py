"""Text that a spreadsheet would take for a formula, made harmless."""

from __future__ import annotations

from typing import Any

import pandas as pd

STARTS = ("=", "+", "-", "@", "\t", "\r")


def harmless(value: Any) -> Any:
    """The same value; a text that a spreadsheet would run gets an apostrophe in front, and is then shown as text."""
    return f"'{value}" if isinstance(value, str) and value.lstrip(" \n").startswith(STARTS) else value


def as_it_was(value: Any) -> Any:
    """What ``harmless`` was given, from what it gave: the apostrophe taken away again."""
    if isinstance(value, str) and value.startswith("'") and harmless(value[1:]) == value:
        return value[1:]
    return value


def harmless_table(frame: pd.DataFrame) -> pd.DataFrame:
    """The same table, every text in it (column names too) harmless; numbers and dates as they are."""
    safe = frame.rename(columns=harmless)
    for column in safe:
        if safe[column].dtype == object or isinstance(
            safe[column].dtype, pd.StringDtype | pd.CategoricalDtype
        ):
            safe[column] = safe[column].astype(object).map(harmless)
    return safe
