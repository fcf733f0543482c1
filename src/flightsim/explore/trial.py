"""Quick runs for the page, in memory: nothing is written, and one that nobody waits for any more is given up."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flightsim.explore import course
from flightsim.results import provenance
from flightsim.results.runs import Results
from flightsim.scenario import Scenario, from_config

KEPT = 8  # runs in memory
_kept: OrderedDict[str, Trial] = OrderedDict()
_one_at_a_time = threading.Lock()  # runs share two cores with the browser


class GivenUp(Exception):
    """Something else was asked for meanwhile."""


@dataclass(frozen=True)
class Trial:
    """A run, the scenario it is of, and what the page shows of it."""

    scenario: Scenario
    results: Results
    course: dict[str, Any]


def of_results(results: Results) -> Trial:
    """A run that was written."""
    scenario = from_config(results.config)
    return Trial(scenario, results, course.of_run(results, scenario))


def run(
    config: Mapping[str, Any],
    progress: Callable[[float], None] = lambda share: None,
    wanted: Callable[[], bool] = lambda: True,
) -> Trial:
    """Run a configuration and keep what it found; ``progress`` gets the share done, up to 1.

    InputError as for any run; GivenUp as soon as it is not ``wanted`` any more.
    """
    key = json.dumps(config, sort_keys=True, default=str)
    with _one_at_a_time:
        if key not in _kept:
            _kept[key] = _simulate(from_config(config), progress, wanted)
        _kept.move_to_end(key)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
        return _kept[key]


def _simulate(scenario: Scenario, progress: Callable[[float], None], wanted: Callable[[], bool]) -> Trial:
    model, n_steps = scenario.model(), scenario.clock.n_steps
    for step in range(n_steps):
        if not wanted():
            raise GivenUp
        model.step()
        if step * 50 // n_steps != (step + 1) * 50 // n_steps:  # a page need not be told more often
            progress((step + 1) / n_steps)
    areas = scenario.world.areas
    names = dict(zip(areas.area_id, areas.name, strict=True))
    nights = model.clock.dark_hours
    about = provenance.of_run(inputs={}, seed=scenario.seed, wall_seconds=0.0, dark_hours=nights)
    results = Results.in_memory(model.recorder.tables(), scenario.config, about, names)
    return Trial(scenario, results, course.of_run(results, scenario))
