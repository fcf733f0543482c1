"""The series of a run as Mesa's tools expect them of a ``DataCollector``: made from the recorder when asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from flightsim.measures import MEASURES
from flightsim.model.state import State
from flightsim.world import OPEN, Floats

if TYPE_CHECKING:
    import pandas as pd


class DailySeries:
    """``model.datacollector``: totals over all areas. Costs nothing in a step, since the recorder has it all.

    Stocks and sums are those at the end of the last full day; nan before the first day is over.
    """

    agent_reporters: dict[str, Any]  # none: ask `model.agents` itself
    agenttype_reporters: dict[type, Any]
    _agent_records: dict[int, Any]  # what `mesa.batch_run` looks at, all of these
    _agenttype_records: dict[int, Any]

    def __init__(self, state: State) -> None:
        self._state = state
        self.agent_reporters, self.agenttype_reporters = {}, {}
        self._agent_records, self._agenttype_records = {}, {}

    @property
    def _collection_steps(self) -> list[int]:
        """Which step each value of ``model_vars`` is of, as `mesa.batch_run` of 3.5 asks."""
        return list(range(self._state.now))

    def _daily(self) -> dict[str, Floats]:
        """(days,) by measure, of the days that are over."""
        state, recorder = self._state, self._state.recorder
        days = state.now // state.clock.steps_a_day
        daily = [m for m in MEASURES.values() if not m.hourly]
        found = {m.name: recorder.values[m.name].reshape(state.clock.days, -1).sum(axis=1) for m in daily}
        found["in_the_open_persons"] = recorder.values["sheltered_persons"][:, :, OPEN].sum(axis=1)
        return {name: np.asarray(values[:days], np.float64) for name, values in found.items()}

    @property
    def model_vars(self) -> dict[str, list[float]]:
        """By measure, a value for each step taken."""
        state = self._state
        day_over = (np.arange(state.now) + 1) // state.clock.steps_a_day  # days over after each step
        return {
            name: np.append(np.nan, values)[day_over].tolist() for name, values in self._daily().items()
        } | {
            m.name: state.recorder.values[m.name][: state.now].tolist() for m in MEASURES.values() if m.hourly
        }

    def get_model_vars_dataframe(self) -> pd.DataFrame:
        """One row a day, a column a measure."""
        import pandas as pd

        daily = self._daily()
        days = len(next(iter(daily.values())))
        dates = pd.DatetimeIndex([self._state.clock.date_of(day) for day in range(days)], name="date")
        return pd.DataFrame(daily, index=dates)
