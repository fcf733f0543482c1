"""All scores of an ensemble against a folder of observations, and which share of them could be scored."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from flightsim.case.observations import DISPLACED, FILE, PEOPLE, SHARE, Observation, Observations
from flightsim.errors import InputError
from flightsim.validation.scores import metrics, places, stocks
from flightsim.validation.scores.camps import Camps, camps
from flightsim.validation.scores.counts import MODEL, Counts, counts, kind
from flightsim.validation.scores.ensemble import Ensemble
from flightsim.validation.scores.ground import Ground
from flightsim.validation.scores.known import begins, known_before, of_everybody
from flightsim.validation.scores.modelled import answer, why_not
from flightsim.validation.scores.questions import WHERE_ARE, WHERE_FROM, WHERE_TO, Question
from flightsim.validation.scores.totals import Known
from flightsim.world import Floats, World

ROWS_NAMED = 10  # in a complaint


@dataclass(frozen=True)
class Board:
    """What was scored and how it came out. Tables have a row a thing, and say their units in their columns."""

    ensemble: Ensemble
    observations: Observations
    scored: list[Observation]
    each: pd.DataFrame  # every observation beside the runs, with the reason if it is not scored
    counts: Counts  # of the totals
    increments: Counts
    known: Known  # what was counted before the first that is scored
    answered: dict[Question, dict[str, Floats]]
    totals: pd.DataFrame
    questions: pd.DataFrame
    stocks: pd.DataFrame
    thresholds: pd.DataFrame  # of the totals
    area_thresholds: pd.DataFrame
    reliability: pd.DataFrame
    camps: Camps | None  # counted one by one, day by day

    @property
    def destinations(self) -> pd.DataFrame:
        """Scores of where to by forecaster."""
        return places.by_forecaster(self.questions, WHERE_TO)

    @property
    def origins(self) -> pd.DataFrame:
        """Scores of where from by forecaster."""
        return places.by_forecaster(self.questions, WHERE_FROM)

    @property
    def whereabouts(self) -> pd.DataFrame:
        """Scores of where they are by forecaster."""
        return places.by_forecaster(self.questions, WHERE_ARE)

    @property
    def brier(self) -> pd.Series:
        """Brier score of the totals' thresholds by forecaster; empty without any."""
        return _brier(self.thresholds)

    @property
    def area_brier(self) -> pd.Series:
        """Brier score of the areas' thresholds by forecaster; empty without any."""
        return _brier(self.area_thresholds)

    @property
    def crps(self) -> pd.Series:
        """CRPS of the totals by forecaster, in people."""
        return (
            self.totals.set_index("forecaster")["crps_people"] if len(self.totals) else pd.Series(dtype=float)
        )

    @property
    def model_totals(self) -> dict[str, float]:
        """The model's row of the totals, as numbers."""
        row: dict[Hashable, Any] = next(r for r in self.totals.to_dict("records") if r["forecaster"] == MODEL)
        return {str(key): float(value) for key, value in row.items() if key not in ("forecaster", "kind")}

    @property
    def misplaced(self) -> pd.Series:
        """Share of people in the wrong place of arrival by forecaster, mean over the questions."""
        return _misplaced(self.destinations)

    @property
    def misplaced_origins(self) -> pd.Series:
        """Share of people with the wrong origin by forecaster, mean over the questions."""
        return _misplaced(self.origins)

    @property
    def apart(self) -> pd.DataFrame:
        """Reports of all people for the same day that do not agree: lowest, highest and the best estimate's."""
        return disagreement(self.observations.rows)


def score(
    ensemble: Ensemble,
    observations: Observations,
    world: World,
    own: Sequence[Observation] = (),
    history: date = date.max,
) -> Board:
    """Score runs against observations; InputError if not one of these can be scored.

    ``own``: the case's own observations, if the others are a folder apart: baselines know those of before the first
    new one. ``history``: the last day to which the runs follow what happened.
    """
    reasons = {id(o): why_not(o, ensemble, history) for o in observations.rows}
    scored = [o for o in observations.rows if not reasons[id(o)]]
    if not scored:
        raise InputError(_nothing(observations, reasons, ensemble))
    ground, first = Ground(world, ensemble.runs[0].front), ensemble.days[0].date()
    at_hand = [*own, *observations.rows]
    known = known_before(at_hand, first, begins(of_everybody(scored), first) if own else first)
    found, increments = counts(scored, known, ensemble, ground)
    new_from = begins(scored, first) if own else first
    earlier = [o for o in at_hand if o.until < new_from]
    answered = places.answers(scored, earlier, observations.model, ensemble, ground)
    thresholds, by_area = found.thresholds(), places.thresholds(answered, WHERE_TO)
    return Board(
        ensemble, observations, scored, _each(observations, reasons, ensemble, ground), found, increments, known,
        answered, found.table() if found.rows else pd.DataFrame(), places.table(answered, ground),
        stocks.table(scored, earlier, ensemble, ground), thresholds,
        by_area, _reliability(pd.concat([thresholds, by_area])), camps(observations.rows, ensemble, ground),
    )  # fmt: skip


def best_baseline(scores: pd.Series) -> tuple[str, float]:
    """The honest baseline with the lowest score, one that does not know the answer; ('none', nan) if there is none."""
    others = scores[[kind(str(name)) == "baseline" for name in scores.index]].dropna()
    return (str(others.idxmin()), float(others.min())) if len(others) else ("none", math.nan)


def skill(scores: pd.Series) -> float:
    """1 - the model's score / the best baseline's: above 0 the model is better, 1 is perfect; nan if undefined."""
    _, best = best_baseline(scores)
    return 1 - float(scores[MODEL]) / best if MODEL in scores and best > 0 else math.nan


def _nothing(observations: Observations, reasons: dict[int, str], ensemble: Ensemble) -> list[str]:
    """Why not one can be scored: a line of what was asked, and one a measure and reason with its rows."""
    first, last = ensemble.days[0].date(), ensemble.days[-1].date()
    rows: dict[tuple[str, str], list[str]] = {}
    for o in sorted(observations.rows, key=lambda o: o.row):
        rows.setdefault((o.measure, reasons[id(o)]), []).append(str(o.row))
    head = (
        f"none of the {len(observations.rows)} observations in {observations.folder} can be scored with a run of "
        f"{first} to {last}"
    )
    return [
        head,
        *(
            f"{FILE} row{'s' if len(each) > 1 else ''} {', '.join(each[:ROWS_NAMED])}"
            f"{f' and {len(each) - ROWS_NAMED} more' if len(each) > ROWS_NAMED else ''}: {measure}, {reason}"
            for (measure, reason), each in rows.items()
        ),
    ]


def disagreement(rows: list[Observation]) -> pd.DataFrame:
    """By day with several reports of all people displaced: how far they are apart.

    Reports that count from before the best estimate's window are of something else and left out; those that
    do not say since when are kept.
    """
    all_people = [o for o in rows if o.measure == DISPLACED and o.unit == PEOPLE and not o.areas]
    found = []
    for best in (o for o in all_people if o.weighed and o.best > 0):
        same = [o.best for o in all_people if o.until == best.until and not o.weighed
                and (o.since is None or best.since is None or o.since >= best.since)]  # fmt: skip
        if same:
            off = np.abs(np.array(same) - best.best) / best.best
            found.append({"date": best.until, "reports": len(same), "lowest_people": min(same),
                          "highest_people": max(same), "best_people": best.best,
                          "mean_relative_difference": float(off.mean())})  # fmt: skip
    return pd.DataFrame(found)


def _each(
    observations: Observations, reasons: dict[int, str], ensemble: Ensemble, ground: Ground
) -> pd.DataFrame:
    rows = []
    for o in observations.rows:
        row: dict[str, object] = {
            "row": o.row, "what": o.what, "since": o.since, "date": o.until, "unit": o.unit, "low": o.low,
            "best": o.best, "high": o.high, "source": o.source, "not_scored_because": reasons[id(o)],
        }  # fmt: skip
        if not reasons[id(o)]:
            said = answer(o, ensemble, ground)
            low, middle, high = np.quantile(said, [0.05, 0.5, 0.95])
            row |= {
                "modelled_05": low, "modelled_50": middle, "modelled_95": high, "error": middle - o.best,
                "relative_error": (middle - o.best) / o.best if o.best and o.unit != SHARE else math.nan,
                "inside": bool(o.low <= middle <= o.high),
            }  # fmt: skip
        rows.append(row)
    return pd.DataFrame(rows)


def _misplaced(found: pd.DataFrame) -> pd.Series:
    return found.set_index("forecaster")["total_variation"] if len(found) else pd.Series(dtype=float)


def _brier(thresholds: pd.DataFrame) -> pd.Series:
    if not len(thresholds):
        return pd.Series(dtype=float)
    return pd.Series(
        {
            name: metrics.brier(rows["happened"].to_numpy(bool), rows["probability"].to_numpy(float))
            for name, rows in thresholds.groupby("forecaster", sort=False)
        }
    )


def _reliability(thresholds: pd.DataFrame) -> pd.DataFrame:
    if not len(thresholds):
        return pd.DataFrame()
    own = thresholds[thresholds["forecaster"] == MODEL]
    found = metrics.reliability(own["happened"].to_numpy(bool), own["probability"].to_numpy(float))
    return pd.DataFrame(found).rename(
        columns={"low": "probability_from", "high": "probability_to", "n": "times", "said": "mean_probability",
                 "happened": "share_that_happened"}
    )  # fmt: skip
