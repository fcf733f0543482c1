"""Acting early: levels by the cost-loss rule, lead time, hits and false alarms to expect; refusals."""

from datetime import date

import pandas as pd
import pytest

from flightsim.errors import InputError
from flightsim.needs import anticipation
from flightsim.needs.anticipation import Stake

DAY = pd.Timestamp("2020-01-01")
LATER = DAY + pd.Timedelta(days=7)
STAKE = Stake(20.0, 100.0, DAY + pd.Timedelta(days=2))  # act from 2 in 10 on, get ready from 1 in 10 on


def chances(*shares: float, start: pd.Timestamp = LATER) -> pd.DataFrame:
    """A row an area, for one window of seven days."""
    return pd.DataFrame(
        [
            {"area_id": f"A{i}", "more_than_persons": 1000.0, "from": start, "within_days": 7, "chance": p}
            for i, p in enumerate(shares)
        ]
    )


def test_levels_and_lead_time() -> None:
    found = anticipation.with_levels(chances(0.05, 0.1, 0.19, 0.2, 0.9), STAKE)
    assert found["level"].tolist() == ["none", "readiness", "readiness", "activation", "activation"]
    assert found["lead_days"].tolist() == [5] * 5
    assert found["mean_loss_of_waiting"].tolist() == pytest.approx([5, 10, 19, 20, 90])


def test_it_is_too_late_for_a_window_that_has_begun() -> None:
    both = pd.concat([chances(0.9, start=DAY), chances(0.9)])
    assert anticipation.with_levels(both, STAKE)["from"].tolist() == [LATER]


def test_hits_false_alarms_and_misses() -> None:
    """Acting in two areas with chances of 2 and 9 in 10: 1.1 hits, 0.9 for nothing; 0.05 + 0.1 + 0.15 missed."""
    found = anticipation.with_levels(chances(0.05, 0.1, 0.15, 0.2, 0.9), STAKE)
    lines = anticipation.sentences(found, STAKE)
    assert "it pays from a chance of 20 % on (readiness from 10 %)" in lines[0]
    assert lines[2] == (
        "More than 1,000 within 7 days, lead time 5 days: 2 of 5 areas at activation, 2 at readiness. "
        "Acting in those at activation: 1.1 hits and 0.9 false alarms to expect, 0.3 missed."
    )


def test_what_does_not_fit_is_refused_at_once() -> None:
    with pytest.raises(InputError) as refused:
        anticipation.asked(100, 50, date(2020, 2, 1), DAY, DAY)
    assert "cost is 100; expected less than the loss, 50" in str(refused.value)
    assert "issued is 2020-02-01; expected a day not after the first of the windows, 2020-01-01" in str(
        refused.value
    )
    with pytest.raises(InputError, match="loss is missing; expected both"):
        anticipation.asked(100, None, None, DAY, DAY)
    assert anticipation.asked(None, None, None, DAY, DAY) is None
