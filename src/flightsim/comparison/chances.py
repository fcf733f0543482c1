"""How likely an outcome is to reach a number: in how many runs it does, and how sure that chance is."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from scipy.special import ndtri

from flightsim.comparison.material import Material
from flightsim.results.outcomes import Headline
from flightsim.results.precision import CONFIDENCE
from flightsim.world import Floats

ROUND = (1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9)  # and ten, a hundred … times these


def round_number(values: Floats) -> float:
    """The round number nearest to the middle of the values, by ratio; 0 if that is 0."""
    middle = float(np.median(values)) if len(values) else 0.0
    if middle <= 0:
        return 0.0
    power = math.floor(math.log10(middle))
    steps = [digit * 10.0**p for p in (power, power + 1) for digit in ROUND]
    return min(steps, key=lambda step: abs(math.log(step / middle)))


def is_certain(material: Material, headline: Headline, number: float) -> bool:
    """Whether all runs of all scenarios reach the number, or none does."""
    reach = material.values(headline) >= number
    return bool(reach.all() or not reach.any())


def interval(count: int, n: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a chance that came true in ``count`` of ``n`` runs; 0 to 1 without runs."""
    if n == 0:
        return 0.0, 1.0
    z = float(ndtri((1 + CONFIDENCE) / 2))
    share, wide = count / n, z * z / n
    middle = (share + wide / 2) / (1 + wide)
    half = z / (1 + wide) * math.sqrt(share * (1 - share) / n + wide / (4 * n))
    return max(middle - half, 0.0), min(middle + half, 1.0)


def table(material: Material, headline: Headline, number: float | None = None) -> pd.DataFrame:
    """Scenario by number: in how many runs the outcome is at least that. Round numbers, and ``number`` itself."""
    values = material.values(headline)
    known = values[np.isfinite(values) & (values > 0)]
    asked = {number} if number else set()
    if len(known):
        low, high = math.floor(math.log10(known.min())), math.ceil(math.log10(known.max()))
        ladder = {d * 10.0**p for p in range(low, high + 1) for d in ROUND}
        asked |= {step for step in ladder if 0.5 * known.min() <= step <= 1.5 * known.max()}
    rows = []
    for name in material.scenarios:
        own = values[material.of(name)]
        own = own[np.isfinite(own)]
        for step in sorted(asked):
            count = int((own >= step).sum())
            low_, high_ = interval(count, len(own))
            rows.append((headline.name, headline.unit, name, step, count, len(own), low_, high_))
    return pd.DataFrame(
        rows,
        columns=["outcome", "unit", "scenario", "at_least", "runs", "n_runs", "chance_low", "chance_high"],
    )
