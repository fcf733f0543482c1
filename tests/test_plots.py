"""Figures: each is drawn, says what it found and what it rests on, and leaves no trace in matplotlib."""

import dataclasses
import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Text

import synthetic
from flightsim import plots, words
from flightsim.errors import InputError
from flightsim.plots import case_map, ground, maps, shapes, style
from flightsim.results.runs import Results
from flightsim.world import Holders, World

pytestmark = pytest.mark.slow  # whole commands

ALL = plots.FIGURES | plots.MAPS


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("case")
    world = dataclasses.replace(synthetic.world(), folder=folder)
    (folder / "outlines.geojson").write_text(json.dumps(squares(world, "area_id")))
    border = [[36.5, 36.45], [37.1, 36.45]]
    road = [[36.7, 35.4], [36.8, 36.3]]
    features = [
        {
            "properties": {"name": "border", "kind": "border"},
            "geometry": {"type": "LineString", "coordinates": border},
        },
        {
            "properties": {"name": "M5", "kind": "road"},
            "geometry": {"type": "MultiLineString", "coordinates": [road]},
        },
    ]
    (folder / "lines.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return world


def squares(world: World, key: str) -> dict[str, object]:
    """A band of ground for each area."""
    features = []
    for a, area_id in enumerate(world.areas.area_id):
        low, high = 35.36 + 0.16 * a, 35.52 + 0.16 * a
        ring = [[36.5, low], [37.1, low], [37.1, high], [36.5, high], [36.5, low]]
        features.append(
            {"properties": {key: area_id}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
        )
    return {"type": "FeatureCollection", "features": features}


def results_of(world: World, *, quiet: bool = False, days: int = 40) -> Results:
    names = dict(zip(world.areas.area_id, world.areas.name, strict=True))
    tables = synthetic.tables(world, quiet=quiet, days=days)
    return Results.in_memory(tables, {"name": "strip"}, {"seed": 3, "flightsim": "9.9"}, names)


def texts(figure: Figure) -> list[str]:
    """All that is written, without the breaks of lines."""
    return [" ".join(t.get_text().split()) for t in figure.findobj(Text) if t.get_text()]  # type: ignore[attr-defined]


@pytest.mark.parametrize("draw", ALL.values(), ids=ALL.keys())
def test_each_figure_says_what_it_found_and_rests_on(draw: Callable[..., Figure], world: World) -> None:
    written = texts(draw(results_of(world), world))
    assert any("Modelled, not observed: one course without a range (1 run, seed 3)." in t for t in written)
    assert any("flightsim 9.9" in t for t in written)
    assert any("27 January 2020" in t for t in written)


@pytest.mark.parametrize("draw", ALL.values(), ids=ALL.keys())
@pytest.mark.parametrize("days", [1, 40])
def test_a_run_where_nobody_moved_is_drawn_and_says_so(
    draw: Callable[..., Figure], days: int, world: World
) -> None:
    figure = draw(results_of(world, quiet=True, days=days), world)
    assert any(t.startswith("Nobody") for t in texts(figure))


def test_titles_are_computed_from_the_run(world: World) -> None:
    run = results_of(world)
    total = float(run.series("displaced_persons").iloc[-1])
    title = f"About {words.about(total)} people displaced by 9 January 2020; more arrive in Plain than anywhere else"
    assert title in texts(plots.FIGURES["displaced"](run, world))
    written = " ".join(texts(plots.FIGURES["arrivals"](run, world)))
    assert re.search(r"About [\d,]+ of [\d,]+ arrivals are in Plain; ", written)
    assert "2 in 10 of all end in makeshift shelter or in the open" in written
    assert any(t.startswith("More people leave Southtown") for t in texts(plots.MAPS["map"](run, world)))


def test_reported_points_are_drawn_by_unit(world: World) -> None:
    legend = texts(plots.FIGURES["displaced"](results_of(world), world))
    assert "people, United Nations" in legend
    assert "movements, United Nations" in legend


def test_a_run_far_beyond_the_last_report_has_a_panel_for_the_reports(world: World) -> None:
    run = results_of(world, days=80)
    figure = plots.FIGURES["displaced"](run, world)
    left, right, *_ = figure.axes
    assert left.get_xlim()[1] - left.get_xlim()[0] == pytest.approx(31)  # 1 to 31 December
    assert right.get_xlim()[1] - right.get_xlim()[0] == pytest.approx(80)
    assert left.get_ylim()[1] < right.get_ylim()[1]
    assert any("unchecked after 29 December; " in t for t in texts(figure))
    for draw in ALL.values():
        assert any("Unchecked after 29 December 2019." in t for t in texts(draw(run, world)))


@pytest.mark.slow
def test_draw_all_writes_png_files_that_are_the_same_each_time(tmp_path: Path, world: World) -> None:
    run = results_of(world)
    before = dict(mpl.rcParams)
    for folder in (tmp_path / "one", tmp_path / "two"):
        folder.mkdir()
        paths = plots.draw_all(run, world, folder)
        assert {p.stem for p in paths} == set(ALL)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name
    assert dict(mpl.rcParams) == before
    pyplot = __import__("sys").modules.get("matplotlib.pyplot")
    assert pyplot is None or not pyplot.get_fignums()


@pytest.mark.slow
def test_text_stays_inside_the_figure(tmp_path: Path, world: World) -> None:
    with style.looks():
        for name, draw, days in [(*item, days) for item in ALL.items() for days in (40, 80)]:
            figure = draw(results_of(world, days=days), world)
            style.save(figure, tmp_path / "a.png")
            width, height = figure.get_size_inches() * style.DPI
            for text in figure.texts:
                box = text.get_window_extent()
                assert box.x0 >= 0, (name, text.get_text())
                assert box.x1 <= width, (name, text.get_text())
                assert box.y1 <= height, (name, text.get_text())


def test_a_world_without_outlines_is_drawn_too(world: World) -> None:
    assert shapes.outlines(dataclasses.replace(world, folder=None)) == {}
    figure = plots.MAPS["map"](results_of(world), dataclasses.replace(world, folder=None))
    assert any(t.startswith("More people leave Southtown") for t in texts(figure))


def test_official_boundaries_are_joined_by_p_code(tmp_path: Path, world: World) -> None:
    path = tmp_path / "official.geojson"
    path.write_text(json.dumps(squares(world, "ADM3_PCODE")))
    assert set(shapes.outlines(world, path)) == set(world.areas.area_id)
    assert texts(plots.MAPS["map"](results_of(world), world, boundaries=path))


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("not json", "line 1 cannot be read as GeoJSON"),
        ('{"type": "FeatureCollection"}', "is not a GeoJSON FeatureCollection"),
        ('{"features": [1]}', "feature 1: is no feature with properties"),
        ('{"features": []}', "none of its 0 polygons"),
    ],
)
def test_bad_boundaries_are_refused(tmp_path: Path, world: World, content: str, complaint: str) -> None:
    path = tmp_path / "bad.geojson"
    path.write_text(content)
    with pytest.raises(InputError, match=complaint):
        shapes.outlines(world, path)
    with pytest.raises(InputError, match="cannot be read"):
        shapes.outlines(world, tmp_path / "gone.geojson")


def test_the_middle_of_a_square() -> None:
    world = synthetic.world()
    ring = world.project([35.4, 35.4, 35.6, 35.6], [36.6, 36.8, 36.8, 36.6])
    middle = shapes._centroid(ring)
    np.testing.assert_allclose(middle, world.project([35.5], [36.7])[0], atol=1e-6)


def test_classes_of_the_map() -> None:
    assert maps.class_limits(0) == [100]
    assert maps.class_limits(3_000) == [100, 200, 500, 1_000, 2_000]
    assert len(maps.class_limits(900_000)) == maps.MOST_CLASSES
    assert maps.class_of(999, [100, 1_000]) == 0
    assert maps.class_of(1_000, [100, 1_000]) == 1


def test_small_cells_are_not_drawn(world: World) -> None:
    tables = synthetic.tables(world)
    tables["measures"]["value"] *= 0.001
    tables["flows"]["persons"] *= 0.001
    names = dict(zip(world.areas.area_id, world.areas.name, strict=True))
    run = Results.in_memory(tables, {"name": "strip"}, {"seed": 3}, names)
    for name in ("arrivals", "map"):
        for area in world.areas.name:
            assert area not in texts(ALL[name](run, world)), name


def test_names_do_not_overlap(world: World) -> None:
    figure = style.new_figure()
    axes = figure.add_axes((0, 0, 1, 1))
    view = ground.View(0, 100, 0, 60)
    ground.prepare(axes, view)
    ground.names(axes, view, [(f"place {i}", np.array([50.0, 30.0])) for i in range(20)], km_per_inch=10)
    figure.canvas.draw()
    boxes = [t.get_window_extent() for t in axes.texts]
    assert 3 <= len(boxes) < 20
    for i, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[i + 1 :])


def test_time_axes_name_days_and_years() -> None:
    figure = style.new_figure()
    axes = figure.add_axes((0, 0, 1, 1))
    style.dates(axes, pd.date_range("2019-12-01", periods=98))
    labels = [t.get_text() for t in axes.get_xticklabels()]
    assert labels[0] == "1 Dec\n2019"
    assert labels[1] == "15 Dec"
    assert "12 Jan\n2020" in labels


def test_a_map_names_the_place_abroad_where_most_are(tmp_path: Path) -> None:
    """Camps abroad have a sign of their own, and the title is about them where most people are there."""
    import flightsim as fs
    from flightsim.plots import maps
    from flightsim.results.findings import Findings

    run = fs.run(
        "experiment=flee", "population.scale=0.02", "days=40", "figures=false", f"results={tmp_path}"
    )
    found, world = Findings(run.results), run.world
    there = maps.abroad(found, world)
    assert set(there.index) <= {
        "Fassala-Mbera",
        "Mentao",
        "Bobo-Dioulasso",
        "Abala",
        "Mangaize",
        "Niamey",
        "Tabareybarey",
    }
    assert there.iloc[0] == run.results.wide("present_persons").iloc[-1]["Fassala-Mbera"]
    assert maps.movements_title(found, world).endswith("are in Fassala-Mbera, Mauritania")


def test_ground_is_hatched_in_the_colour_of_who_took_it(world: World) -> None:
    """Two of three sides have a colour of their own; one of them takes a place, and so does the one without."""
    names = ("council", "league", "band")
    yes = (True, True, True)
    holders = Holders(names, names, yes, yes, yes, colour=("#AA3300", "#0033AA", ""))
    before = np.zeros(len(world.places), np.int64)
    after = before.copy()
    after[[0, 1, 2]] = 1, 1, 2
    sides = dataclasses.replace(
        world, holders=holders, places=dataclasses.replace(world.places, control=before)
    )
    assert ground.taken_by(sides, before, before) == {}
    assert ground.taken_by(sides, before, after) == {
        "#0033AA": "taken by league",
        style.CAPTURED: "captured in the run",
    }
    axes = style.new_figure(5, 5).add_axes((0, 0, 1, 1))
    assert ground.front(axes, sides, before, after, ground.view_of(sides), {})
    edges = {to_hex(c).upper() for layer in axes.collections for c in layer.get_edgecolor()}
    assert {"#0033AA", style.CAPTURED.upper()} <= edges
    assert "#AA3300" not in edges


def test_the_map_of_a_case_has_the_colours_of_its_sides(world: World) -> None:
    holders = dataclasses.replace(world.holders, colour=("#AA3300", "", "", ""))
    manifest = {**world.manifest, "start": date(2019, 12, 1), "country": "Strip"}
    figure = case_map.draw(dataclasses.replace(world, holders=holders, manifest=manifest))
    edges = {
        to_hex(c).upper()
        for layer in figure.axes[0].collections
        for c in np.atleast_2d(layer.get_edgecolor())
    }
    assert "#AA3300" in edges
