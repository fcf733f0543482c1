"""The page of evaluation: which days and origins it covers, and what stands in which column."""

from __future__ import annotations

import importlib.util
import sys
from datetime import date
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

from flightsim.validation.scores import rolling
from flightsim.validation.scores.counts import MODEL
from flightsim.validation.scores.totals import HINDSIGHT

SCRIPT = Path(__file__).resolve().parents[1] / "experiments/evaluation/run.py"


@pytest.fixture(scope="module")
def evaluation() -> ModuleType:
    spec = importlib.util.spec_from_file_location("evaluation_run", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # a dataclass looks its module up there
    spec.loader.exec_module(module)
    return module


def test_the_days_are_those_of_the_cases_reports(evaluation: ModuleType) -> None:
    span = evaluation.span()
    assert (span.start, span.last, span.days) == (date(2019, 12, 1), date(2020, 3, 8), 99)
    assert span.unknown_from[0] == date(2019, 12, 8)
    assert [day for day in span.unknown_from if day.month == 2] == [date(2020, 2, d) for d in (2, 9, 16, 23)]
    assert span.unknown_from[-1] == date(2020, 3, 8), "events are known to the 7th, and a report lies ahead"


def test_every_origin_of_drawn_events_is_one_of_the_known(evaluation: ModuleType) -> None:
    """The last day known is the eve of the first drawn: the ends of the weeks that `rolling` forecasts from."""
    span = evaluation.span()
    ends = [(day - span.start).days - 1 for day in span.unknown_from]
    assert ends == list(range(rolling.STEP_DAYS - 1, span.days - 1, rolling.STEP_DAYS))


def test_who_knows_the_answer_stands_behind_the_skill(evaluation: ModuleType) -> None:
    rows = pd.DataFrame(
        {"mode": rolling.KNOWN, "origin": date(2019, 12, 7), "target": date(2019, 12, 19), "horizon_days": 14,
         "forecaster": name, "observed_people": 0.0, "forecast_people": crps, "crps_people": crps}
        for name, crps in ((MODEL, 30.0), ("no change", 60.0), (HINDSIGHT, 10.0))
    )  # fmt: skip
    found = evaluation.ahead(rolling.table(rows), "horizon_days")
    assert list(found.columns) == [
        "mode", "horizon_days", "forecasts", MODEL, "no change", "skill", f"({HINDSIGHT})",
    ]  # fmt: skip
    assert found["skill"].tolist() == [pytest.approx(0.5)]
