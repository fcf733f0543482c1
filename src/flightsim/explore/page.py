"""The page, in Solara: levers at the left, maps and numbers in the middle, who left and why below."""

from __future__ import annotations

import dataclasses
import html
import threading
from collections.abc import Callable
from typing import Any

import solara

from flightsim import dotted, words
from flightsim.errors import InputError
from flightsim.explore import asked, levers, terrain, trial, why
from flightsim.explore.asked import Asked
from flightsim.explore.levers import SEED
from flightsim.explore.trial import Trial
from flightsim.plots import colours, style
from flightsim.plots.maps import class_limits
from flightsim.scenario import from_config

THE_RUN, BASELINE, CHANGED = "The run", "Baseline", "With your changes"
SOME = 0.01  # of the work: so that a bar is seen
STYLE = """
.fs-page { padding: 10px 18px 24px; background: %(PAPER)s; color: %(INK)s; min-height: 100vh; }
.fs-page h1 { font: bold 21px 'DejaVu Sans', Verdana, sans-serif; margin: 0; }
.fs-page .fs-note { color: %(FAINT_INK)s; font: 12.5px 'DejaVu Sans', Verdana, sans-serif; margin: 2px 0 10px; }
.fs-body { display: grid !important; grid-template-columns: 275px minmax(0, 1fr); gap: 22px; }
@media (max-width: 900px) { .fs-body { grid-template-columns: minmax(0, 1fr); } }
.solara-content-main > div { padding: 0; }
"""


class Desk:
    """What one reader has before him: a run or two, the area picked, how far the work is."""

    def __init__(self, given: Asked) -> None:
        self._given = given
        scenario = from_config(given.config)
        self.palette = colours.palette(given.theme)
        self.colours = dataclasses.asdict(self.palette)
        self.levers = levers.for_page(given.config)
        self.world = terrain.of_world(scenario.world)
        self.title = str(self.world["title"])
        clock = scenario.clock
        first, self._last_day = clock.start, clock.date_of(clock.days - 1)
        self.span = f"{words.day_year(first)} to {words.day_year(self._last_day)}"
        self._quick = levers.quick(given.config, scenario.world)
        self.base, self.changed = solara.reactive(None), solara.reactive(None)
        self.picked, self.trouble, self.share = solara.reactive(""), solara.reactive(""), solara.reactive(0.0)
        self._jobs = 0

    def begin(self) -> None:
        """Show what was asked for, as it is."""

        def job(progress: Callable[[float], None], wanted: Callable[[], bool]) -> None:
            if self._given.results is not None:
                self.base.set(_labelled(trial.of_results(self._given.results), THE_RUN))
            else:
                self.base.set(_labelled(trial.run(self._quick, progress, wanted), BASELINE))

        self._work(job)

    def try_it(self, values: dict[str, Any]) -> None:
        """Run it as it was and with other values, by quick runs of one scale and seed."""

        def job(progress: Callable[[float], None], wanted: Callable[[], bool]) -> None:
            seed = {SEED.name: values[SEED.name]} if SEED.name in values else {}
            plain = dotted.changed(self._quick, seed)
            first = trial.run(plain, lambda done: progress(done / 2), wanted)
            other = trial.run(dotted.changed(plain, values), lambda done: progress(0.5 + done / 2), wanted)
            self.base.set(_labelled(first, BASELINE))
            self.changed.set(_labelled(other, CHANGED))

        self._work(job)

    def back(self, *_: Any) -> None:
        """Take the changed run away."""
        self.changed.set(None)
        self.begin()

    def _work(self, job: Callable[[Callable[[float], None], Callable[[], bool]], None]) -> None:
        """Do a job aside, so that the page stays alive; what was under way is given up."""
        self._jobs += 1
        own = self._jobs

        def do() -> None:
            trouble = ""
            try:
                job(lambda done: self.share.set(max(done, SOME)), lambda: self._jobs == own)
            except trial.GivenUp:
                return
            except InputError as error:
                trouble = "; ".join(error.complaints)
            except Exception as error:  # whatever it is, the page lives on and says so
                trouble = f"the run failed: {type(error).__name__}: {error}"
            self.trouble.set(trouble)
            self.share.set(0.0)

        self.share.set(SOME)
        threading.Thread(target=do, daemon=True).start()

    def limits(self, shown: list[Trial]) -> list[float]:
        """Lower limits of the map's classes, the same for all runs and days."""
        return class_limits(
            max((float(max(map(max, run.course["sheltered"]))) for run in shown), default=0.0)
        )

    def why(self, shown: list[Trial], area_id: str) -> list[dict[str, Any]]:
        """Who left an area and why, for each run; nothing if none is picked."""
        return [why.of_area(run.results, run.scenario.world, area_id) for run in shown] if area_id else []

    def first_day(self, run: Trial) -> int:
        """A day to begin with on which something happens: a week after the front first moves."""
        return next((int(front["day"]) for front in run.course["fronts"]), 0) + 7

    def note(self, run: Trial) -> str:
        """What must be said of every run, and of a quick one."""
        text = "Modelled, not observed. One run is one possible course."
        if float(run.scenario.config["population"].get("scale", 1.0)) < 1:
            text += " Few, large households stand for all: for a look, not to be passed on."
        text += style.unchecked(run.scenario.world, self._last_day)
        return text + " Not for targeting or closing borders."


def _labelled(run: Trial, label: str) -> Trial:
    """The run, with what stands over its map."""
    config = run.scenario.config
    scale = float(config["population"].get("scale", 1.0))
    size = "full scale" if scale >= 1 else f"a household stands for {round(1 / scale)}"
    sub = f"{size}, steps of {config['step_hours']} h, seed {config['seed']}"
    return dataclasses.replace(run, course=run.course | {"label": label, "sub": sub})


@solara.component_vue("map.vue")
def Map(
    world: dict[str, Any],
    runs: list[dict[str, Any]],
    palette: dict[str, Any],
    classes: list[str],
    more: list[str],
    fewer: list[str],
    limits: list[float],
    picked: str,
    first: int,
    event_pick: Callable[[str], None],
) -> None:
    """Maps of one run or two, with the slider of days, the curve, the numbers and the key."""


@solara.component_vue("place.vue")
def Place(
    runs: list[dict[str, Any]],
    labels: list[str],
    palette: dict[str, Any],
    span: str,
    event_close: Callable[[], None],
) -> None:
    """Who left one area, and why, in one run or two."""


@solara.component_vue("levers.vue")
def Levers(
    levers: list[dict[str, Any]],
    palette: dict[str, Any],
    share: float,
    ready: bool,
    two: bool,
    trouble: str,
    event_run: Callable[[dict[str, Any]], None],
    event_back: Callable[[], None],
) -> None:
    """The levers, the button, how far a run is, what went wrong."""


@solara.component
def Page() -> None:
    """The whole page."""
    given = asked.now()
    desk = solara.use_memo(lambda: Desk(given), [])
    solara.use_effect(desk.begin, [])
    solara.Title("flightsim explore")
    solara.Style(STYLE % desk.colours)
    with solara.Div(classes=["fs-page"]):
        solara.HTML("h1", html.escape(desk.title))  # of the case, which may be anybody's
        with solara.Div(classes=["fs-body"]):
            Side(desk)
            Middle(desk)


@solara.component
def Side(desk: Desk) -> None:
    """The levers. They alone are drawn anew while a run goes on."""
    Levers(
        levers=desk.levers,
        palette=desk.colours,
        share=desk.share.value,
        ready=desk.base.value is not None,
        two=desk.changed.value is not None,
        trouble=desk.trouble.value,
        event_run=desk.try_it,
        event_back=desk.back,
    )


@solara.component
def Middle(desk: Desk) -> None:
    """The maps of the runs, and what there is to say of the area that was clicked."""
    shown = [run for run in (desk.base.value, desk.changed.value) if run]
    picked = desk.picked.value
    keys = [id(run) for run in shown]
    limits = solara.use_memo(lambda: desk.limits(shown), keys)
    told = solara.use_memo(lambda: desk.why(shown, picked), [*keys, picked])
    with solara.Column(gap="8px"):
        if not shown:
            return
        solara.HTML("p", desk.note(shown[0]), classes=["fs-note"])
        Map(
            world=desk.world,
            runs=[run.course for run in shown],
            palette=desk.colours,
            classes=desk.palette.shades(len(limits)),
            more=colours.ramp(desk.palette.MORE_SHADES, len(limits), alone=0.5),
            fewer=colours.ramp(desk.palette.FEWER_SHADES, len(limits), alone=0.5),
            limits=limits,
            picked=picked,
            first=desk.first_day(shown[0]),
            event_pick=desk.picked.set,
        )
        if told:
            Place(
                runs=told,
                labels=[run.course["label"] for run in shown],
                palette=desk.colours,
                span=desk.span,
                event_close=lambda *_: desk.picked.set(""),
            )
