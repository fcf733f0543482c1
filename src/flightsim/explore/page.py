"""The page, in Solara: levers at the left, maps and numbers in the middle, who left and why below."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable
from typing import Any

import solara

from flightsim import words
from flightsim.complaints import InputError
from flightsim.explore import asked, levers, terrain, trial, why
from flightsim.explore.levers import SEED
from flightsim.explore.trial import Trial
from flightsim.plots import colours, style
from flightsim.plots.maps import class_limits
from flightsim.scenario import from_config

BASELINE, CHANGED = "Baseline", "With your changes"
MOST_CLASSES = 6
STYLE = """
.fs-page { padding: 10px 18px 24px; background: %(PAPER)s; color: %(INK)s; min-height: 100vh; }
.fs-page h1 { font: bold 21px 'DejaVu Sans', Verdana, sans-serif; margin: 0; }
.fs-page .fs-note { color: %(FAINT_INK)s; font: 12.5px 'DejaVu Sans', Verdana, sans-serif; margin: 2px 0 10px; }
.fs-body { display: grid !important; grid-template-columns: 275px minmax(0, 1fr); gap: 22px; }
@media (max-width: 900px) { .fs-body { grid-template-columns: minmax(0, 1fr); } }
.solara-content-main > div { padding: 0; }
"""


@solara.component_vue("map.vue")
def Map(
    world: dict[str, Any],
    runs: list[dict[str, Any]],
    palette: dict[str, Any],
    classes: list[str],
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
    """Who left one sub-district, and why, in one run or two."""


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
    palette = colours.palette(given.theme)
    base, set_base = solara.use_state(None)
    changed, set_changed = solara.use_state(None)
    picked, set_picked = solara.use_state("")
    trouble, set_trouble = solara.use_state("")
    share, set_share = solara.use_state(0.0)
    wanted = solara.use_memo(lambda: {"number": 0}, [])  # of the work asked for last

    def work(job: Callable[[Callable[[float], None], Callable[[], bool]], None]) -> None:
        """Do a job aside, so that the page stays alive; what was under way is given up."""
        wanted["number"] += 1
        own = wanted["number"]

        def do() -> None:
            try:
                job(lambda done: set_share(max(done, 0.01)), lambda: wanted["number"] == own)
                set_trouble("")
            except trial.GivenUp:
                return
            except InputError as error:
                set_trouble("; ".join(error.complaints))
            except Exception as error:  # whatever it is, the page lives on and says so
                set_trouble(f"the run failed: {type(error).__name__}: {error}")
            set_share(0.0)

        set_share(0.01)
        threading.Thread(target=do, daemon=True).start()

    def begin() -> None:
        def job(progress: Callable[[float], None], go_on: Callable[[], bool]) -> None:
            if given.results is not None:
                set_base(_labelled(trial.of_results(given.results), "The run"))
            else:
                set_base(_labelled(trial.run(_quick(given), progress, go_on), BASELINE))

        work(job)

    def try_it(values: dict[str, Any]) -> None:
        def job(progress: Callable[[float], None], go_on: Callable[[], bool]) -> None:
            luck = {SEED.name: values[SEED.name]} if SEED.name in values else {}
            plain = levers.moved(_quick(given), luck)
            first = trial.run(plain, lambda done: progress(done / 2), go_on)
            other = trial.run(levers.moved(plain, values), lambda done: progress(0.5 + done / 2), go_on)
            set_base(_labelled(first, BASELINE))
            set_changed(_labelled(other, CHANGED))

        work(job)

    def back(*_: Any) -> None:
        set_changed(None)
        begin()

    solara.use_effect(begin, [])
    solara.Title("flightsim explore")
    solara.Style(STYLE % dataclasses.asdict(palette))
    with solara.Div(classes=["fs-page"]):
        _heading(given, base)
        with solara.Div(classes=["fs-body"]):
            Levers(
                levers=levers.for_page(given.config),
                palette=dataclasses.asdict(palette),
                share=share,
                ready=base is not None,
                two=changed is not None,
                trouble=trouble,
                event_run=try_it,
                event_back=back,
            )
            with solara.Column(gap="8px"):
                shown = [run for run in (base, changed) if run]
                if shown:
                    _looks(shown, palette, picked, set_picked)


def _quick(given: asked.Asked) -> dict[str, Any]:
    return levers.quick(given.config, from_config(given.config).world)


def _labelled(run: Trial, label: str) -> tuple[Trial, dict[str, Any]]:
    """A run and what the map is given of it."""
    config = run.scenario.config
    scale = float(config["population"].get("scale", 1.0))
    size = "full scale" if scale >= 1 else f"a household stands for {round(1 / scale)}"
    sub = f"{size}, steps of {config['step_hours']} h, seed {config['seed']}"
    return run, run.course | {"label": label, "sub": sub}


def _heading(given: asked.Asked, base: Any) -> None:
    solara.HTML("h1", _title(given))
    text = "Modelled, not observed. One run is one possible course. "
    if base and float(base[0].scenario.config["population"].get("scale", 1.0)) < 1:
        text += "A quick run with few, large households: for a look, not to be passed on. "
    world = from_config(given.config).world
    clock = base[0].scenario.clock if base else None
    text += style.unchecked(world, clock.date_of(clock.days - 1)).strip() + " " if clock else ""
    text += "Not for targeting or closing borders."
    solara.HTML("p", text, classes=["fs-note"])


def _title(given: asked.Asked) -> str:
    """The title of the case, escaped: it may be anybody's."""
    import html

    world = from_config(given.config).world
    return html.escape(str(world.manifest.get("title", world.name)))


def _looks(
    shown: list[Any], palette: colours.Palette, picked: str, set_picked: Callable[[str], None]
) -> None:
    """The map of the runs, and what there is to say of the sub-district that was clicked."""
    runs = [run for run, _ in shown]
    scenario = runs[0].scenario
    world = solara.use_memo(lambda: terrain.of_world(scenario.world), [scenario.world.name])
    limits = solara.use_memo(
        lambda: _limits(runs), [[course["sub"] + course["label"] for _, course in shown]]
    )
    plain = dataclasses.asdict(palette)
    first = next((f["day"] for f in runs[0].course["fronts"]), 0) + 7  # a day on which something happens
    Map(
        world=world,
        runs=[course for _, course in shown],
        palette=plain,
        classes=palette.shades(len(limits)),
        limits=limits,
        picked=picked,
        first=first,
        event_pick=set_picked,
    )
    if picked:
        days = [words.day_year(scenario.clock.date_of(d)) for d in (0, scenario.clock.days - 1)]
        Place(
            runs=[why.of_area(run.results, run.scenario.world, picked) for run in runs],
            labels=[course["label"] for _, course in shown],
            palette=plain,
            span=" to ".join(days),
            event_close=lambda *_: set_picked(""),
        )


def _limits(runs: list[Trial]) -> list[float]:
    """Lower limits of the map's classes, the same for all runs and days."""
    return class_limits(max(float(max(map(max, run.course["present"]))) for run in runs))
