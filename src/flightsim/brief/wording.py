"""The question, the scenario, what is assumed and what cannot be told, in the words of a language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from flightsim import dotted
from flightsim.brief.language import Language
from flightsim.brief.subject import Subject
from flightsim.comparison.figures.look import shorter
from flightsim.results import checked as against
from flightsim.results import varied
from flightsim.world import World

MOST_CHANGED = 6  # settings other than the defaults that are listed
LONGEST_NAME, LONGEST_NOTE, MOST_NOTES = 40, 200, 3  # that two pages have room for
CANNOT = 8  # texts cannot_1 …
TOLD_IN_WORDS = (
    "border.policy", "events.violence", "events.known_until", "events.growth_per_week", "events.keep",
    "population.scale",
)  # fmt: skip


def title(subject: Subject, t: Language) -> str:
    """The case's title: of a shipped case in the language, else as the case has it."""
    own = f"case_{subject.scene.config.get('case')}"
    return t(own) if t.has(own) else str(subject.world.manifest.get("title", subject.world.name))


def called(scenario: str, t: Language) -> str:
    """A scenario's name: that of a shipped experiment's in the language, else as it is."""
    own = "scenario_" + re.sub(r"\W+", "_", scenario.lower())
    return t(own) if t.has(own) else shorter(scenario, LONGEST_NAME)


def question(subject: Subject, t: Language) -> str:
    """The user's question; else that of a shipped experiment, or the one that every run answers."""
    if subject.order.question:
        return subject.order.question
    own = f"question_{subject.needs.study.name}"
    if subject.scene.config.get("case") == "idlib" and t.has(own):
        return t(own)
    return t("question", end=t.day_year(subject.days[-1]))


def scenario(subject: Subject, t: Language) -> list[str]:
    """The scenario that the brief is about, in sentences."""
    return [*of_config(subject.scene.config, subject.world, t), *_others(subject, t)]


def of_config(config: Mapping[str, Any], world: World, t: Language) -> list[str]:
    """What a configuration says of events and of the border, in sentences."""
    return [*_events(config.get("events") or {}, t), *_border(config, world, t)]


def place_name(subject: Subject, area_id: str, t: Language) -> str:
    """The name of a sub-district: in its own language, if the brief is written in that and the case has it."""
    areas = subject.world.areas
    row = areas.area_id.index(area_id)
    local = areas.name_local[row] if t.reads(areas.language) else ""
    return local or areas.name[row] or area_id


def assumed(subject: Subject, t: Language) -> list[str]:
    """What the figures rest on that nobody measured."""
    needs, s = subject.needs, subject.needs.asked.standards
    used = sum(entry.used for entry in s.entries.values())
    lines = [t("assumed_rules"), t("assumed_violence"), t("assumed_room")]
    if needs.asked.capacity is not None:
        lines.append(t("assumed_capacity"))
    scale = float((subject.scene.config.get("population") or {}).get("scale", 1.0))
    if scale < 1:
        lines.append(t("assumed_scale", households=t.whole(round(1 / scale))))
    lines.append(t("assumed_standards", unverified=t.whole(len(needs.unverified())), used=t.whole(used)))
    return [
        *lines,
        t("assumed_malnutrition"),
        *(t("note", text=note) for note in notes(subject, t)[:MOST_NOTES]),
    ]


def notes(subject: Subject, t: Language) -> list[str]:
    """What limits these figures in particular, as the readers of results say it."""
    study = subject.needs.study
    found = [shorter(note, LONGEST_NOTE) for note in study.notes]
    if subject.people.runs == 1:
        found.insert(0, t("one_run"))
    return found


def cannot(subject: Subject, t: Language) -> list[str]:
    """What the model cannot tell; last what its ranges leave out, by what varied between the runs."""
    fixed = [t(f"cannot_{n}") for n in range(1, CANNOT)]
    if subject.people.runs == 1:
        return [*fixed, t(f"cannot_{CANNOT}_one")]
    return [*fixed, t(f"cannot_{CANNOT}", varied=t.listing(_varied(subject, t)))]


def _varied(subject: Subject, t: Language) -> list[str]:
    """What was not the same in the runs, as ``results.varied`` has it in English."""
    drawn = subject.scene.drawn
    own = sum(not name.startswith(varied.PART) for name in drawn)
    told = [t("varied_seed"), *([t("varied_drawn", own)] if own else [])]
    return [*told, *([t("varied_discrepancy")] if own < len(drawn) else [])]


def checked(subject: Subject, t: Language) -> str:
    """Until which day reports check the brief's scenario, how the model did, and what lies beyond."""
    course, world = subject.course("displaced_persons"), subject.world
    found = against.of(course, subject.days, subject.scene.config, world.observations)
    if found is None:
        return t("checked_never")
    report = found.report
    reported, low, high = t.about(report.best), t.about(report.low), t.about(report.high)
    if report.open_above:
        reported = t("or_more", low=low)
    elif low != high:
        reported = t("range", middle=reported, low=low, high=high)
    told = t(
        "checked_until", date=t.day_year(found.day), modelled=t.spread(found.modelled), reported=reported
    )
    if found.day >= found.end:
        return told
    beyond = t("checked_beyond", end=t.day_year(found.end))
    return f"{told} {beyond}"


def rests_on(subject: Subject, t: Language) -> str:
    """For every figure: modelled, how many runs, people and places of when."""
    data_date = subject.world.manifest.get("data_date")
    runs = t("runs", subject.people.runs)
    if not data_date:
        return t("stamp", runs=runs)
    return t("stamp_dated", runs=runs, date=t.day_year(date.fromisoformat(str(data_date))))


def unchecked(subject: Subject, last: date | None, t: Language) -> str:
    """A word on the days that no report can check; blank if there are none."""
    return t("unchecked_after", date=t.day_year(last)) if last else ""


def differences(subject: Subject, name: str) -> list[str]:
    """What a scenario sets otherwise than the first one, as NAME=VALUE."""
    values = subject.material.axis_values
    first = values.get(subject.material.baseline, {})
    return [
        shorter(f"{key}={_value(value)}", LONGEST_NAME)
        for key, value in values.get(name, {}).items()
        if first.get(key) != value
    ]


def _events(events: Mapping[str, Any], t: Language) -> Iterator[str]:
    if events.get("violence", "as_it_happened") == "as_it_happened":
        yield t("violence_as_it_happened")
    else:
        known = events.get("known_until")
        yield t("violence_goes_on", date=t.day_year(known)) if known else t("violence_goes_on_undated")
        if growth := float(events.get("growth_per_week") or 0):
            yield t("violence_grows" if growth > 0 else "violence_falls", percent=t.whole(abs(100 * growth)))


def _border(config: Mapping[str, Any], world: World, t: Language) -> Iterator[str]:
    section = config.get("border") or {}
    policy = str(section.get("policy", "open"))
    key = f"border_{policy}"
    if any(world.crossings.is_border):
        yield t(key) if t.has(key) else t("border_other", policy=policy)


def _others(subject: Subject, t: Language) -> Iterator[str]:
    """Parts and parameters (their names have a dot) that are not the defaults and were not told in words."""
    config, defaults = dotted.flat(subject.scene.config), dotted.flat(subject.order.defaults)
    if not defaults:
        return
    changed = [
        f"{key.removesuffix('._target_')}={shorter(_value(value), LONGEST_NAME)}"
        for key, value in config.items()
        if "." in key and key not in TOLD_IN_WORDS and defaults.get(key) != value
    ]
    if changed:
        more = len(changed) - MOST_CHANGED
        told = ", ".join(changed[:MOST_CHANGED]) + (f" … (+{more})" if more > 0 else "")
        yield t("changed", settings=told)


def _value(value: Any) -> str:
    text = str(value)
    return text.rpartition(".")[2] if text.startswith("flightsim.") else text
