"""The world's geometry and graph, on worlds where the sums can be done in the head."""

from __future__ import annotations

import numpy as np
import pytest

import worlds
from flightsim.world import OPEN, RUNGS, SITE, World
from worlds import CONTROLS, GOVERNMENT, SNA


def test_codes_and_words_agree() -> None:
    assert CONTROLS[SNA] == "sna"
    assert CONTROLS[GOVERNMENT] == "government"
    assert (RUNGS[SITE], RUNGS[OPEN]) == ("site", "open")


def test_line(line: World) -> None:
    assert line.node_ids == ["A", "B", "S"]
    assert line.persons == 1000
    np.testing.assert_allclose(line.xy_km, [[-20, 0], [0, 0], [20, 0]], atol=1e-9)
    np.testing.assert_allclose(
        line.km_between(np.arange(3)[:, None], np.arange(3)),
        [[0, 20, 40], [20, 0, 20], [40, 20, 0]],
        atol=1e-9,
    )
    assert line.room_persons[:, SITE].tolist() == [0, 0, 2000]
    assert np.isinf(line.room_persons[:, OPEN]).all()


def test_fork(fork: World) -> None:
    origin, left, right = (fork.places.place_id.index(name) for name in "OLR")
    assert fork.km_between(origin, left) == pytest.approx(20)
    assert fork.km_between(left, right) == pytest.approx(40)
    assert fork.places.residents_persons[origin] == fork.persons
    assert fork.room_persons[left, SITE] == fork.room_persons[right, SITE] == 2000


def test_town(town: World) -> None:
    assert len(town.places) == 12
    assert town.areas.area_id == ["Camps", "Middle", "North", "South"]
    assert [town.places.place_id[place] for place in town.areas.gateway] == ["C2", "M2", "N2", "S1"]
    assert town.persons == 12_020
    assert (town.site_population_persons <= town.places.idps_persons).all()
    shunned = town.places.control == GOVERNMENT
    assert town.places.residents_persons[shunned].sum() == 0
    assert town.crossings.is_border.tolist() == [True, False]


def test_graph_has_the_roads_and_their_features(town: World) -> None:
    graph = town.graph
    assert graph.number_of_nodes() == 12 + 2
    assert graph.number_of_edges() == len(town.roads)
    road = graph.edges["C2", "GATE"]
    assert road["road_id"] == "C2-GATE"
    assert road["km"] == pytest.approx(5)
    assert road["free_flow_kmh"] == 40
    assert graph.nodes["GATE"]["kind"] == "crossing"
    assert graph.nodes["N1"]["kind"] == "place"
    assert graph.nodes["N1"]["name"] == "N1"


def test_roads_of_the_test_worlds_are_straight(town: World) -> None:
    crossings = town.crossings
    xy = np.vstack([town.xy_km, town.project(crossings.lat, crossings.lon)])
    straight = np.hypot(*(xy[town.roads.u] - xy[town.roads.v]).T)
    np.testing.assert_allclose(town.roads.km, straight, atol=1e-9)


def test_project_puts_the_places_where_they_are(town: World) -> None:
    np.testing.assert_array_equal(town.project(town.places.lat, town.places.lon), town.xy_km)


def test_distance_at_the_latitude_of_idlib_is_that_on_the_sphere() -> None:
    """One degree east at 36 north is 111.19 km times the cosine of 36 degrees; one north is 111.19 km."""
    near = [
        worlds.Spot("A", "X", 0, 0, residents=1),
        worlds.Spot("B", "X", 0, 0),
        worlds.Spot("C", "X", 0, 0),
    ]
    world = worlds.make_world("degrees", near, [("A", "B")])
    world.places.lat[:] = [36, 36, 36.001]
    world.places.lon[:] = [36, 37, 36]
    assert world.km_between(0, 1) == pytest.approx(111.19 * np.cos(np.radians(36)), rel=1e-4)
    assert world.km_between(0, 2) == pytest.approx(0.11119, rel=1e-3)


def test_persons_and_room_can_be_chosen() -> None:
    assert worlds.line_world(persons=10, room=3).room_persons[2, SITE] == 3
    assert worlds.fork_world(persons=10).persons == 10
    assert worlds.town_world(persons=100).persons == 12 * 100 + 20
