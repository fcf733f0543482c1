"""What is varied, over which range, and what comes out: points of a design in, outcomes of runs out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from SALib.analyze import morris as morris_analysis
from SALib.analyze import sobol as sobol_analysis
from SALib.sample import morris as morris_sample
from SALib.sample import sobol as sobol_sample

from flightsim.config import compose
from flightsim.parameter import UNCERTAINTY
from flightsim.results import cube, outcomes
from flightsim.results.outcomes import Headline, headline
from flightsim.results.sweeps import Drawn
from flightsim.sweeps import batch, priors
from flightsim.validation.patterns.seen import DANA

DAYS = 99  # to 8 March 2020
STEP_HOURS = 6  # a third of the time of hourly steps; what that changes is measured beside the noise
LEVELS = 4  # of Morris' grid
JUMP = LEVELS / (2 * (LEVELS - 1))  # his step, as a share of the range
INNER = (0.05, 0.95)  # the shares of a prior between which Morris' paths go
LUCK, OTHER_LUCK = 1, 2  # seeds
RESAMPLES = 1_000

ARRIVALS = Headline("arrivals", "arrivals", "Arrivals", "all arrivals", "sum", "arrivals_persons")
READ = [
    *(headline(name) for name in ("displaced_persons", "in_open_persons", "trapped_persons")),
    headline(f"arrivals_{DANA}"),
    ARRIVALS,
]
OUTCOMES = {
    "displaced": ("People displaced by 8 March", "people"),
    "dana_share": ("Dana's share of arrivals", "% points"),
    "in_open": ("People in the open, on the day with most", "people"),
    "trapped": ("People trapped, on the day with most", "people"),
}
CANNOT_ACT = {
    "behaviour.abroad": "no gate abroad is open",
    "behaviour.return_per_day": "returns are switched off",
    "behaviour.return_quiet_days": "returns are switched off",
    "behaviour.dispersal_share": "nights in the fields are switched off",
    "events.strength_after": "violence is as it happened",
}
"""Uncertain numbers that do nothing in this winter, because what they belong to is off."""


@dataclass(frozen=True)
class Setting:
    """Where and at which size the runs are made."""

    folder: Path
    scale: float = 0.03
    workers: int | None = None

    def config(self, *lines: str) -> dict[str, Any]:
        """The shipped winter to 8 March, with ``lines`` changed."""
        common = [
            "experiment=idlib_dec2019",
            "name=sensitivity",
            f"days={DAYS}",
            f"seed={LUCK}",
            "figures=false",
        ]
        size = [f"step_hours={STEP_HOURS}", f"population.scale={self.scale:g}"]
        (job,) = compose.jobs([*common, *size, *lines])
        return job.config

    def outcomes(self, configs: Sequence[dict[str, Any]], what: str) -> pd.DataFrame:
        """The outcomes of the runs of these configurations, a row each; runs that are there are not made again."""

        def progress(done: int, failed: int, n: int) -> None:
            if done % 20 == 0 or done == n:
                print(f"{what}: {done} of {n} runs, {failed} failed", flush=True)

        runs = batch.run_configs(configs, self.folder, workers=self.workers, progress=progress)
        failed = sorted({run.error for run in runs if run.path is None})
        if failed:
            raise SystemExit(f"{what}: the same command goes on; failed: {'; '.join(failed)}")
        return pd.DataFrame([outcomes_of(run.path) for run in runs if run.path])


def outcomes_of(run: Path) -> dict[str, float]:
    """The four outcomes of a run."""
    courses = outcomes.courses_of(cube.read(run, {h.measure for h in READ}), READ, None)
    found = {h.name: h.of_course(courses[h.name]) for h in READ}
    return {
        "displaced": found["displaced_persons"],
        "dana_share": 100 * found[f"arrivals_{DANA}"] / max(found["arrivals"], 1.0),
        "in_open": found["in_open_persons"],
        "trapped": found["trapped_persons"],
    }


def varied(config: dict[str, Any]) -> dict[str, Drawn]:
    """Every parameter of role uncertainty that is a number with a prior and can act in this winter."""
    known = priors.parameters(config)
    return {
        name: Drawn(
            *priors.range_of(each)[:1], float(priors.default_of(each)), priors.range_of(each)[1], UNCERTAINTY
        )
        for name, each in known.items()
        if each.metadata["role"] == UNCERTAINTY and not priors.why_not(each) and name not in CANNOT_ACT
    }


def not_varied(config: dict[str, Any]) -> dict[str, str]:
    """The other uncertain parameters, each with the reason."""
    known = priors.parameters(config)
    return {
        name: CANNOT_ACT.get(name) or priors.why_not(each)
        for name, each in known.items()
        if each.metadata["role"] == UNCERTAINTY and (priors.why_not(each) or name in CANNOT_ACT)
    }


def configs_at(config: dict[str, Any], ranges: dict[str, Drawn], points: np.ndarray) -> list[dict[str, Any]]:
    """A configuration a point (n, k): each parameter at that share of its prior."""
    return [
        priors.with_values(
            config, {n: priors.value_at(r, x) for (n, r), x in zip(ranges.items(), at, strict=True)}, ()
        )
        for at in points
    ]


def problem(names: Sequence[str], bounds: tuple[float, float]) -> dict[str, Any]:
    """The design as SALib has it: shares of priors between the same bounds for all."""
    return {"num_vars": len(names), "names": list(names), "bounds": [list(bounds)] * len(names)}


def morris_points(names: Sequence[str], paths: int) -> np.ndarray:
    """(paths * (k + 1), k) Morris' paths, each changing every parameter once."""
    return np.asarray(morris_sample.sample(problem(names, INNER), paths, num_levels=LEVELS, seed=LUCK))


def morris_effects(points: np.ndarray, names: Sequence[str], found: pd.DataFrame) -> pd.DataFrame:
    """A row an outcome and parameter: mean effect, mean of its absolute value with its interval, and spread.

    An effect is the change of the outcome over the whole range, as one jump of two thirds of it tells.
    """
    rows = []
    for outcome in found.columns:
        told = morris_analysis.analyze(
            problem(names, INNER), points, found[outcome].to_numpy(), num_levels=LEVELS,
            num_resamples=RESAMPLES, seed=LUCK,
        )  # fmt: skip
        table = pd.DataFrame({"outcome": outcome, "parameter": list(names), "effect": told["mu"],
                              "size": told["mu_star"], "half_interval": told["mu_star_conf"],
                              "spread": told["sigma"]})  # fmt: skip
        table["share_of_all"] = table["size"] / table["size"].sum()
        rows.append(table)
    return pd.concat(rows, ignore_index=True)


def effects_along(points: np.ndarray, values: np.ndarray) -> np.ndarray:
    """(k,) the effect of each parameter along one path (k + 1, k), over the whole range."""
    found = np.empty(points.shape[1])
    for at in range(len(points) - 1):
        (which,) = np.flatnonzero(points[at + 1] != points[at])
        found[which] = (
            np.sign(points[at + 1, which] - points[at, which]) * (values[at + 1] - values[at]) / JUMP
        )
    return found


def strongest(effects: pd.DataFrame, n: int) -> list[str]:
    """The ``n`` parameters with the largest share of all effects, mean over the outcomes."""
    share = effects.groupby("parameter")["share_of_all"].mean()
    return list(share.sort_values(ascending=False, kind="stable").index[:n])


def sobol_points(names: Sequence[str], base: int) -> np.ndarray:
    """(base * (k + 2), k) Saltelli's design on a scrambled Sobol' sequence."""
    whole = problem(names, (0.0, 1.0))
    return np.asarray(sobol_sample.sample(whole, base, calc_second_order=False, seed=LUCK))


def sobol_indices(names: Sequence[str], found: pd.DataFrame) -> pd.DataFrame:
    """A row an outcome and parameter: first-order and total index, each with its half interval."""
    rows = []
    for outcome in found.columns:
        told = sobol_analysis.analyze(
            problem(names, (0.0, 1.0)), found[outcome].to_numpy(), calc_second_order=False,
            num_resamples=RESAMPLES, seed=LUCK,
        )  # fmt: skip
        rows.append(pd.DataFrame({"outcome": outcome, "parameter": list(names), "alone": told["S1"],
                                  "alone_half_interval": told["S1_conf"], "in_all": told["ST"],
                                  "in_all_half_interval": told["ST_conf"]}))  # fmt: skip
    return pd.concat(rows, ignore_index=True)
