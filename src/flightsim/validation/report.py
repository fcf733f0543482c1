"""What a validation found, in one screen that a planner understands."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd

from flightsim import words
from flightsim.case.observations import DISPLACED_STOCK, PRESENT, SITES, SITES_GROWTH
from flightsim.errors import InputError
from flightsim.validation import patterns
from flightsim.validation.scores import rolling
from flightsim.validation.scores.board import Board, best_baseline, skill
from flightsim.validation.scores.counts import MODEL
from flightsim.validation.scores.ensemble import Ensemble
from flightsim.validation.scores.ground import Ground
from flightsim.validation.scores.questions import WHERE_ARE, WHERE_FROM, WHERE_TO
from flightsim.validation.scores.totals import HINDSIGHT
from flightsim.world import World


@dataclass(frozen=True)
class Report:
    """A board and what goes with it.

    ``own``: the observations are the case's, known when the model was made. ``what_if``: the settings by which the runs
    leave what happened, if they are laid beside it all the same.
    """

    board: Board
    world: World
    own: bool
    drawn: Mapping[date, Ensemble] | None = None  # by origin: runs that do not know the events ahead
    what_if: tuple[str, ...] = ()
    edited: tuple[str, ...] = ()  # what was changed by hand in the runs, a sentence each

    @property
    def warning(self) -> str:
        """What stands at the top of every product of runs that are not what happened, or were edited; else empty."""
        settings = words.listing(list(self.what_if))
        other = f"WHAT IF, not what happened ({settings}): these scores do not test the model."
        return "\n".join([*self.edited, *([other] if settings else [])])

    @cached_property
    def forecasts(self) -> pd.DataFrame:
        """Forecasts from each week's start, in one or two modes."""
        ground = Ground(self.world, self.board.ensemble.runs[0].front)
        before = self.board.known
        modes = [rolling.forecasts(self.board.counts, before, ground)]
        if self.drawn is not None:
            modes.append(rolling.forecasts(self.board.counts, before, ground, self.drawn))
        modes = [mode for mode in modes if len(mode)]
        return pd.concat(modes, ignore_index=True) if modes else pd.DataFrame()

    @cached_property
    def rolling(self) -> pd.DataFrame:
        """Their scores by mode, horizon and forecaster."""
        return rolling.table(self.forecasts)

    @cached_property
    def by_origin(self) -> pd.DataFrame:
        """Their scores by mode, origin and forecaster."""
        return rolling.table(self.forecasts, "origin")

    @cached_property
    def patterns(self) -> pd.DataFrame:
        """The patterns of the winter, over the runs; empty for another case."""
        try:
            runs = [patterns.winter(run, self.world) for run in self.board.ensemble.runs]
        except InputError:
            return pd.DataFrame()
        rows = []
        for same in zip(*runs, strict=True):
            values = [p.value for p in same]
            told = sum(p.passed is not None for p in same)
            shown = sum(p.passed is True for p in same)
            middle = sorted(same, key=lambda p: (math.isnan(p.value), p.value))[(len(same) - 1) // 2]
            rows.append(
                {"pattern": same[0].name, "evidence": same[0].evidence, "expected": same[0].expected,
                 "median": float(np.median(values)), "lowest": min(values), "highest": max(values),
                 "unit": same[0].unit, "shown": middle.shown, "runs_that_show_it": shown, "runs_that_tell": told,
                 "verdict": _verdict(shown, told)}
            )  # fmt: skip
        return pd.DataFrame(rows)


STOCK_WORDS = {
    PRESENT: "Present on a day", DISPLACED_STOCK: "Displaced people on a day", SITES: "In camps and sites",
    SITES_GROWTH: "Growth of camps and sites",
}  # fmt: skip


def _misplaced(found: pd.DataFrame) -> pd.Series:
    return found.set_index("forecaster")["total_variation"] if len(found) else pd.Series(dtype=float)


def _verdict(shown: int, told: int) -> str:
    """Of a pattern over several runs: it is shown if more than half of the runs that tell show it."""
    return "too short to tell" if not told else "yes" if 2 * shown > told else "no"


def screen(report: Report) -> str:
    """The whole screen."""
    b = report.board
    blocks = [
        *([report.warning] if report.warning else []),
        _head(b),
        _scored(b),
        *_how_many(b),
        *_increments(b),
        *_where(b),
        *_stocks(b),
        *_ahead(report),
        *_patterns(report),
        *_disagree(b),
        *(f"Odd: {warning}." for warning in b.observations.warnings),
        _caution(report),
    ]
    return "\n".join(blocks)


def _head(b: Board) -> str:
    runs = words.counted(len(b.ensemble.runs), "run")
    of = f" of '{b.ensemble.scenario}'" if b.ensemble.scenario else ""
    first, last = b.ensemble.days[0].date(), b.ensemble.days[-1].date()
    title = b.ensemble.runs[0].title
    single = " One run gives no range." if len(b.ensemble.runs) == 1 else ""
    return f"{title}: {runs}{of}, {words.day_year(first)} to {words.day_year(last)}, beside what was reported.{single}"


def _scored(b: Board) -> str:
    n, total = len(b.scored), len(b.observations.rows)
    text = f"Scored: {n} of {total} observations ({100 * n / total:.0f} %)."
    reasons = Counter(reason for reason in b.each["not_scored_because"] if reason)
    if reasons:
        text += f" Not scored: {'; '.join(f'{count} {reason}' for reason, count in reasons.most_common())}."
    return text


def _how_many(b: Board) -> list[str]:
    if not len(b.totals):
        return ["How many: no total of displaced people can be scored."]
    row = b.model_totals
    n = int(row["observations"])
    inside = round(row["inside_source_bounds"] * n)
    name, best = best_baseline(b.crps)
    off = (
        f"How many: off by about {words.about(row['mean_absolute_error_people'])} people "
        f"({100 * row['mean_relative_error']:.0f} %) on {words.counted(n, 'reported total')}, on average; "
        f"inside the source's bounds {inside} times."
    )
    scored = (
        f"  CRPS {words.about(row['crps_people'])} people; best honest baseline, {name}: {words.about(best)}."
    )
    covered, wanted = round(row["coverage_90"] * n), 0.9 * n
    sure = (
        f"  How sure: the 90 % band, with the sources' own errors, holds {covered} of {n} "
        f"(about {wanted:.0f} if honest){': too sure of itself.' if covered < wanted - 1 else '.'}"
    )
    lines = [off, f"{scored} {_skill(skill(b.crps))}", *_at_hand(b), *_in_hindsight(b), sure]
    if np.isfinite(row["peak_week_error_days"]):
        lines.append(
            f"  When: the heaviest week {_late(row['peak_week_error_days'])}, half of the people gone "
            f"{_late(row['half_error_days'])}."
        )
    if len(b.thresholds):
        name, best = best_baseline(b.brier)
        lines.append(
            f"  Will more than so many be displaced: Brier score {b.brier[MODEL]:.3f} (0 is best); best baseline, "
            f"{name}: {best:.3f}."
        )
    return lines


def _at_hand(b: Board) -> list[str]:
    """What the baselines knew of the days of the run, if they knew anything."""
    n = len(b.known.day) - 1
    if not n:
        return []
    last = words.day((b.ensemble.days[0] + pd.Timedelta(days=int(b.known.day[-1]))).date())
    return [f"  The baselines know the case's own {words.counted(n, 'total')} of before, up to {last}."]


def _in_hindsight(b: Board) -> list[str]:
    if HINDSIGHT not in b.crps:
        return []
    return [
        f"  A {HINDSIGHT}, which knows the answer and forecasts nothing: {words.about(b.crps[HINDSIGHT])} people."
    ]


def _increments(b: Board) -> list[str]:
    """Counts that begin later than the series: of a part of the time, so no totals."""
    if not b.increments.rows:
        return []
    table = b.increments.table().set_index("forecaster")
    name, best = best_baseline(table["crps_people"])
    off = words.about(float(table["mean_absolute_error_people"].astype(float)[MODEL]))
    text = (
        f"  In parts of the time: off by about {off} people on "
        f"{words.counted(len(b.increments.rows), 'increment')}; best honest baseline, {name}: {words.about(best)}. "
        f"{_skill(skill(table['crps_people']))}"
    )
    return [text]


def _stocks(b: Board) -> list[str]:
    """Counts of who is where on a day, or in sites."""
    lines = []
    if len(b.stocks):
        for measure, rows in b.stocks.groupby("measure", sort=False):
            table = rows.set_index("forecaster")
            name, best = best_baseline(table["crps_people"])
            off, n = (
                float(table[key].astype(float)[MODEL])
                for key in ("mean_absolute_error_people", "observations")
            )
            lines.append(
                f"{STOCK_WORDS[str(measure)]}: off by about {words.about(off)} "
                f"people on {words.counted(int(n), 'count')}, on average; best honest baseline, "
                f"{name}: {words.about(best)}. {_skill(skill(table['crps_people']))}"
            )
    found = _misplaced(b.whereabouts)
    lines += _wrong(found, "  Shares of these", "in the wrong place", b, WHERE_ARE)
    return lines + _camps(b)


def _camps(b: Board) -> list[str]:
    """Camps day by day, by Flee's measure."""
    if b.camps is None:
        return []
    rows = {str(row["forecaster"]): row for row in b.camps.table.to_dict("records")}
    own = rows.pop(MODEL)
    others = ", ".join(f"{name} {row['ard']:.2f}" for name, row in rows.items())
    what = f"{len(b.camps.areas)} camps, {len(b.camps.observed)} days"
    text = (
        f"Camp by camp, as Flee scores it ({what}): ARD {own['ard']:.2f}, rescaled {own['rescaled_ard']:.2f} "
        f"(0 is perfect, 2 the worst); beside it {others}, which are given each day's total."
    )
    return [text]


def _where(b: Board) -> list[str]:
    lines = _wrong(b.misplaced_origins, "Where from", "with the wrong origin", b, WHERE_FROM)
    found = b.misplaced
    if not len(found):
        return [*lines, "Where to: no shares by area are reported for these days."]
    lines += _wrong(found, "Where to", "in the wrong place", b, WHERE_TO)
    if len(b.area_thresholds):
        name, best = best_baseline(b.area_brier)
        lines.append(
            f"  Will more than so many come to an area: Brier score {b.area_brier[MODEL]:.3f} (0 is best); best "
            f"baseline, {name}: {best:.3f}."
        )
    km = b.destinations.set_index("forecaster")["earth_movers_km"]
    if np.isfinite(km.get(MODEL, math.nan)):
        name, best = best_baseline(km)
        apart = (
            " (people elsewhere left out)"
            if any(q.has_rest for q in b.answered if q.asks == WHERE_TO)
            else ""
        )
        lines.append(
            f"  {km[MODEL]:.1f} km by road from the right place, on average{apart}; best baseline, {name}: {best:.1f}."
        )
    else:
        lines.append("  No distance is given: these observations do not give shares by area.")
    return lines


def _wrong(scores: pd.Series, what: str, how: str, b: Board, asks: str) -> list[str]:
    """One line on shares; none if nothing was asked."""
    if not len(scores):
        return []
    name, best = best_baseline(scores)
    asked = words.counted(sum(q.asks == asks for q in b.answered), "question")
    misplaced = f"{what}: {100 * scores[MODEL]:.1f} % of people {how}, mean over {asked}"
    return [f"{misplaced}; best baseline, {name}: {100 * best:.1f} %. {_skill(skill(scores))}"]


def _ahead(report: Report) -> list[str]:
    found = report.rolling
    lines: list[str] = []
    if not len(found):
        return lines
    for mode, said in ((rolling.KNOWN, "known"), (rolling.DRAWN, "not known")):
        rows = found[(found["mode"] == mode)]
        parts = []
        for h, group in rows.groupby("horizon_days"):
            scores = group.set_index("forecaster")["crps_people"]
            name, _ = best_baseline(scores)
            parts.append(f"{h} days {skill(scores):+.2f} ({name})")
        if parts:
            average = rolling.average_skill(rows).get(mode, math.nan)
            mean = f" On average at 14 to 42 days {average:+.2f}." if np.isfinite(average) else ""
            lines.append(
                f"Weeks ahead, the events ahead {said}: skill over the best honest baseline up to "
                f"{', '.join(parts)}.{mean}"
            )
            own = report.by_origin[
                (report.by_origin["mode"] == mode) & (report.by_origin["forecaster"] == MODEL)
            ]
            worse = [words.day(day) for day in own.loc[own["skill"] < 0, "origin"]]
            if worse:
                lines.append(
                    f"  Worse than an honest baseline from {len(worse)} of {len(own)} origins: {words.listing(worse)}."
                )
    return lines


def _patterns(report: Report) -> list[str]:
    found = report.patterns
    if not len(found):
        return ["Patterns: none are written down for this case."]
    told = found[found["verdict"] != "too short to tell"]
    yes = int((told["verdict"] == "yes").sum())
    lines = [f"Patterns: {yes} of {len(told)} shown ({len(found) - len(told)} need a longer run)."]
    lines += [
        f"  not shown: {row.pattern}: {row.shown}; expected {row.expected}"
        for row in told[told["verdict"] == "no"].itertuples()
    ]
    return lines


def _disagree(b: Board) -> list[str]:
    apart = b.apart
    if not len(apart) or apart["mean_relative_difference"].max() < 0.01:
        return []
    row = max(apart.to_dict("records"), key=lambda r: float(r["mean_relative_difference"]))
    between = f"between {words.about(row['lowest_people'])} and {words.about(row['highest_people'])} people"
    off = f"{100 * row['mean_relative_difference']:.0f} % off the best estimate of {words.about(row['best_people'])}"
    return [f"Sources disagree: for {words.day(row['date'])} {between} were reported, on average {off}."]


def _caution(report: Report) -> str:
    if report.own:
        return (
            "Caution: these reports are the case's own and were at hand when the model was made. Agreement with them "
            "is no test; only other observations (--observed FOLDER) are."
        )
    return "Whether these observations were at hand when the model was made is for you to say."


def _skill(value: float) -> str:
    return (
        f"Skill {value:+.2f} (0: no better, 1: perfect)." if np.isfinite(value) else "No skill can be told."
    )


def _late(days: float) -> str:
    if abs(days) < 0.5:
        return "on time"
    return f"{words.counted(round(abs(days)), 'day')} {'late' if days > 0 else 'early'}"
