"""Up to which day a run follows what happened, and by which settings it leaves it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from flightsim.results.history import departures, history_until

FLIGHT: dict[str, Any] = {"events": {"violence": "as_it_happened"}, "border": {"policy": "as_it_was"}}


@pytest.mark.parametrize(
    ("changed", "until", "named"),
    [
        ({}, date.max, []),
        ({"border": {"policy": "closed"}}, date.max, []),
        ({"border": {"policy": "open"}}, None, ["border.policy=open"]),
        ({"events": {"aid_crossings": 1}}, None, ["events.aid_crossings=1"]),
        ({"hazard": {"warning_days": 3}}, None, ["hazard.warning_days=3"]),
        ({"events": {"violence": "goes_on"}}, None, ["events.violence=goes_on"]),
        (
            {"events": {"violence": "goes_on", "known_until": "2019-12-23"}},
            date(2019, 12, 22),
            ["events.violence=goes_on"],
        ),
        (
            {"exodus": {"_target_": "flightsim.Exodus", "begins": "2019-12-23"}},
            date(2019, 12, 22),
            ["exodus (departures are prescribed)"],
        ),
    ],
)
def test_where_a_run_leaves_what_happened(
    changed: dict[str, Any], until: date | None, named: list[str]
) -> None:
    config = FLIGHT | changed
    assert history_until(config) == until
    assert departures(config) == named
