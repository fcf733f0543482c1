"""What observations ask of where people go, and what the runs and each baseline answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from flightsim.case.observations import ARRIVALS, DISPLACED, FLOWS, Observation, ObservationModel
from flightsim.validation.scores import splits
from flightsim.validation.scores.ensemble import Ensemble
from flightsim.validation.scores.ground import Ground
from flightsim.validation.scores.modelled import answer, whole
from flightsim.world import Floats

ELSEWHERE = "elsewhere"
WHERE_TO, WHERE_FROM = "where to", "where from"
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
        """Where to, or where from: they have other baselines."""
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
        what = {ARRIVALS: "where they arrived", FLOWS: "from where to where"}.get(o.measure, "where from")
        return f"{what}, {o.unit}, {o.since} to {o.until}"

    @property
    def source(self) -> str:
        """Who says so."""
        return self.rows[0].source

    def places(self, ground: Ground) -> list[int] | None:
        """The sub-district of each cell, if every cell is one: only then a distance can be told."""
        if self.measure == FLOWS or self.has_rest or any(len(o.areas) != 1 for o in self.rows):
            return None
        ids = ground.world.areas.area_id
        named = [o.areas[0] for o in self.rows]
        return [ids.index(area) for area in named] if set(named) <= set(ids) else None


def questions(rows: list[Observation]) -> list[Question]:
    """The questions of shares in some observations: parts of a known whole, or several parts of one."""
    found: dict[tuple[object, ...], list[Observation]] = {}
    for o in rows:
        if o.measure in (ARRIVALS, FLOWS) or (o.measure == DISPLACED and o.areas):
            found.setdefault((o.measure, o.unit, o.since, o.until, o.source), []).append(o)
    made = []
    for group in found.values():
        total = next((o.total for o in group if np.isfinite(o.total)), float("nan"))
        if len(group) > 1 or np.isfinite(total):
            made.append(Question(tuple(group), total))
    return made


def modelled(question: Question, ensemble: Ensemble, ground: Ground) -> Floats:
    """(C, M) what each run has for each cell."""
    cells = np.array([answer(o, ensemble, ground) for o in question.rows])
    if not question.has_rest:
        return cells
    rest = np.maximum(whole(question.rows[0], ensemble) - cells.sum(axis=0), 0.0)
    return np.vstack([cells, rest])


def baselines(
    question: Question, earlier: list[Question], ground: Ground, model: ObservationModel
) -> dict[str, Floats]:
    """(C,) what each baseline has for each cell, in people or movements as asked.

    All know the captures up to the end of the window and take the leavers of the capture ring as given;
    ``earlier``: the questions that were answered before the forecast, for the last shares.
    """
    o = question.rows[0]
    assert o.since is not None
    leavers = ground.leavers(o.since, o.until)
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


def _cells(question: Question, counts: Floats, ground: Ground) -> Floats:
    """(C,) sums of (A, A) counts over each cell; where from: the diagonal."""
    found = []
    for o in question.rows:
        if question.measure == FLOWS:
            here, there = ground.inside(o.areas), ground.inside(o.destinations)
        elif question.measure == ARRIVALS:
            here, there = ground.inside(()), ground.inside(o.areas)
        else:
            here, there = ground.inside(o.areas), ground.inside(o.areas)
        found.append(float(counts[np.ix_(here, there)].sum()))
    rest = [max(float(counts.sum()) - sum(found), 0.0)] if question.has_rest else []
    return np.array([*found, *rest])


def _last(question: Question, earlier: list[Question]) -> Floats | None:
    """The counts of the latest earlier question with these cells (and perhaps others), if there is one."""
    first = question.rows[0]
    assert first.since is not None
    before = [
        q
        for q in earlier
        if (q.measure, q.rows[0].unit) == (question.measure, first.unit)
        and set(question.cells) <= set(q.cells)
        and q.rows[0].until <= first.since - timedelta(days=1)
    ]
    if not before:
        return None
    latest = max(before, key=lambda q: q.rows[0].until)
    counts = dict(zip(latest.cells, latest.observed.tolist(), strict=True))
    return np.array([counts[cell] for cell in question.cells])
