"""Mesa's view of the table: a household as an agent, made when somebody looks at it.

`Household` holds the rules in plain words and scalars; the arrays in `parts.behaviour` and `choice` are the same, and
`tests/test_twin.py` holds the two equal, household for household.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import mesa
import numpy as np

from flightsim.model.draws import exponential, exponential_table, gumbel
from flightsim.model.households import AT_HOME, MEANS, SETTLED, STATES
from flightsim.model.parts.behaviour import CARE, CROWDING, FRONT, NEIGHBOURS, SHELLING
from flightsim.model.state import State
from flightsim.world import CAUSES, OPEN, RUNGS, Ints

try:
    from mesa.agentset import AgentSet, GroupBy  # Mesa 3.4 and later
except ImportError:
    from mesa.agent import AgentSet, GroupBy


@dataclass(frozen=True)
class Decision:
    """What a household decides: whether it wants to leave, and where it would go from here."""

    leave: bool
    destination: str | None  # P-code or crossing; None: there is no way anywhere


class Household(mesa.Agent):
    """One family, one row of the table.

    Summary of rule: when the pressure met at this place passes my threshold, I want to leave; once I can, I go
    to the place whose safety, kin, room and size, less the way there, is best in my eyes.
    """

    current_action = None  # Mesa 4 asks for it
    model: State
    row: int

    def __init__(self, model: State, row: int) -> None:
        # Mesa's own __init__ would register the agent; the table already has it
        object.__setattr__(self, "model", model)
        object.__setattr__(self, "row", row)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(
            f"{name} cannot be set on a household: it is a view of the table, which the engine alone changes"
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Household) and other.row == self.row and other.model is self.model

    def __hash__(self) -> int:
        return hash((id(self.model), self.row))

    def __repr__(self) -> str:
        return f"Household({self.unique_id}, {self.persons} persons, {self.status} at {self.place})"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        column = getattr(self.model.households, name, None)
        if not isinstance(column, np.ndarray):
            raise AttributeError(f"a household has no {name}")
        return column.item(self.row)

    @property
    def unique_id(self) -> int:
        """The row, from 1 as Mesa counts."""
        return self.row + 1

    @property
    def place(self) -> str:
        """P-code of where it is settled, or was last."""
        return self.model.world.places.place_id[self.model.households.place.item(self.row)]

    @property
    def home(self) -> str:
        """P-code of where it lived at the start."""
        return self.model.world.places.place_id[self.model.households.home.item(self.row)]

    @property
    def area(self) -> str:
        """Name of the area where it is settled, or was last."""
        world = self.model.world
        return world.areas.name[int(world.places.area[self.model.households.place[self.row]])]

    @property
    def status(self) -> str:
        """settled, en_route, at_crossing or abroad."""
        return STATES[self.model.households.state.item(self.row)]

    @property
    def shelter(self) -> str:
        """home, or the rung of the ladder."""
        rung = self.model.households.rung.item(self.row)
        return "home" if rung == AT_HOME else RUNGS[rung]

    @property
    def transport(self) -> str:
        """car, hire or foot."""
        return MEANS[self.model.households.means.item(self.row)]

    @property
    def wants_to_leave(self) -> bool:
        """Whether it has formed the intent and has not gone yet."""
        return bool(self.model.households.wants_since.item(self.row) >= 0)

    @property
    def threshold(self) -> float:
        """The pressure it bears here before it wants to leave."""
        h, m = self.model.households, self.model
        drawn = exponential(m.decision_keys["leave"], h.key[self.row], h.occasion[self.row])[0]
        return float(drawn / h.sensitivity[self.row])

    def remove(self) -> None:
        """Households do not leave the model: they move, and people are conserved."""
        raise TypeError("a household cannot be removed: people are conserved in every step")

    # ------------------------------------------------------------------ the rule, in plain scalars

    def decide(self) -> Decision:
        """Do I want to leave by the end of this step, and where would I go? Changes nothing."""
        settled = self.model.households.state.item(self.row) == SETTLED
        return Decision(settled and (self.wants_to_leave or self.feels_enough()), self.where_to())

    def feels_enough(self) -> bool:
        """Whether pressure gathered since I settled here, this step's included, passes my threshold."""
        model, place, kind = self.model, self._place, self._kind
        here = model.pressure.gathered[place, kind] + self.pressure_per_hour() * model.clock.step_hours
        return bool(here >= model.pressure.waiting.level(np.array([self.row]))[0])

    def pressure_per_hour(self) -> float:
        """What pushes me now, less what holds me back."""
        held_back = self.model.parts.behaviour.held_back()[self._kind]
        together = 0.0
        for (
            push
        ) in self.pushes_per_hour().values():  # one by one: from Python 3.12 on sum() rounds its own way
            together += push
        return float(max(together - held_back, 0.0))

    def pushes_per_hour(self) -> dict[str, float]:
        """What pushes me now, by cause."""
        model, place = self.model, self._place
        rule = model.parts.behaviour
        x = np.power(model.hazard.feared[place] / rule.half_strikes, rule.steepness)
        shelling = rule.shelling_per_hour * (x / (1 + x))
        front = rule.front_per_hour * model.hazard.feared_alarm[place]
        factor = rule.care_factor_in_need if self.needs_care else rule.care_factor
        care = model.care.lost[place] * ((shelling + front) * (factor - 1) + rule.care_per_hour)
        gone, here = model.gone_lately[place], model.present_persons[place]
        neighbours = rule.neighbours_per_hour * (gone / max(gone + here, 1e-9))
        crowding = rule.crowding_per_hour if self.shelter == RUNGS[OPEN] else 0.0
        faster = model.rate_factors[model.clock.day_of(model.now)]  # of the model's discrepancy
        pushes = dict.fromkeys(CAUSES, 0.0)
        for cause, push in ((SHELLING, shelling), (FRONT, front), (CARE, care), (NEIGHBOURS, neighbours)):
            pushes[CAUSES[cause]] = float(push * faster)
        pushes[CAUSES[CROWDING]] = float(crowding * faster)
        return pushes

    def where_to(self) -> str | None:
        """The place I would go to from here, now."""
        weighed = self.weigh()
        return weighed[0][0] if weighed else None

    def weigh(self, at_most: int | None = 1) -> list[tuple[str, float]]:
        """The places I weigh, best first, with what each is worth to me, the draws included."""
        options, ids = self.model.options(), self.model.world.node_ids
        areas = [self._area_value(options, column) for column in range(len(options.first))]
        found: list[tuple[float, str]] = []
        for i, column in enumerate(options.area.tolist()):
            if math.isfinite(areas[column]) and options.place[i] not in (self._place, self._home):
                found.append((areas[column] + self._place_draw(options, i), ids[int(options.place[i])]))
        found.sort(key=lambda pair: -pair[0])
        return [(name, float(value)) for value, name in found[:at_most]]

    def _area_value(self, options: Any, column: int) -> float:
        model, rule = self.model, self.model.parts.behaviour
        goal, routes = options.row[column], model.routes
        hours = routes.hours[self._place, routes.target(goal, np.array(self.adult_men > 0))]
        if not np.isfinite(hours) or (routes.node_abroad[self._place] and not routes.goal_abroad[goal]):
            return -math.inf
        through_a_gate = options.side[column] < 0
        if through_a_gate:
            gate = int(options.row[column]) - len(model.world.areas)
            if not model.gates.admits(gate, np.array([self.adult_men > 0]))[0]:
                return -math.inf
        if model.hazard.avoided(np.array(self._home), options.side[column]):
            return -math.inf
        value = -rule.distance_exponent * np.log(hours + rule.near_hours)
        value = value + rule.kin * (options.row[column] == self.kin_area)
        value = value - rule.other_authority * (
            not through_a_gate and options.side[column] != model.hazard.control[self._place]
        )
        drawn = gumbel(model.decision_keys["area"], self._draw_key, options.area_key[column])[0]
        return float(value + drawn)

    def _place_draw(self, options: Any, i: int) -> float:
        race = (
            exponential_table(self.model.decision_keys["place"], self._draw_key, options.key[i])[0, 0]
            * options.inverse_weight[i]
        )
        with np.errstate(divide="ignore"):
            return float(-np.log(race, dtype=np.float64))

    @property
    def _draw_key(self) -> Any:
        h = self.model.households
        return h.occasion_key(np.array([self.row]))[0]

    @property
    def _place(self) -> int:
        return int(self.model.households.place.item(self.row))

    @property
    def _home(self) -> int:
        return int(self.model.households.home.item(self.row))

    @property
    def _kind(self) -> int:
        return int(self.model.households.kind(np.array([self.row]))[0])

    def _name(self, node: int) -> str:
        """A place's or a gate's name."""
        return (self.model.world.places.name + self.model.world.crossings.name)[node]

    # ------------------------------------------------------------------ why

    def explain(self) -> str:
        """Why it left, or has not left: the pressures it met, its threshold, the places it weighed."""
        model, record = self.model, self.model.recorder
        here = model.world.places
        lines = [
            f"Household {self.unique_id}: {self.persons} persons ({self.children} children), from "
            f"{here.name[model.households.home.item(self.row)]}, transport: {self.transport}"
            + (", displaced before the start" if self.idp else "")
            + (", somebody needs care" if self.needs_care else "")
        ]
        if record.first_departure[self.row] >= 0:
            left = model.clock.time_of(int(record.first_departure[self.row]))
            wanted = model.clock.time_of(int(record.first_intent[self.row]))
            lines.append(
                f"Wanted to leave on {wanted:%d %b %H:00}, mostly because of {CAUSES[record.cause[self.row]]}; "
                f"left on {left:%d %b %H:00}; departures so far: {self.moves}."
            )
            weighed = [self._name(i) for i in model.weighed[self.row].tolist() if i >= 0]
            lines.append("Weighed most when it last set out: " + (", ".join(weighed) or "nothing"))
        if self.status != STATES[SETTLED]:
            lines.append(
                f"Now {self.status.replace('_', ' ')}, since it left {here.name[self._place]} ({self.area})."
            )
            return "\n".join(lines)
        gathered = (
            model.pressure.by_cause[:, self._place, self._kind] - model.pressure.causes_at_settling[self.row]
        )
        met = ", ".join(f"{cause} {value:.2f}" for cause, value in zip(CAUSES, gathered, strict=True))
        lines.append(f"Now settled at {here.name[self._place]} ({self.area}), shelter: {self.shelter}.")
        lines.append(f"Pressure met since it came: {met}; its threshold: {self.threshold:.2f}.")
        ids = model.world.node_ids
        best = ", ".join(f"{self._name(ids.index(name))} ({value:.1f})" for name, value in self.weigh(3))
        lines.append(f"If it set out now it would weigh most: {best or 'no way leads anywhere'}.")
        return "\n".join(lines)


class HouseholdSet(AgentSet):
    """A Mesa AgentSet over rows of the table: agents are made one by one as they are looked at.

    `get` and `agg` read whole columns; everything else works as in Mesa. Mesa's own set keeps weak references,
    which agents made on the fly would not survive, so this one keeps row numbers.
    """

    def __init__(self, model: State, rows: Ints) -> None:
        self.model, self.rows = model, rows
        self.random: Any = getattr(
            model, "random", None
        )  # Mesa's generator, which the model itself never uses

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Household]:
        return (Household(self.model, row) for row in self.rows.tolist())

    def __contains__(self, agent: object) -> bool:
        return (
            isinstance(agent, Household)
            and agent.model is self.model
            and bool((self.rows == agent.row).any())
        )

    def __getitem__(self, item: Any) -> Any:
        rows = self.rows[item]
        return (
            [Household(self.model, r) for r in rows.tolist()]
            if isinstance(item, slice)
            else Household(self.model, int(rows))
        )

    def __copy__(self) -> HouseholdSet:
        return HouseholdSet(self.model, self.rows)

    def __getstate__(self) -> dict[str, Any]:
        return {"model": self.model, "rows": self.rows, "random": self.random}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)

    def select(
        self,
        filter_func: Callable[[Household], bool] | None = None,
        at_most: float = math.inf,
        inplace: bool = False,
        agent_type: type[mesa.Agent] | None = None,
    ) -> HouseholdSet:
        """Those for whom ``filter_func`` holds, the first ``at_most`` of them (a share if below 1)."""
        if 0 < at_most <= 1 and not isinstance(at_most, int | np.integer):
            at_most = int(len(self) * at_most)
        right_type = agent_type is None or issubclass(Household, agent_type)
        found: list[int] = []
        for agent in self if right_type else ():
            if len(found) >= at_most:
                break
            if filter_func is None or filter_func(agent):
                found.append(agent.row)
        return self._with(np.array(found, np.int64), inplace)

    def shuffle(self, inplace: bool = False) -> HouseholdSet:
        """The same in random order (Mesa's generator, which the model itself never uses)."""
        rows = self.rows.tolist()
        self.random.shuffle(rows)
        return self._with(np.array(rows, np.int64), inplace)

    def sort(
        self, key: Callable[[Household], Any] | str, ascending: bool = False, inplace: bool = False
    ) -> HouseholdSet:
        """The same in the order of a column or a function."""
        value = (lambda agent: getattr(agent, key)) if isinstance(key, str) else key
        ranked = sorted(self, key=value, reverse=not ascending)
        return self._with(np.array([agent.row for agent in ranked], np.int64), inplace)

    def _with(self, rows: Ints, inplace: bool) -> HouseholdSet:
        if not inplace:
            return HouseholdSet(self.model, rows)
        self.rows = rows
        return self

    def do(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> HouseholdSet:
        """Call a method or function on each."""
        self.map(method, *args, **kwargs)
        return self

    def shuffle_do(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> HouseholdSet:
        """Call a method or function on each, in random order."""
        self.shuffle().map(method, *args, **kwargs)
        return self

    def map(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> list[Any]:
        """The results of a method or function on each."""
        if isinstance(method, str):
            return [getattr(agent, method)(*args, **kwargs) for agent in self]
        return [method(agent, *args, **kwargs) for agent in self]

    def get(self, attr_names: Any, handle_missing: str = "error", default_value: Any = None) -> list[Any]:
        """Attributes of each; a column of the table is read at once."""
        if not isinstance(attr_names, str):
            columns = [self.get(name, handle_missing, default_value) for name in attr_names]
            return [list(row) for row in zip(*columns, strict=True)]
        column = getattr(self.model.households, attr_names, None)
        if isinstance(column, np.ndarray) and not hasattr(Household, attr_names):
            return list(column[self.rows].tolist())
        if handle_missing == "default":
            return [getattr(agent, attr_names, default_value) for agent in self]
        return [getattr(agent, attr_names) for agent in self]

    def set(self, attr_name: str, value: Any) -> HouseholdSet:
        """Not possible: the engine alone changes the table, or people would not be conserved."""
        raise TypeError(
            f"households cannot be given another {attr_name} from outside: the engine changes the table"
        )

    def groupby(self, by: Callable[[Household], Hashable] | str, result_type: str = "agentset") -> GroupBy:
        """Sets of households with the same value of a column or function."""
        values: Iterable[Any] = self.get(by) if isinstance(by, str) else self.map(by)
        groups: dict[Any, list[int]] = defaultdict(list)
        for value, row in zip(values, self.rows.tolist(), strict=True):
            groups[value].append(row)
        sets: dict[Any, Any] = {v: HouseholdSet(self.model, np.array(rows)) for v, rows in groups.items()}
        return GroupBy(sets if result_type == "agentset" else {v: list(s) for v, s in sets.items()})

    def add(self, agent: mesa.Agent) -> None:
        """Not possible: see `Household.remove`."""
        raise TypeError("households cannot be added: people are conserved in every step")

    def discard(self, agent: mesa.Agent) -> None:
        """Not possible: see `Household.remove`."""
        raise TypeError("households cannot be removed: people are conserved in every step")

    remove = discard
