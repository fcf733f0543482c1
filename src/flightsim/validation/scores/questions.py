"""What observations ask of where people go, and what the runs and each baseline answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from flightsim.case.observations import (
    ARRIVALS,
    DISPLACED,
    DISPLACED_STOCK,
    FLOWS,
    PRESENT,
    SITES,
    SITES_GROWTH,
    STOCKS,
    Observation,
    ObservationModel,
)
from flightsim.validation.scores import splits, stocks
from flightsim.validation.scores.ensemble import Ensemble
from flightsim.validation.scores.ground import Ground
from flightsim.validation.scores.modelled import answer, whole
from flightsim.world import Floats

ELSEWHERE = "elsewhere"
WHERE_TO, WHERE_FROM, WHERE_ARE = "where to", "where from", "where they are"
TITLES = {
    ARRIVALS: "where they arrived", FLOWS: "from where to where", PRESENT: "where everybody is",
    DISPLACED_STOCK: "where the displaced are", SITES: "in which sites", SITES_GROWTH: "which sites grew",
}  # fmt: skip
LAST_SHARES = "last shares"


@dataclass(frozen=True)
class Question:
    """Counts of one source and window that are parts of one whole; the last cell may be what is elsewhere."""

    rows: tuple[Observation, ...]
    total: float  # nan: only the shares among the cells are asked

    @property
    def measure(self) -> str:
        """What is counted."""
        return self.rows[0].measure

    @property
    def asks(self) -> str:
        """Where to, where from, or where they are: each has other baselines."""
        if self.measure in (PRESENT, SITES, SITES_GROWTH):
            return WHERE_ARE
        return WHERE_FROM if self.measure == DISPLACED else WHERE_TO

    @property
    def has_rest(self) -> bool:
        """Whether people elsewhere are a cell of their own."""
        return bool(np.isfinite(self.total))

    @property
    def cells(self) -> list[str]:
        """A name for each cell."""
        named = [" to ".join("+".join(part) for part in (o.areas, o.destinations) if part) for o in self.rows]
        return [*named, *([ELSEWHERE] if self.has_rest else [])]

    @property
    def observed(self) -> Floats:
        """(C,) the reported counts."""
        counts = [o.best for o in self.rows]
        return np.array([*counts, *([self.total - sum(counts)] if self.has_rest else [])])

    @property
    def title(self) -> str:
        """What is asked, in a few words."""
        o = self.rows[0]
        window = f"{o.since} to {o.until}" if o.since else f"on {o.until}"
        return f"{TITLES.get(o.measure, 'where from')}, {o.unit}, {window}"

    @property
    def source(self) -> str:
        """Who says so."""
        return self.rows[0].source

    def places(self, ground: Ground) -> list[int] | None:
        """The area of each cell, if there are several and each is one: only then a distance can be told.

        The rest is left out: nobody says how far away those elsewhere are.
        """
        if self.measure == FLOWS or len(self.rows) < 2 or any(len(o.areas) != 1 for o in self.rows):
            return None
        ids = ground.world.areas.area_id
        named = [o.areas[0] for o in self.rows]
        return [ids.index(area) for area in named] if set(named) <= set(ids) else None


def questions(rows: list[Observation]) -> list[Question]:
    """The questions of shares in some observations: parts of a known whole, or several parts of one."""
    found: dict[tuple[object, ...], list[Observation]] = {}
    for o in rows:
        if o.measure in (ARRIVALS, FLOWS) or (o.measure in (DISPLACED, *STOCKS) and o.areas):
            found.setdefault((o.measure, o.unit, o.since, o.until, o.groups, o.source), []).append(o)
    made = []
    for group in found.values():
        total = next((o.total for o in group if np.isfinite(o.total)), float("nan"))
        shrank = any(o.best < 0 for o in group)  # then there are no shares
        if (len(group) > 1 or np.isfinite(total)) and not shrank:
            made.append(Question(tuple(group), total))
    return made


def modelled(question: Question, ensemble: Ensemble, ground: Ground) -> Floats:
    """(C, M) what each run has for each cell."""
    cells = np.array([answer(o, ensemble, ground) for o in question.rows])
    if not question.has_rest:
        return cells
    rest = np.maximum(whole(question.rows[0], ensemble, ground) - cells.sum(axis=0), 0.0)
    return np.vstack([cells, rest])


def baselines(
    question: Question, earlier: list[Question], ground: Ground, model: ObservationModel, first: date
) -> dict[str, Floats]:
    """(C,) what each baseline has for each cell, in people or movements as asked.

    All know the captures up to the end of the window and take the leavers of the capture ring as given;
    ``earlier``: the questions that were answered before the forecast, for the last shares; ``first``: the run's
    first day, for stocks of one day.
    """
    o = question.rows[0]
    since = o.since or first
    if question.asks == WHERE_ARE:
        by_area = _where_they_are(question.measure, since, o.until, ground)
        return {name: _cells(question, np.diag(count), ground) for name, count in by_area.items()}
    leavers = ground.leavers(since, o.until)
    if not leavers.any():
        leavers = ground.population
    if o.unit == "movements":
        leavers = leavers * model.movements_per_person
    if question.measure == DISPLACED:  # where from, not where to
        even = ground.population * leavers.sum() / ground.population.sum()
        by = {"capture ring": leavers, "even share of all people": even}
        return {name: _cells(question, np.diag(weight), ground) for name, weight in by.items()}
    open_ = (ground.population > 0) & ~ground.lost(o.until)
    people, km = ground.population, ground.road_km
    rules = {
        LAST_SHARES: splits.by_weight(ground.displaced_before, open_),
        "capacity split": splits.by_weight(ground.room, open_),
        "gravity": splits.gravity(people, km, open_),
        "radiation": splits.radiation(people, km, open_),
        "nearest safe place": splits.nearest_safe(km, open_),
        "uniform": splits.uniform(open_),
    }
    found = {name: _cells(question, leavers[:, None] * shares, ground) for name, shares in rules.items()}
    last = _last(question, earlier)
    if last is not None:
        found[LAST_SHARES] = last * float(leavers.sum()) / max(float(last.sum()), 1.0)
    return found


def _where_they_are(measure: str, since: date, until: date, ground: Ground) -> dict[str, Floats]:
    """(A,) by baseline: as before the run (of growth: in proportion to it), by the capture ring, or evenly."""
    start = stocks.at_start(SITES if measure == SITES_GROWTH else measure, ground)
    ring = stocks.by_ring(measure, since, until, ground)
    return {
        stocks.AS_AT_START: start,
        stocks.RING: ring,
        "uniform": np.ones(len(start)) * (ground.population > 0),
    }


def _cells(question: Question, counts: Floats, ground: Ground) -> Floats:
    """(C,) sums of (A, A) counts over each cell; where from: the diagonal."""
    found = []
    for o in question.rows:
        if question.measure == FLOWS:
            here, there = ground.inside(o.areas), ground.inside(o.destinations)
        elif question.measure in (ARRIVALS, DISPLACED_STOCK):
            here, there = ground.inside(()), ground.inside(o.areas)
        else:
            here, there = ground.inside(o.areas), ground.inside(o.areas)
        found.append(float(counts[np.ix_(here, there)].sum()))
    rest = [max(float(counts.sum()) - sum(found), 0.0)] if question.has_rest else []
    return np.array([*found, *rest])


def _last(question: Question, earlier: list[Question]) -> Floats | None:
    """The counts of the latest earlier question with these cells (and perhaps others), if there is one."""
    before = [
        q
        for q in earlier
        if (q.measure, q.rows[0].unit) == (question.measure, question.rows[0].unit)
        and set(question.cells) <= set(q.cells)
    ]
    if not before:
        return None
    latest = max(before, key=lambda q: q.rows[0].until)
    counts = dict(zip(latest.cells, latest.observed.tolist(), strict=True))
    return np.array([counts[cell] for cell in question.cells])
