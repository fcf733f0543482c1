"""Distances where a plane map does not hold: across 180 degrees of longitude, and in wide countries."""

import json
import math
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flightsim import cli
from flightsim.case.reading import read_case, shipped_cases
from flightsim.model.nearness import near_by
from flightsim.plots import ground, shapes
from flightsim.results.runs import load
from flightsim.world import World
from test_levels import rows_of, write_rows

RADIUS_KM = 6371.0


def turned(degrees: float, by: float) -> float:
    """A longitude moved around the earth, between -180 and 180."""
    return (degrees + by + 180) % 360 - 180


def moved(folder: Path, by: float) -> Path:
    """The toy case so many degrees farther east."""
    shutil.copytree(shipped_cases()["toy"], folder)
    for file in ("places.csv", "crossings.csv"):
        rows = rows_of(folder / file)
        write_rows(folder / file, [row | {"lon": f"{turned(float(row['lon']), by):.5f}"} for row in rows])
    for file in ("outlines.geojson", "lines.geojson"):
        map_ = json.loads((folder / file).read_text(encoding="utf-8"))
        for feature in map_["features"]:
            feature["geometry"]["coordinates"] = _moved(feature["geometry"]["coordinates"], by)
        (folder / file).write_text(json.dumps(map_), encoding="utf-8")
    return folder


def _moved(coordinates: Any, by: float) -> Any:
    if isinstance(coordinates[0], list):
        return [_moved(each, by) for each in coordinates]
    return [turned(coordinates[0], by), *coordinates[1:]]


def great_circle_km(lat: float, lon: float, lat2: float, lon2: float) -> float:
    """By the law of cosines on the sphere, a formula that the product does not use."""
    a, b, c = math.radians(lat), math.radians(lat2), math.radians(lon2 - lon)
    return RADIUS_KM * math.acos(math.sin(a) * math.sin(b) + math.cos(a) * math.cos(b) * math.cos(c))


def at(world: World, lat: list[float], lon: list[float]) -> World:
    """The same world with its first places elsewhere, the others where the first is."""
    n = len(world.places) - len(lat)
    places = replace(
        world.places, lat=np.array(lat + lat[:1] * n), lon=np.array(lon + lon[:1] * n)
    )  # fmt: skip
    return replace(world, places=places)


class TestAcross180:
    def test_neighbours_are_as_far_apart_as_elsewhere(self, tmp_path: Path) -> None:
        here, there = read_case("toy"), read_case(moved(tmp_path / "case", -40.0))
        lon = there.world.places.lon
        assert lon.min() < -179.9
        assert lon.max() > 179.9
        rows = np.arange(len(lon))
        km = here.world.km_between(rows[:, None], rows)
        assert km.max() > 40
        np.testing.assert_allclose(there.world.km_between(rows[:, None], rows), km, atol=0.01)
        assert [note for note in there.warnings if note not in here.warnings] == []

    def test_maps_lie_in_one_piece(self, tmp_path: Path) -> None:
        here, there = (read_case(c).world for c in ("toy", moved(tmp_path / "case", -40.0)))
        assert ground.view_of(there).width == pytest.approx(ground.view_of(here).width, abs=0.1)
        ours, theirs = shapes.outlines(here), shapes.outlines(there)
        for code, shape in ours.items():
            np.testing.assert_allclose(theirs[code].vertices, shape.vertices, atol=0.1)

    @pytest.mark.slow
    def test_as_many_are_displaced(self, tmp_path: Path) -> None:
        displaced = []
        for case in ("toy", str(moved(tmp_path / "case", -40.0))):
            out = tmp_path / f"out{len(displaced)}"
            words = [
                "run",
                f"case={case}",
                "name=run",
                "days=14",
                "step_hours=6",
                "figures=false",
                f"results={out}",
            ]
            assert cli.main(words) == 0
            (folder,) = out.rglob("provenance.json")
            displaced.append(float(load(folder.parent).series("displaced_persons").iloc[-1]))
        assert displaced[0] > 5_000
        assert displaced[1] == pytest.approx(displaced[0], rel=0.01)


class TestWide:
    def test_great_circles(self) -> None:
        """Khartoum, El Geneina, Port Sudan, Kadugli: 600 to 1,700 km apart."""
        lat, lon = [15.50, 13.45, 19.62, 11.01], [32.56, 22.45, 37.22, 29.72]
        world = at(read_case("toy").world, lat, lon)
        assert world.wide
        for i in range(4):
            for j in range(4):
                if i != j:
                    right = great_circle_km(lat[i], lon[i], lat[j], lon[j])
                    assert world.km_between(i, j) == pytest.approx(right, abs=0.01)
        plane = np.hypot(*(world.xy_km[1] - world.xy_km[2]))
        assert abs(plane - great_circle_km(lat[1], lon[1], lat[2], lon[2])) > 5  # a plane would be off

    def test_what_is_near_is_near_on_the_sphere(self) -> None:
        rng = np.random.default_rng(4)
        lat, lon = rng.uniform(60, 70, 12).tolist(), ((rng.uniform(170, 195, 12) + 180) % 360 - 180).tolist()
        world = at(read_case("toy").world, lat, lon)
        near = near_by(world, 300.0)
        right = {
            (i, j)
            for i in range(12)
            for j in range(12)
            if i == j or great_circle_km(lat[i], lon[i], lat[j], lon[j]) <= 300
        }
        assert set(zip(near.place.tolist(), near.source.tolist(), strict=True)) == right
        assert len(right) > 20
        for place, source, km in zip(near.place, near.source, near.weight, strict=True):
            if place != source:
                assert km == pytest.approx(great_circle_km(lat[place], lon[place], lat[source], lon[source]))

    def test_the_shipped_cases_are_in_a_plane(self) -> None:
        for case in ("toy", "idlib"):
            world = read_case(case).world
            assert not world.wide
            one, other = world.xy_km[0], world.xy_km[5]
            assert float(world.km_between(0, 5)) == float(np.sqrt(((one - other) ** 2).sum()))

    def test_a_wide_country_is_no_reason_to_ask_whether_degrees_are_swapped(self, tmp_path: Path) -> None:
        folder = tmp_path / "case"
        shutil.copytree(shipped_cases()["toy"], folder)
        rows = rows_of(folder / "places.csv")
        for n, row in enumerate(rows):
            row["lat"], row["lon"] = str(5 + 1.5 * (n % 4)), str(20 + 4.0 * (n // 4))
        write_rows(folder / "places.csv", rows)
        assert not [note for note in read_case(folder).warnings if "swapped" in note]
        rows[3]["lat"], rows[3]["lon"] = "75", "-100"
        write_rows(folder / "places.csv", rows)
        assert [note for note in read_case(folder).warnings if "from the middle, unlike most" in note]
