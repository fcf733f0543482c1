"""Findings in words: natural frequencies, two significant figures, what is ours to choose and what is not."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from flightsim import words
from flightsim.comparison import chances, lives, paired
from flightsim.comparison.material import Material
from flightsim.comparison.paired import Difference
from flightsim.measures import SMALL_CELL_PERSONS
from flightsim.results import precision, varied
from flightsim.results.outcomes import AT_THE_BORDER, Headline
from flightsim.world import Floats

FEWEST_FOR_BANDS = 20  # runs; of fewer the whole range is shown, not the inner nine tenths
LONGEST_NAME = 20  # of a baseline, to be repeated in every sentence
NOT_FOR = "Not for targeting, interdiction, closing borders, or decisions about individuals."
WORTH_A_TITLE = 0.05  # of the baseline: a difference that figures open with
MOST_CHANCES = 6  # scenarios
MOST_TOLD = 4  # outcomes a scenario
MOST_SCENARIOS = 8  # told one by one
NO_BAND = "1 run each: no band can be drawn. Add replicates=30"
JUDGED = ("displaced_persons", "additional_displaced_persons", "in_open_persons",
          "open_below_zero_person_nights", "trapped_persons", "at_crossings_persons",
          "exposure_person_hours")  # fmt: skip


def findings(
    material: Material, title: str, changed: pd.DataFrame, n_lives: int, number: float = 0.0
) -> list[str]:
    """The comparison in a page of lines, the most important first."""
    span = f"{words.day_year(material.first)} to {words.day_year(material.last)}"
    lines = [
        f"{title}: {span}. Modelled, not observed: {material.counted}.",
        *material.notes,
        *rests_on(material),
        levels(material),
    ]
    if number > 0:
        lines.append(chance(material, material.main, number))
    for scenario in material.others[:MOST_SCENARIOS]:
        told = [*compared(material, scenario), *different_lives(material, scenario, changed, n_lives)]
        lines += [
            f"{explained(material, scenario)}, against {called(material.baseline)}:",
            *(f"  - {line}" for line in told),
        ]
    if len(material.others) > MOST_SCENARIOS:
        lines.append(f"{len(material.others) - MOST_SCENARIOS} more scenarios are in outcomes.csv.")
    lines.append(replicates(material))
    return [*lines, NOT_FOR]


def rests_on(material: Material) -> list[str]:
    """What is ours to choose in these scenarios, and what is not."""
    ours = words.listing(list(material.levers)) or "none"
    asked = f" Asked about: {words.listing(list(material.settings))}." if material.settings else ""
    drawn = material.sweep.drawn
    parts = [*material.uncertainties]
    if drawn:
        parts.append(f"{words.listing(varied.drawn_in_words(drawn))}, the same in every scenario")
    seeds = material.runs["seed"].nunique()
    parts.append(
        f"chance, {words.counted(seeds, 'random seed')}"
        if seeds > 1
        else "chance, 1 random seed: its spread is unknown"
    )
    lines = [f"Levers (ours to choose): {ours}. Uncertainties (not ours): {words.listing(parts)}.{asked}"]
    if material.others:
        lines.append(
            f"Baseline: {explained(material, material.baseline)}. Run by run, the others have its households and its "
            "random seed."
            if material.same_people
            else f"Baseline: {explained(material, material.baseline)}."
        )
    return lines


def levels(material: Material) -> str:
    """What the first outcome comes to in each scenario."""
    told = [
        f"“{name}” {spread(material.values(material.main)[material.of(name)], material.main.unit)}"
        for name in material.scenarios[: MOST_SCENARIOS + 1]
    ]
    since = f" from {words.day(material.count_from)} on" if material.count_from else ""
    return f"{material.main.title}{since}: {'; '.join(told)}."


def chance(material: Material, headline: Headline, number: float) -> str:
    """In how many runs of each scenario an outcome is at least so much, and what chance that amounts to."""
    told = []
    for name in material.scenarios[:MOST_CHANCES]:
        own = material.values(headline)[material.of(name)]
        count, n = int((own >= number).sum()), len(own)
        low, high = chances.interval(count, n)
        told.append(f"“{name}” in {count} of {n} runs (a chance of {_percent(low)[:-2]} to {_percent(high)})")
    return f"{headline.title}, {words.about(number)} or more: {'; '.join(told)}."


def compared(material: Material, scenario: str) -> list[str]:
    """How a scenario differs from the baseline: the clear differences, the largest first, then what is unclear.

    Of fewer than five pairs none is called clear: the largest are shown, and that they are too few to judge by.
    """
    found = [paired.of(material, scenario, h) for h in material.telling]
    found = [d for d in found if d.n]
    if not found:
        return ["no run has the baseline's random seed, so nothing is compared in pairs."]
    if all(d.is_nothing for d in found):
        return [f"all outcomes are the same as in {called(material.baseline)} in every run."]
    few = found[0].n < paired.FEWEST_CLEAR
    some = sorted((d for d in found if (few or d.is_clear) and not d.is_nothing), key=lambda d: -relative(d))
    first = [d for d in found[:1] if d.headline is material.main]
    told = [*first, *(d for d in some if d not in first)][:MOST_TOLD]
    if material.asks_of_the_border:
        told += [d for d in found if d.headline.name in AT_THE_BORDER and d not in told]
    lines = [f"{difference(d, called(material.baseline))}." for d in told]
    if few:
        pairs = words.counted(found[0].n, "pair")
        lines.insert(
            0,
            f"{pairs} of runs: too few to judge; the largest differences, whatever chance has to do with them:",
        )
    lines += most_changed_area(material, scenario)
    unclear = [noun(d.headline) for d in found if not d.is_clear and not d.is_nothing and d not in told]
    if unclear and not few:
        lines.append(f"no clear difference in {words.listing(unclear)}.")
    return lines


def most_changed_area(material: Material, scenario: str) -> list[str]:
    """Where arrivals differ most, with both levels; only differences that all pairs, or nine in ten, agree on."""
    own, base = material.pairs(scenario)
    if not len(own) or not material.area_ids:
        return []
    one, two = material.arrivals[own], material.arrivals[base]
    more, fewer = (one > two).sum(axis=0), (one < two).sum(axis=0)
    agree = np.maximum(more, fewer) >= paired.CLEAR_SHARE * len(own)
    shown = (one.mean(axis=0) >= SMALL_CELL_PERSONS) & (two.mean(axis=0) >= SMALL_CELL_PERSONS)
    gap = np.where(agree & shown, np.median(one - two, axis=0), 0.0)
    at = int(np.abs(gap).argmax())
    if abs(gap[at]) < SMALL_CELL_PERSONS:
        return []
    count, word = (more[at], "more") if gap[at] > 0 else (fewer[at], "fewer")
    name = material.area_names.get(material.area_ids[at], material.area_ids[at])
    levels = " instead of ".join(words.about(float(np.median(v[:, at]))) for v in (one, two))
    return [f"of all places most changed: {name}, {levels} arrivals, {word} in {count} of {len(own)} runs."]


def difference(d: Difference, baseline: str) -> str:
    """``in 27 of 30 runs fewer people trapped than closed, typically 12,000 fewer (5,000 to 20,000)``."""
    if d.is_nothing:
        return f"{noun(d.headline)}: the same as {baseline} in all {d.n} runs"
    up, down = comparatives(d.headline)
    if not d.is_clear and d.n >= paired.FEWEST_CLEAR:
        return (
            f"no clear difference in {noun(d.headline)}: {up} in {d.more} of {d.n} runs, {down} in {d.fewer}"
        )
    is_more = d.more >= d.fewer
    count, word = (d.more, up) if is_more else (d.fewer, down)
    sizes = np.sort(d.values if is_more else -d.values)
    low, high = _ends(sizes)
    typical = f"typically {size(d.middle, d.headline.unit)} {word}"
    if words.headline(d.middle) == 0:
        typical = "typically the same"
    told = _range(low, high, d.headline.unit, size)
    if low < 0 < high:
        told = (
            f"{size(low, d.headline.unit)} {down if is_more else up} to {size(high, d.headline.unit)} {word}"
        )
    reach = f" ({told})" if d.n > 1 and " to " in told else ""
    share = f", {_percent(relative(d))}" if 0.01 <= relative(d) <= 5 else ""
    return (
        f"in {d.n and count} of {d.n} runs {word} {noun(d.headline)} than {baseline}, {typical}{share}{reach}"
    )


def different_lives(material: Material, scenario: str, changed: pd.DataFrame, n: int) -> list[str]:
    """How many households leave at another time, go elsewhere, or find other shelter, and what they fled from."""
    if not n or changed.empty:
        return []
    rows = changed[changed["scenario"] == scenario]
    if rows.empty:
        return []
    each = rows.groupby("change")["households"].sum() / rows["replicate"].nunique()
    if each[lives.LEFT] < 1 or each[lives.ANY] < 1:
        return ["no household leaves at another time, goes elsewhere or finds other shelter."]
    kinds = each.drop([lives.ANY, lives.LEFT]).sort_values(ascending=False, kind="stable")
    told = [
        f"{words.about(v)} {_SHORT[str(kind)]}{_hours(rows, str(kind))}"
        for kind, v in kinds[kinds >= 100].head(3).items()
    ]
    why = rows[rows["change"] == lives.ANY].groupby("cause")["households"].sum()
    cause = (
        f"; most of them flee {_CAUSE.get(str(why.idxmax()), 'for causes unknown')}" if why.max() > 0 else ""
    )
    share = words.in_ten(each[lives.ANY] / each[lives.LEFT])
    tail = f": {words.listing(told)}{cause}" if told else ""
    who = f"{words.about(each[lives.ANY])} of {words.about(each[lives.LEFT])}"
    told_of = f"{share} of the households that leave do so at another time, go elsewhere or find other shelter, {who}"
    return [f"{told_of}{tail} (means of {words.counted(n, 'pair')})."]


_SHORT = {
    lives.STAYED: "stay that left in the baseline",
    lives.LEFT_TOO: "leave that stayed in the baseline",
    lives.EARLIER: "leave earlier",
    lives.LATER: "leave later",
    lives.ELSEWHERE: "first arrive elsewhere",
    lives.OTHER_SHELTER: "end in another kind of shelter",
}
_CAUSE = {
    "shelling": "shelling",
    "front": "the front",
    "care": "for want of health care",
    "neighbours": "with their neighbours",
    "crowding": "crowding",
}


def replicates(material: Material) -> str:
    """Whether there are enough replicates, and otherwise how many are needed."""
    needs = {h: needed(material, h) for h in material.telling if h.name in JUDGED}
    least = min(material.sizes.values())
    if least < 2:
        return "Replicates: 1 run cannot show how far chance matters. Add replicates=30, or replicates=auto."
    short = {h: n for h, n in needs.items() if n > least}
    within = f"the 95 % interval of each mean within {_percent(precision.WITHIN)} of it"
    if not short:
        if least < precision.FEWEST:
            return f"Replicates: {least} for each scenario; {precision.FEWEST} are the least to judge by."
        return f"Replicates: enough, {within}."
    by_need: dict[int, list[str]] = {}
    for h, n in sorted(short.items(), key=lambda item: -item[1]):
        by_need.setdefault(n, []).append(noun(h))
    told = [f"{_number(n)} for {words.listing(names)}" for n, names in by_need.items()]
    most = f"Replicates: not enough with {least}. For {within}: {'; '.join(told)}."
    return f"{most} Paired differences need fewer." if material.others else most


def needed(material: Material, headline: Headline) -> int:
    """The most replicates that any scenario needs for this outcome's mean; means under 100 are not judged."""
    values = [material.values(headline)[material.of(name)] for name in material.scenarios]
    judged = [
        v for v in values if np.isfinite(v).all() and len(v) > 1 and abs(v.mean()) >= SMALL_CELL_PERSONS
    ]
    return max((precision.replicates_needed(v) for v in judged), default=precision.FEWEST)


def clearest(material: Material, headline: Headline) -> str:
    """The finding on one outcome, as a figure's title says it."""
    found = [d for d in (paired.of(material, name, headline) for name in material.others) if d.n]
    if not found:
        name = material.baseline
        return f"{headline.title}: {spread(material.values(headline)[material.of(name)], headline.unit)}"
    clear = [d for d in found if d.is_clear and not d.is_nothing]
    if clear or found[0].n < paired.FEWEST_CLEAR:
        most = max(clear or found, key=lambda d: abs(d.middle))
        text = short(most, called(material.baseline))
    elif all(d.is_nothing for d in found):
        text = f"{headline.title}: the same in every scenario"
    else:
        text = f"{headline.title}: no clear difference between the scenarios"
    return text


def short(d: Difference, baseline: str) -> str:
    """A clear difference as a title: ``open: 740,000 fewer people trapped than closed, fewer in 12 of 12 runs``."""
    if d.is_nothing:
        return f"“{d.scenario}”: {noun(d.headline)} the same as {baseline} in all {d.n} runs"
    up, down = comparatives(d.headline)
    count, word = (d.more, up) if d.middle >= 0 else (d.fewer, down)
    gap = size(d.middle, d.headline.unit)
    runs = "in the one run" if d.n == 1 else f"{word} in {count} of {d.n} runs"
    if d.n < paired.FEWEST_CLEAR:
        runs += ", too few to judge"
    return f"“{d.scenario}”: {gap} {word} {noun(d.headline)} than {baseline}, {runs}"


def most_telling(material: Material) -> Headline:
    """The outcome to open with: the first one if it differs by a twentieth, else the one that differs most."""
    sizes = {
        h: max((relative(d) for d in _clear(material, h) if np.isfinite(relative(d))), default=0.0)
        for h in material.telling
        if h.name in JUDGED
    }
    if not sizes or sizes.get(material.main, 0.0) >= WORTH_A_TITLE:
        return material.main
    return max(sizes, key=lambda h: sizes[h])


def _clear(material: Material, headline: Headline) -> list[Difference]:
    """Differences that may be spoken of: the clear ones, of too few pairs all."""
    found = [paired.of(material, name, headline) for name in material.others]
    return [d for d in found if (d.is_clear or 0 < d.n < paired.FEWEST_CLEAR) and not d.is_nothing]


def spread(values: Floats, unit: str) -> str:
    """The middle and the reach of some runs' numbers: ``about 1.8 million people (9 in 10 runs: 1.7 to …)``."""
    known = np.sort(values[np.isfinite(values)])
    if not len(known):
        return "unknown"
    middle = f"about {amount(float(np.median(known)), unit)}".replace("about none", "none").replace(
        "about fewer", "fewer"
    )
    reach = _range(*_ends(known), unit) if len(known) > 1 else ""
    return f"{middle} ({reach})" if " to " in reach else middle


def amount(value: float, unit: str) -> str:
    """Two significant figures with the unit left out for people: ``12,000``, ``24 km``."""
    if unit == "km":
        return f"{words.headline(value):g} km"
    return words.about(value)


def size(value: float, unit: str) -> str:
    """The size of a difference: as ``amount``, but small ones are shown, for they are of the whole area."""
    plain = words.headline(abs(value))
    return f"{plain:g}" if 0 < plain < 100 and unit != "km" else amount(abs(value), unit)


def called(baseline: str) -> str:
    """The baseline's name inside a sentence, in quotes, if that is short."""
    return f"“{baseline}”" if len(baseline) <= LONGEST_NAME else "the baseline"


def explained(material: Material, scenario: str) -> str:
    """A scenario's name in quotes, and what it sets: ``“open” (border=open)``."""
    lines = {name: material.sweep.overrides.get(name, ()) for name in material.scenarios}
    common = set.intersection(*(set(each) for each in lines.values())) if len(lines) > 1 else set()
    told = " ".join(line for line in lines[scenario] if line not in common)
    if not told or told == scenario:
        return f"“{scenario}”"
    return f"“{scenario}” ({told})"


def noun(headline: Headline) -> str:
    """What an outcome counts, inside a sentence."""
    return headline.title[0].lower() + headline.title[1:]


def comparatives(headline: Headline) -> tuple[str, str]:
    """The words for more and for less of it."""
    return ("longer", "shorter") if headline.unit == "km" else ("more", "fewer")


def relative(d: Difference) -> float:
    """The size of a difference as a share of the baseline's; inf if that has none."""
    base = abs(float(np.median(d.of_baseline))) if d.n else 0.0
    return abs(d.middle) / base if base else float("inf")


def _ends(known: Floats) -> tuple[float, float]:
    """The inner nine tenths of sorted numbers; all of them if they are few."""
    if len(known) < FEWEST_FOR_BANDS:
        return float(known[0]), float(known[-1])
    low, high = np.quantile(known, [0.05, 0.95])
    return float(low), float(high)


def _percent(share: float) -> str:
    return f"{share:.0%}".replace("%", " %")


def _range(low: float, high: float, unit: str, told: Callable[[float, str], str] = amount) -> str:
    a, b = told(low, unit), told(high, unit)
    if a == b:
        return a
    if a.endswith(" million") and b.endswith(" million"):
        a = a.removesuffix(" million")
    return f"{a} to {b}"


def _hours(rows: pd.DataFrame, kind: str) -> str:
    hours = rows.loc[rows["change"] == kind, "hours"].median()
    if not np.isfinite(hours):
        return ""
    return f" (typically by {words.counted(round(hours / 24), 'day') if hours >= 48 else f'{hours:.0f} h'})"


def _number(n: int) -> str:
    return f"{n:,}" if n < precision.MOST else f"{n:,} or more"


def scenario_names(names: Sequence[str]) -> str:
    """Names in a line, with those beyond the first few counted."""
    some = list(names[:4])
    return words.listing([*some, f"{len(names) - 4} more"] if len(names) > 4 else some)


def amount_signed(value: float, unit: str) -> str:
    """An amount with its sign: ``+12,000``, ``−24 km``, ``±0``."""
    if words.headline(value) == 0:
        return "±0"
    return ("+" if value > 0 else "−") + size(value, unit)
