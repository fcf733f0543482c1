"""Where from and where to: shares in the wrong place, by question and forecaster."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from flightsim.case.observations import Observation, ObservationModel
from flightsim.validation.scores import metrics, questions, shares
from flightsim.validation.scores.counts import MODEL, round_steps
from flightsim.validation.scores.ensemble import Ensemble
from flightsim.validation.scores.ground import Ground
from flightsim.world import Floats


def answers(
    scored: list[Observation],
    earlier: list[Observation],
    model: ObservationModel,
    ensemble: Ensemble,
    ground: Ground,
) -> dict[questions.Question, dict[str, Floats]]:
    """(C, m) by question and forecaster; (C, 1) for baselines. ``earlier``: counts at hand before the forecast."""
    before, first = questions.questions(earlier), ensemble.days[0].date()
    found = {}
    for q in questions.questions(scored):
        said = {MODEL: questions.modelled(q, ensemble, ground)}
        for name, cells in questions.baselines(q, before, ground, model, first).items():
            said[name] = cells[:, None]
        found[q] = said
    return found


def table(answered: dict[questions.Question, dict[str, Floats]], ground: Ground) -> pd.DataFrame:
    """A row a question and forecaster; an ensemble's score is the mean over its runs."""
    rows = []
    for q, said in answered.items():
        at = q.places(ground)
        km = None if at is None else ground.road_km[np.ix_(at, at)]
        for name, members in said.items():
            each = [_scores(member, q, km) for member in members.T]
            means = {key: float(np.mean([scores[key] for scores in each])) for key in each[0]}
            rows.append(
                {
                    "asks": q.asks,
                    "question": q.title,
                    "source": q.source,
                    "forecaster": name,
                    "cells": len(q.cells),
                    **means,
                }
            )
    return pd.DataFrame(rows)


def _scores(counts: Floats, q: questions.Question, km: Floats | None) -> dict[str, float]:
    seen = q.observed
    listed = slice(None, len(q.rows))  # without the rest: Flee's measure and distances know no elsewhere
    many = len(q.rows) > 2
    return {
        "total_variation": shares.total_variation(counts, seen),
        "ard": shares.ard(counts[listed], seen[listed]),
        "rescaled_ard": shares.rescaled_ard(counts[listed], seen[listed]) if len(q.rows) > 1 else math.nan,
        "earth_movers_km": math.nan
        if km is None
        else shares.earth_movers_km(counts[listed], seen[listed], km),
        "top_three_found": shares.top_found(counts[listed], seen[listed]) if many else math.nan,
        "rank_correlation": shares.rank_correlation(counts[listed], seen[listed]) if many else math.nan,
    }


def cells(answered: dict[questions.Question, dict[str, Floats]]) -> pd.DataFrame:
    """A row a question, cell and forecaster: the share, and the observed one."""
    rows = []
    for q, said in answered.items():
        seen = shares.normalised(q.observed)
        for name, members in said.items():
            part = np.column_stack([shares.normalised(member) for member in members.T])
            rows += [
                {"question": q.title, "source": q.source, "cell": cell, "forecaster": name,
                 "share": float(part[c].mean()), "observed_share": float(seen[c])}
                for c, cell in enumerate(q.cells)
            ]  # fmt: skip
    return pd.DataFrame(rows)


def thresholds(answered: dict[questions.Question, dict[str, Floats]], asks: str) -> pd.DataFrame:
    """Will more than so many have come to (or left) an area by the day? A row a threshold, cell and forecaster.

    Round numbers up to twice what was reported, so that either answer can be right.
    """
    rows: list[dict[str, object]] = []
    for q, said in ((q, said) for q, said in answered.items() if q.asks == asks):
        for c, o in enumerate(q.rows):
            bounds = (np.array([value]) for value in (o.low, o.best, o.high))
            low, best, high = bounds
            reports = {
                name: metrics.with_error(cells[c : c + 1], low, best, high) for name, cells in said.items()
            }
            rows += [
                {"what": o.what, "date": o.until, "threshold": limit, "unit": o.unit, "forecaster": name,
                 "probability": float(metrics.probability_above(told, limit)[0]), "happened": bool(o.best > limit)}
                for limit in round_steps(2 * o.best)
                for name, told in reports.items()
            ]  # fmt: skip
    return pd.DataFrame(rows)


def by_forecaster(found: pd.DataFrame, asks: str) -> pd.DataFrame:
    """Means over the questions of where to or of where from, which every forecaster in the table answered."""
    found = found[found["asks"] == asks] if len(found) else found
    if not len(found):
        return found
    names = list(dict.fromkeys(found["forecaster"]))
    columns = [
        "total_variation",
        "ard",
        "rescaled_ard",
        "earth_movers_km",
        "top_three_found",
        "rank_correlation",
    ]
    means = found.groupby("forecaster")[columns].mean().reindex(names)
    means.insert(0, "questions", found.groupby("forecaster")["question"].count())
    return means.reset_index()
