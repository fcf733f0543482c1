"""What is measured, in the process that is measured: a whole job, or the hours of households alone."""

from __future__ import annotations

import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

Case = dict[str, Any]
STAGES = (
    "change_of_the_world", "gather_pressure", "form_intents", "depart", "travel", "pass_gates", "keep_count",
)  # fmt: skip


class Stopwatch:
    """CPU seconds by label, added up over all calls of the functions it is put on."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)

    def put_on(self, owner: Any, name: str) -> None:
        """Time a module's function or a class's method from now on."""
        function = getattr(owner, name)

        @wraps(function)
        def timed(*args: Any, **kwargs: Any) -> Any:
            began = time.process_time()
            try:
                return function(*args, **kwargs)
            finally:
                self.seconds[name] += time.process_time() - began

        setattr(owner, name, timed)


def job(overrides: Sequence[str]) -> Case:
    """A whole run as `flightsim run` makes it, to a results folder on disk, and where its time goes."""
    import pyarrow.parquet  # noqa: F401  # imported here so that no import is timed with the job

    from flightsim import plots, scenario
    from flightsim.case import reading
    from flightsim.config import compose
    from flightsim.model.parts.population import Population
    from flightsim.model.schedule import Schedule
    from flightsim.results import summary  # noqa: F401

    imports_s, watch, counts = time.process_time(), Stopwatch(), []
    synthesise = Population.synthesise

    def counted(*args: Any) -> Any:
        made = synthesise(*args)
        counts.append(len(made))
        return made

    Population.synthesise = counted
    for owner, name in (
        (reading, "read_case"),
        (scenario.Scenario, "_schedule"),
        (scenario.Scenario, "_write"),
    ):
        watch.put_on(owner, name)
    watch.put_on(plots, "draw_all")
    for name in (*STAGES, "step"):
        watch.put_on(Schedule, name)
    with tempfile.TemporaryDirectory() as folder:
        (composed,) = compose.jobs([*overrides, f"results={folder}"])
        composing_s = time.process_time() - imports_s
        cpu, wall = time.process_time(), time.perf_counter()
        ready = scenario.from_config(composed.config)
        outcome = ready.run()
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        assert (outcome.path / "provenance.json").is_file()
    spent = watch.seconds
    outside = cpu - spent["read_case"] - spent["_schedule"] - spent["step"] - spent["_write"]
    return {
        "households": counts[0],
        "cpu_s": cpu,
        "wall_s": wall,
        "imports_s": imports_s,
        "composing_s": composing_s,
        "parts": {
            "read and check the case": spent["read_case"],
            "make households, roads, danger": spent["_schedule"],
            **{f"the hours: {stage}": spent[stage] for stage in STAGES},
            "the hours: between stages": spent["step"] - sum(spent[stage] for stage in STAGES),
            "figures": spent["draw_all"],
            "tables, summary, files": spent["_write"] - spent["draw_all"],
            "fingerprints and the rest": outside,
        },
    }


def households(overrides: Sequence[str], plain: bool) -> Case:
    """Only the hours, without results: household-steps a CPU second, by the engine or by the plain twin."""
    from flightsim import scenario
    from flightsim.config import compose
    from flightsim.model.schedule import Schedule

    (composed,) = compose.jobs(overrides)
    ready = scenario.from_config(composed.config)
    world, events, clock = ready.world, ready.events, ready.clock
    began = time.process_time()
    if plain:
        from bench.plain import PlainModel

        model = PlainModel(world, events, clock, ready.parts, ready.seed)
        count = len(model.agents)
    else:
        model = Schedule(world, events, clock, ready.parts, ready.seed)
        count = len(model.households)
    made = time.process_time()
    for _ in range(clock.n_steps):
        model.step()
    hours_s = time.process_time() - made
    if plain:
        displaced = model.displaced_persons
    else:
        h = model.households
        displaced = float(h.persons[h.displaced].sum() * h.weight)
    return {
        "households": count,
        "make_s": made - began,
        "hours_s": hours_s,
        "rate": count * clock.n_steps / hours_s,
        "displaced": displaced,
    }


KINDS: dict[str, Callable[[Sequence[str]], Case]] = {
    "job": job,
    "engine": lambda overrides: households(overrides, plain=False),
    "plain": lambda overrides: households(overrides, plain=True),
}
