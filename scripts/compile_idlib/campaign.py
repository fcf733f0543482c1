"""The two campaigns that are compiled: their days, and the names of their source tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Campaign:
    """Days of a campaign and where its sources are (paths below the source folder, without .csv).

    ``name`` is the case's folder and the folder of its manifest and README here. Events are known from ``first``
    to ``last``; counts of what happened since the start of a run begin on ``begins``. ``later_captures`` are
    changes of hands after the campaign: a place taken then was not yet empty, but the 2022 count says it was.
    """

    name: str
    first: date
    begins: date
    last: date
    control: str
    captures: str
    strikes: tuple[str, ...]
    strike_totals: str
    hostilities: str
    camps_month: str
    camps_before: str
    later_captures: tuple[str, ...] = ()

    @property
    def days(self) -> list[date]:
        """Every day with events, in order."""
        return [self.first + timedelta(days=i) for i in range((self.last - self.first).days + 1)]


WINTER = Campaign(
    name="idlib",
    first=date(2019, 11, 1),
    begins=date(2019, 12, 1),
    last=date(2020, 3, 8),
    control="geography/control_2019-11-01",
    captures="forcing/captures",
    strikes=("forcing/strikes_daily", "forcing/strikes_daily_feb2020"),
    strike_totals="forcing/strikes_daily_total",
    hostilities="forcing/hostilities",
    camps_month="2019-11",
    camps_before="2019-08",
)
# The sources' days reach to 15 September. No camp count before or after February 2019 is used: those of August
# are what came of the campaign.
SPRING = Campaign(
    name="idlib_spring2019",
    first=date(2019, 4, 1),
    begins=date(2019, 4, 1),
    last=date(2019, 9, 15),
    control="forcing_spring2019/control_2019-04-01",
    captures="forcing_spring2019/captures_2019",
    strikes=("forcing_spring2019/strikes_daily_2019",),
    strike_totals="forcing_spring2019/strikes_daily_total_2019",
    hostilities="forcing_spring2019/hostilities_2019",
    camps_month="2019-02",
    camps_before="",
    later_captures=("forcing/captures",),
)
CAMPAIGNS = (WINTER, SPRING)
