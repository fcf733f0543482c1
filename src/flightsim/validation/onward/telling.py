"""What came out, in a screen that a planner understands."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from flightsim import words
from flightsim.case.observations import Observation
from flightsim.validation.onward.forecast import AFTER, BEFORE, Forecast
from flightsim.validation.onward.weights import LEAST_EFFECTIVE, NEAR

AHEAD_DAYS = (7, 14, 28)  # that the screen shows, beside the last day
NO_RUN_NEAR = "No run comes near"
MODELLED = "Modelled, not observed. Not for targeting, interdiction, closing borders, or decisions about individuals."


def screen(f: Forecast) -> str:
    """The whole screen."""
    lines = [
        _head(f), _counts(f), _start(f), *_far(f), _weight(f), "", *_table(f), "", _events(f), MODELLED,
    ]  # fmt: skip
    return "\n".join(lines)


def _head(f: Forecast) -> str:
    members, on = f.question.members, words.day_year(f.question.on)
    runs = words.counted(len(members.ensemble.runs), "run")
    failed = f" ({words.counted(members.failed, 'run')} failed, left out)" if members.failed else ""
    title = members.ensemble.runs[0].title
    return (
        f"{title}: {runs} of '{members.ensemble.scenario}'{failed}, going on from what was counted by {on}."
    )


def _counts(f: Forecast) -> str:
    asked = f.question
    n, total = len(asked.used), len(asked.observations.rows)
    first, last = words.day_year(asked.used[0].until), words.day_year(asked.used[-1].until)
    text = f"Counts used: {n} of {total}, {first if first == last else f'{first} to {last}'}."
    if asked.unused:
        reasons = Counter(asked.unused.values()).most_common()
        text += f" Not used: {'; '.join(f'{count} {reason}' for reason, count in reasons)}."
    return text


def _start(f: Forecast) -> str:
    asked = f.question
    o, row = asked.start, f.table.iloc[asked.members.day(asked.start.until)]
    low, middle, high = (words.about(row[name]) for name in BEFORE)
    old = (asked.on - o.until).days
    age = f", {words.counted(old, 'day')} before" if old else ""
    return (
        f"Started from: {bounds(o)} displaced, counted by {words.day_year(o.until)}{age}. The runs had {middle} on "
        f"that day ({low} to {high})."
    )


def bounds(o: Observation) -> str:
    """A count with its bounds."""
    return f"{o.best:,.0f} ({o.low:,.0f} to {o.high:,.0f})"


def _far(f: Forecast) -> list[str]:
    """The counts that no run comes near, and what that means; nothing if there are none."""
    if not f.far:
        return []
    used, told = f.question.used, []
    for i in f.far:
        nearest = f.at_counts[i][abs(f.off[i]).argmin()]
        told.append(
            f"{words.day(used[i].until)} ({words.about(used[i].best)}; nearest run {words.about(nearest)})"
        )
    which = f"{len(f.far)} of {words.counted(len(used), 'count')}"
    said = f"{NO_RUN_NEAR} {which}: {words.listing(told)}. None is within {NEAR:g} standard deviations: the model is "
    return [f"{said}wrong there, its growth may go on being wrong, and the band below is too narrow."]


def _weight(f: Forecast) -> str:
    w, runs = f.weights, len(f.question.members.ensemble.runs)
    if w.power < 1:
        alike = ": all runs alike" if w.effective > 0.99 * runs else ""
        return (
            f"Effective sample size: {w.effective_untempered:.1f} of {runs} runs, fewer than {LEAST_EFFECTIVE:g}: the "
            f"counts leave too few runs for a band. Widened: the weights are of the likelihood to the power "
            f"{w.power:.2f}, which leaves {w.effective:.1f}{alike}. More replicates are the remedy."
        )
    return f"Effective sample size: {w.effective:.1f} of {runs} runs."


def _table(f: Forecast) -> list[str]:
    """The days ahead that a planner asks for."""
    last = f.question.members.last
    days = [f.question.on + timedelta(days=lead) for lead in AHEAD_DAYS]
    shown = [day for day in days if day < last] + [last]
    lines = ["People displaced by       from the count: middle, 9 in 10           the runs as they were"]
    for day in shown:
        after, before = (_three(f, day, names) for names in (AFTER, BEFORE))
        lines.append(f"  {words.day_year(day):<22}  {after:<40}  {before}")
    return lines


def _three(f: Forecast, day: date, names: tuple[str, str, str]) -> str:
    row = f.table.iloc[f.question.members.day(day)]
    low, middle, high = (people(float(row[name])) for name in names)
    return f"{middle} ({low} to {high})"


def people(value: float) -> str:
    """A number of people: two figures, of millions three, or the ends of a band look alike."""
    return f"{value / 1e6:.2f} million" if value >= 1e6 else words.about(value)


def _events(f: Forecast) -> str:
    """What the runs know of the events ahead."""
    events = f.question.members.ensemble.runs[0].config.get("events") or {}
    until = events.get("known_until") if isinstance(events, dict) else None
    if until and str(until)[:10] <= str(f.question.on + timedelta(days=1)):
        return f"The runs know no strike or capture from {str(until)[:10]} on: a forecast."
    return (
        "The runs know the strikes and captures after that day: a forecast only if these are yours. Without them: "
        "events=goes_on events.known_until=DATE."
    )
