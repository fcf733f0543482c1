"""Every part of a scenario: it has a null version, and each parameter a unit, bounds, a meaning and a source."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import numpy as np
import pytest

import worlds
from flightsim.clock import Clock
from flightsim.config import compose
from flightsim.errors import InputError
from flightsim.model.model import DisplacementModel
from flightsim.model.parts import Parts
from flightsim.model.parts.behaviour import Flight, NoFlight
from flightsim.model.parts.border import Border, OpenBorder
from flightsim.model.parts.discrepancy import LogRateDrift, NoDiscrepancy
from flightsim.model.parts.exodus import NoExodus
from flightsim.model.parts.hazard import Bombardment, NoHazard
from flightsim.model.parts.population import Population
from flightsim.model.parts.roads import FreeFlow, RoadNetwork
from flightsim.model.parts.services import HealthCare, NoServices
from flightsim.model.parts.shelter import ShelterLadder, UnlimitedShelter
from flightsim.model.parts.transport import FreeTransport, Transport
from flightsim.parameter import ASSUMPTION, table
from flightsim.whatif.changes import WhatIf

PARTS: dict[str, type] = {
    "hazard": Bombardment,
    "services": HealthCare,
    "roads": RoadNetwork,
    "border": Border,
    "shelter": ShelterLadder,
    "transport": Transport,
    "behaviour": Flight,
    "population": Population,
    "events": WhatIf,
    "discrepancy": LogRateDrift,
    "exodus": NoExodus,
}
NULLS: dict[str, type] = {
    "hazard": NoHazard,
    "services": NoServices,
    "roads": FreeFlow,
    "border": OpenBorder,
    "shelter": UnlimitedShelter,
    "transport": FreeTransport,
    "behaviour": NoFlight,
    "discrepancy": NoDiscrepancy,
}  # people are never null
BOTH = [(group, part) for parts in (PARTS, NULLS) for group, part in parts.items()]
NUMBERS = [
    (group, part, field)
    for group, part in BOTH
    for field in dataclasses.fields(part)
    if "low" in field.metadata
]


def name_of(value: Any) -> str:
    return getattr(value, "__name__", getattr(value, "name", str(value)))


def campaign() -> list[Any]:
    """Something of everything happens in the town on its first three days."""
    return [
        *(worlds.strike(place, f"2020-01-0{day}", 80) for place in ("M1", "M2") for day in (1, 2, 3)),
        worlds.event("shelling", "S1", 20.0, "2020-01-01"),
        worlds.captured("S1", "2020-01-02", hour=6),
        worlds.facility("H1", "2020-01-01"),
        worlds.road_cut("M1-N1", "2020-01-02", left=0.2),
        worlds.border_rule("open", "2020-01-02"),
        worlds.pause("2020-01-02", 8, 4),
        worlds.night(-3, "2020-01-01"),
        worlds.event("aid_authorisation", "ALL", 2.0, "2020-01-02"),
    ]


def three_days(happens: list[Any] | None = None, **parts: Any) -> DisplacementModel:
    """The town, three days on; every promise of the model is checked as it goes."""
    world, clock = worlds.town_world(persons=600), Clock(worlds.START, 3, 3)
    course = parts.pop("events", WhatIf())
    model = DisplacementModel(
        world,
        course.apply(campaign() if happens is None else happens, world, clock, seed=1),
        clock,
        Parts(**({"population": Population(scale=0.5)} | parts)),
    )
    while model.now < model.clock.n_steps:
        model.step()
    return model


# ------------------------------------------------------------------ parts and their nulls


def test_the_parts_are_those_of_the_model_and_of_the_configuration() -> None:
    groups = {field.name for field in dataclasses.fields(Parts)}
    folders = {folder.name for folder in compose.conf_folder().iterdir() if folder.is_dir()}
    assert groups == set(NULLS) | {"population", "exodus"}
    assert groups | {"events"} == set(PARTS) == folders - {compose.EXPERIMENT, "hydra"}


def test_left_alone_a_scenario_has_the_parts_with_their_defaults() -> None:
    parts = Parts()
    assert all(type(part) in PARTS.values() for part in vars(parts).values())


@pytest.mark.parametrize(("group", "part"), BOTH, ids=name_of)
def test_a_part_is_frozen_and_says_what_it_is(group: str, part: type) -> None:
    made = part()
    assert part.__doc__
    assert not part.__doc__.startswith(part.__name__)  # what dataclasses write themselves
    assert made == part()
    with pytest.raises((dataclasses.FrozenInstanceError, AttributeError)):
        made.anything = 1  # type: ignore[attr-defined]


@pytest.mark.parametrize("group", NULLS)
def test_a_null_answers_the_question_of_its_part(group: str) -> None:
    """Everything public of the part is there in its null."""
    asked = {name for name in vars(PARTS[group]) if not name.startswith("_")}
    asked -= {field.name for field in dataclasses.fields(PARTS[group])}
    assert asked
    assert asked <= set(dir(NULLS[group]))


def test_a_run_of_nulls_is_legal_and_boring() -> None:
    model = three_days(**{group: null() for group, null in NULLS.items()})
    h = model.households
    assert not h.displaced.any()
    assert not h.moves.any()
    assert (h.wants_since == -1).all()
    assert (h.place == h.home).all()
    assert not model.hazard.remembered.any()


def test_the_same_days_are_anything_but_boring_with_the_parts() -> None:
    model = three_days()
    assert model.households.displaced.any()
    assert model.hazard.remembered.any()


@pytest.mark.parametrize("group", NULLS)
def test_each_null_goes_with_the_other_parts(group: str) -> None:
    gone = int(three_days(**{group: NULLS[group]()}).households.displaced.sum())
    if group == "behaviour":
        assert gone == 0
    elif group == "hazard":
        assert gone < three_days().households.displaced.sum() / 4  # the hospital's closure moves some
    else:
        assert gone > 0


def test_each_part_goes_with_the_other_nulls() -> None:
    for group, part in PARTS.items():
        if group != "population":
            three_days(**{name: part() if name == group else null() for name, null in NULLS.items()})


# ------------------------------------------------------------------ parameters


@pytest.mark.parametrize(("group", "part", "field"), NUMBERS, ids=name_of)
def test_a_parameter_says_what_it_is_and_where_it_comes_from(group: str, part: type, field: Any) -> None:
    about = field.metadata
    assert field.default is None or about["low"] <= field.default <= about["high"]
    for text in (about["unit"], about["meaning"], about["source"]):
        assert text == text.strip()
        assert text
    assert re.match(r"[A-Z]|e-folding", about["meaning"]), "a sentence"
    assert not about["meaning"].endswith(".")


@pytest.mark.parametrize(("group", "part", "field"), NUMBERS, ids=name_of)
def test_bounds_are_allowed_and_what_is_beyond_is_named(group: str, part: type, field: Any) -> None:
    about = field.metadata
    for bound in (about["low"], about["high"]):
        assert getattr(part(**{field.name: bound}), field.name) == bound
    for beyond in (about["low"] - 1, about["high"] + 1):
        with pytest.raises(InputError) as refused:
            part(**{field.name: beyond})
        (told,) = refused.value.complaints
        assert told.startswith(f"{group}.{field.name} is {beyond!r}; expected a number from")


@pytest.mark.parametrize(("group", "part"), BOTH, ids=name_of)
def test_every_field_of_a_part_is_a_parameter(group: str, part: type) -> None:
    rows = table({group: [part]})
    assert [row["parameter"] for row in rows] == [field.name for field in dataclasses.fields(part)]


def test_what_is_no_assumption_names_its_source() -> None:
    """A year, an organisation, a study: something with a capital or a number; or that it is a lever or a choice."""
    ours = {"lever", "choice", "switch", "null version"}
    for row in table({group: [part] for group, part in BOTH}):
        source = row["source"]
        assert source.startswith((ASSUMPTION, *ours)) or re.search(r"[A-Z]{2}|\d", source), row


def test_names_end_in_their_unit() -> None:
    endings = {
        "km": "_km",
        "days": "_days",
        "hours": "_hours",
        "km/h": "_kmh",
        "1/h": "_per_hour",
        "1/day": "_per_day",
    }
    for row in table({group: [part] for group, part in BOTH}):
        ending = endings.get(row["unit"])
        assert ending is None or row["parameter"].endswith(ending), row["parameter"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("group", "part", "field", "bound"),
    [
        (group, part, field, bound)
        for group, part, field in NUMBERS
        if part is PARTS[group] and field.name != "scale"
        for bound in dict.fromkeys((field.metadata["low"], field.metadata["high"]))
    ],
    ids=name_of,
)
def test_the_model_runs_at_every_bound(group: str, part: type, field: Any, bound: float) -> None:
    """Three days of a campaign, one parameter at its limit: no warning, and people are conserved."""
    more = {"population": Population(scale=0.5)} if group != "population" else {}
    change = {field.name: bound} | ({"scale": 0.5} if group == "population" else {})
    model = three_days(**(more | {group: part(**change)}))
    assert np.isclose(model.everybody(), model.persons_total)
