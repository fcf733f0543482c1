"""What a sweep of one scenario leaves beside its runs: what came out in words, ranges by day, and two figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from flightsim.case.reading import cached_case
from flightsim.errors import InputError
from flightsim.files.atomic import plain_errors, write_text
from flightsim.results import ensemble_text, sweeps
from flightsim.results.ensemble import Ensemble, read
from flightsim.results.sweeps import Sweep
from flightsim.world import World

FIGURES = ("displaced", "map")


def write(sweep: Sweep, figures: bool | str, tell: Callable[[str], None]) -> None:
    """Write the text, the ranges and, asked for, the figures (``"dark"``: on a dark ground) of the finished runs.

    What cannot be made is left out and said so: the runs are there, and they are what took time.
    """
    for name in (sweeps.TEXT, sweeps.RANGES, *(f"{figure}.png" for figure in FIGURES)):
        (sweep.path / name).unlink(missing_ok=True)  # of fewer runs
    if sweep.done.empty:
        return
    try:
        ensemble = read(sweep, sweep.scenarios[0])
        world = cached_case(str(ensemble.first.config["case"])).world
        write_text(sweep.path / sweeps.TEXT, ensemble_text.text(ensemble, world) + "\n")
        ranges = ensemble.table().to_csv(index=False, float_format="%.6g", lineterminator="\n")
        write_text(sweep.path / sweeps.RANGES, ranges)
    except InputError as problem:
        tell(f"no ranges: {'; '.join(problem.complaints)}")
        return
    if figures:
        try:
            _draw(ensemble, world, sweep.path, str(figures))
        except Exception as problem:  # a font, a full disk: no figure is worth a sweep
            tell(f"no figures: {problem}")


def _draw(ensemble: Ensemble, world: World, folder: Path, theme: str) -> None:
    from flightsim.plots import colours, style  # matplotlib takes half a second

    with colours.theme(colours.DARK if theme == colours.DARK else colours.LIGHT), style.looks():
        for name, draw in drawers(ensemble, world).items():
            path = folder / f"{name}.png"
            with plain_errors(path):
                style.save(draw(), path)


def drawers(ensemble: Ensemble, world: World) -> Mapping[str, Callable[[], Any]]:
    """How each of the ``FIGURES`` is drawn, by its name."""
    from flightsim.plots import ensemble as plots

    boundaries = ensemble.first.config.get("boundaries")
    draws = (partial(plots.displaced, ensemble, world), partial(plots.movements, ensemble, world, boundaries))
    return dict(zip(FIGURES, draws, strict=True))
