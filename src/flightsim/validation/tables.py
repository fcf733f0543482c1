"""The tables of a validation, as CSV: one row per time, area and group, units in the names of columns."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from flightsim.files.atomic import write_text
from flightsim.validation.report import Report
from flightsim.validation.scores import places
from flightsim.validation.scores.counts import kind

README = """Modelled beside observed; docs/evaluation.md and docs/observations.md say what each score means.

report.txt            the screen
observations.csv      every observation beside the runs (5, 50, 95 %), or why it is not scored
totals.csv            scores of how many, a row a forecaster: the model and every honest baseline
in_hindsight.csv      the same of lines that know the answer: a yardstick, no forecast
increments.csv        scores of counts that begin later than the series: of a part of the time, so no totals
stocks.csv            scores of how many are in camps and sites, or in an area, on a day: a row a measure and forecaster
camps.csv             camps day by day as Flee scores them: ARD and rescaled ARD, a row a forecaster
thresholds.csv        will more than so many be displaced, or come to an area, by a day: probabilities, what happened
brier.csv             their Brier scores, a row a forecaster
reliability.csv       how often it happened when the model gave such a probability
pit.csv               where each reported total falls among what the model expects to be reported
questions.csv         scores of where from and where to, a row a question and forecaster
destinations.csv      their means for where to, a row a forecaster
origins.csv           their means for where from
whereabouts.csv       their means for where people are
cells.csv             the shares themselves
rolling.csv           scores of forecasts from each week's start, by mode, horizon and forecaster
rolling_by_origin.csv the same by the day from which the forecast is made
rolling_forecasts.csv the forecasts themselves
patterns.csv          what was seen that winter, and whether the runs show it
disagreement.csv      what sources said of the same day
figures/              the same in pictures

CRPS is of the runs as they are; for a single run and a single-number baseline it is the absolute error. Coverage,
PIT, interval scores and probabilities are of what sources would report if the forecast were true, for the model and
all baselines alike. Not for targeting, interdiction, closing borders, or decisions about individuals.
"""


def write(report: Report, folder: Path) -> None:
    """All tables into a folder."""
    for name, table in tables(report).items():
        write_text(
            folder / f"{name}.csv", table.to_csv(index=False, float_format="%.6g", lineterminator="\n")
        )


def brier(report: Report) -> pd.DataFrame:
    """Brier scores: of totals by those who forecast totals, of areas by those who forecast shares."""
    b = report.board
    both = (("totals", b.brier), ("areas", b.area_brier))
    rows = [
        {"of": of, "forecaster": name, "kind": kind(str(name)), "brier": value}
        for of, found in both
        for name, value in found.items()
    ]
    return pd.DataFrame(rows)


def _of(totals: pd.DataFrame, *, hindsight: bool) -> pd.DataFrame:
    """The forecasters, or those that know the answer."""
    return totals[(totals["kind"] == "in hindsight") == hindsight] if len(totals) else totals


def tables(report: Report) -> dict[str, pd.DataFrame]:
    """Each table by its name."""
    b = report.board
    return {
        "observations": b.each,
        "totals": _of(b.totals, hindsight=False),
        "in_hindsight": _of(b.totals, hindsight=True),
        "increments": b.increments.table() if b.increments.rows else pd.DataFrame(),
        "stocks": b.stocks,
        "camps": pd.DataFrame() if b.camps is None else b.camps.table,
        "thresholds": pd.concat([b.thresholds, b.area_thresholds], ignore_index=True),
        "brier": brier(report),
        "reliability": b.reliability,
        "pit": b.counts.pit() if b.counts.rows else pd.DataFrame(),
        "questions": b.questions,
        "destinations": b.destinations,
        "origins": b.origins,
        "whereabouts": b.whereabouts,
        "cells": places.cells(b.answered),
        "rolling": report.rolling,
        "rolling_by_origin": report.by_origin,
        "rolling_forecasts": report.forecasts,
        "patterns": report.patterns,
        "disagreement": b.apart,
    }
