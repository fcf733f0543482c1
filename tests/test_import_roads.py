"""A road network of others becomes roads from place to place."""

import sys
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from flightsim.case.importing import network, roads
from flightsim.case.importing.links import links
from flightsim.case.importing.report import Asked, Report, Taken
from flightsim.case.reading import shipped_cases
from flightsim.errors import InputError

TENTH_KM = 11.1195  # of a degree along the equator or a meridian, on a sphere of 6,371 km
TAGS = {"oneway": "False", "lanes": "", "maxspeed": "", "ref": ""}


def write_case(
    folder: Path, places: dict[str, tuple[float, float]], crossings: dict[str, tuple[float, float]]
) -> Path:
    folder.mkdir()
    for file in shipped_cases()["toy"].iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    rows = [f"{id_},{id_},{lat},{lon}" for id_, (lat, lon) in places.items()]
    (folder / "places.csv").write_text("\n".join(["place_id,name_en,lat,lon", *rows]), encoding="utf-8")
    rows = [f"{id_},{id_},{lat},{lon}" for id_, (lat, lon) in crossings.items()]
    (folder / "crossings.csv").write_text("\n".join(["crossing_id,name_en,lat,lon", *rows]), encoding="utf-8")
    return folder


def write_graph(
    file: Path, points: dict[int, tuple[float, float]], edges: list[tuple[int, int, dict[str, str]]]
) -> Path:
    """As osmnx saves a graph: every attribute a text, both directions of a two-way street."""
    graph = nx.MultiDiGraph(crs="epsg:4326")
    for node, (lat, lon) in points.items():
        graph.add_node(node, y=str(lat), x=str(lon))
    for u, v, tags in edges:
        km = network.distance_km(*points[u], *points[v])
        told = TAGS | {"length": str(1000 * km)} | tags
        graph.add_edge(u, v, **told)
        if told["oneway"] == "False":
            graph.add_edge(v, u, **told)
    nx.write_graphml(graph, file)
    return file


def take(case: Path, *files: Path, **options: str) -> tuple[Taken, Report]:
    report = Report()
    given = {option.name: option.default for option in roads.OPTIONS}
    given |= {name.replace("_", "-"): value for name, value in options.items()}
    return roads.take(Asked(list(files), case, "OSM", {}, given), report), report


def by_ends(taken: Taken) -> dict[tuple[str, str], dict]:
    return {(row["u"], row["v"]): row for row in taken.rows["roads.csv"]}


PRIMARY, SECONDARY = {"highway": "primary"}, {"highway": "secondary"}


def test_a_road_is_as_long_and_as_fast_as_its_pieces(tmp_path: Path) -> None:
    case = write_case(tmp_path / "mine", {"A": (0, 0), "B": (0, 0.3)}, {})
    points = {1: (0, 0), 2: (0, 0.1), 3: (0, 0.2), 4: (0, 0.3)}
    edges = [
        (1, 2, PRIMARY | {"ref": "N1"}),
        (2, 3, PRIMARY | {"ref": "N1"}),
        (3, 4, SECONDARY | {"ref": "S7"}),
    ]
    taken, _ = take(case, write_graph(tmp_path / "x.graphml", points, edges))
    (row,) = taken.rows["roads.csv"]
    assert (row["u"], row["v"], row["km"]) == ("A", "B", 33.4)
    assert row["road_class"] == "primary"
    assert row["ref"] == "N1"
    assert row["free_flow_kmh"] == pytest.approx(3 / (2 / 60 + 1 / 40), abs=0.1)
    assert (row["lanes"], row["capacity_vehicles_per_hour"]) == (1, 1200)
    assert row["geometry"] == "measured"


def test_a_place_between_takes_the_road_and_a_crossing_is_an_end(tmp_path: Path) -> None:
    case = write_case(tmp_path / "mine", {"A": (0, 0), "B": (0, 0.1), "C": (0, 0.2)}, {"GATE": (0, 0.3)})
    points = {1: (0, 0), 2: (0, 0.1), 3: (0, 0.2), 4: (0, 0.3)}
    edges = [(n, n + 1, PRIMARY) for n in (1, 2, 3)]
    taken, _ = take(case, write_graph(tmp_path / "x.graphml", points, edges))
    assert set(by_ends(taken)) == {("A", "B"), ("B", "C"), ("C", "GATE")}


def test_at_a_junction_without_a_place_all_arms_are_joined(tmp_path: Path) -> None:
    arms = {"A": (0.1, 0), "B": (0, 0.2), "C": (-0.3, 0)}
    case = write_case(tmp_path / "mine", arms, {})
    points = {0: (0, 0), 1: arms["A"], 2: arms["B"], 3: arms["C"]}
    taken, _ = take(case, write_graph(tmp_path / "x.graphml", points, [(0, n, PRIMARY) for n in (1, 2, 3)]))
    found = {pair: row["km"] for pair, row in by_ends(taken).items()}
    tenths = {("A", "B"): 3, ("A", "C"): 4, ("B", "C"): 5}
    assert found == {pair: pytest.approx(n * TENTH_KM, abs=0.05) for pair, n in tenths.items()}


def test_a_village_beside_the_road_does_not_lengthen_it(tmp_path: Path) -> None:
    """A and B are joined past V, 4 km off; were V 0.4 km off, the way through it would do."""
    for off_km, pairs in ((4, {("A", "B"), ("A", "V"), ("B", "V")}), (0.4, {("A", "V"), ("B", "V")})):
        lat = off_km / (10 * TENTH_KM)
        case = write_case(tmp_path / f"mine{off_km}", {"A": (0, 0), "B": (0, 0.2), "V": (lat, 0.1)}, {})
        points = {1: (0, 0), 2: (0, 0.1), 3: (0, 0.2)}
        taken, _ = take(case, write_graph(tmp_path / "x.graphml", points, [(1, 2, PRIMARY), (2, 3, PRIMARY)]))
        found = by_ends(taken)
        assert set(found) == pairs
        assert found["A", "V"]["km"] == pytest.approx(TENTH_KM + off_km, abs=0.05)
        assert found["A", "V"]["geometry"] == ("mixed" if off_km == 4 else "measured")


def test_loops_parallels_one_ways_islands_and_places_far_off_are_told(tmp_path: Path) -> None:
    spots = {"A": (0, 0), "B": (0, 0.1), "I": (2, 2), "J": (2, 2.2), "Far": (4, 4)}
    case = write_case(tmp_path / "mine", spots, {})
    points = {1: (0, 0), 2: (0, 0.1), 3: (2, 2), 4: (2, 2.2)}
    edges = [
        (1, 2, PRIMARY | {"oneway": "True"}),
        (1, 2, PRIMARY | {"length": "20000"}),
        (2, 2, SECONDARY | {"length": "500"}),
        (3, 4, SECONDARY),
        (1, 2, {"highway": "footway"}),
    ]
    taken, report = take(case, write_graph(tmp_path / "x.graphml", points, edges))
    assert {pair: row["km"] for pair, row in by_ends(taken).items()} == {("A", "B"): 11.1, ("I", "J"): 22.2}
    said = "\n".join(report.notes)
    assert "1 one-way ones are taken as two-way; 1 loops and 1 longer parallels left out" in said
    assert "2 places are on an island of the network, without a road to the others: I, J" in said
    assert "ways left out by class: footway 1" in said
    assert [(each.row, each.reason) for each in report.dropped] == [
        ("Far", "no road within 5 km: it is not joined")
    ]


def test_a_stray_piece_is_not_taken_for_the_road(tmp_path: Path) -> None:
    case = write_case(tmp_path / "mine", {"A": (0, 0), "B": (0, 0.2)}, {})
    points = {1: (0, 0.01), 2: (0, 0.2), 3: (0, 0.001), 4: (0.001, 0.001)}
    taken, _ = take(case, write_graph(tmp_path / "x.graphml", points, [(1, 2, PRIMARY), (3, 4, SECONDARY)]))
    assert by_ends(taken)["A", "B"]["km"] == pytest.approx(2 * TENTH_KM, abs=0.1)


def test_ferries_are_kept_or_left_out_and_told(tmp_path: Path) -> None:
    case = write_case(tmp_path / "mine", {"A": (0, 0), "B": (0, 0.1), "C": (0, 0.2)}, {})
    points = {1: (0, 0), 2: (0, 0.1), 3: (0, 0.2)}
    edges = [(1, 2, PRIMARY), (2, 3, {"route": "ferry"})]
    file = write_graph(tmp_path / "x.graphml", points, edges)
    taken, report = take(case, file)
    assert set(by_ends(taken)) == {("A", "B")}
    assert "ferries, 11 km: left out; --ferries keep takes them" in report.notes
    taken, _ = take(case, file, ferries="keep")
    ferry = by_ends(taken)["B", "C"]
    assert (ferry["road_class"], ferry["free_flow_kmh"]) == ("track", 10.0)


@pytest.mark.parametrize(
    ("tags", "kmh", "lanes"),
    [
        ({"highway": "motorway_link", "lanes": "4"}, 80, 2),
        ({"highway": "trunk", "lanes": "3", "oneway": "True"}, 60, 3),
        ({"highway": "['secondary', 'tertiary']", "lanes": "['2', '3']"}, 40, 1),
        ({"highway": "primary", "maxspeed": "30"}, 30, 1),
        ({"highway": "primary", "maxspeed": "30 mph"}, 48.3, 1),
        ({"highway": "primary", "maxspeed": "SY:rural"}, 60, 1),
        ({"highway": "tertiary", "maxspeed": "90"}, 30, 1),
    ],
)
def test_speed_is_the_classs_or_a_lower_limit_and_lanes_are_each_way(
    tmp_path: Path, tags: dict[str, str], kmh: float, lanes: int
) -> None:
    case = write_case(tmp_path / "mine", {"A": (0, 0), "B": (0, 0.1)}, {})
    taken, _ = take(case, write_graph(tmp_path / "x.graphml", {1: (0, 0), 2: (0, 0.1)}, [(1, 2, tags)]))
    (row,) = taken.rows["roads.csv"]
    assert row["free_flow_kmh"] == pytest.approx(kmh, abs=0.05)
    assert row["lanes"] == lanes


def test_a_simplified_edge_is_met_at_its_bends(tmp_path: Path) -> None:
    """The place beside the middle of a long edge is joined there, not to an end 11 km off."""
    case = write_case(tmp_path / "mine", {"A": (0, 0), "B": (0, 0.2), "M": (0, 0.1)}, {})
    line = {"geometry": "LINESTRING (0 0, 0.1 0.001, 0.2 0)", "length": "23000"}
    file = write_graph(tmp_path / "x.graphml", {1: (0, 0), 2: (0, 0.2)}, [(1, 2, PRIMARY | line)])
    found = {pair: row["km"] for pair, row in by_ends(take(case, file)[0]).items()}
    assert found == {("A", "M"): pytest.approx(11.6, abs=0.05), ("B", "M"): pytest.approx(11.6, abs=0.05)}


OSM = """<?xml version='1.0' encoding='UTF-8'?>
<osm version="0.6">
  <node id="1" lat="0" lon="0"/><node id="2" lat="0" lon="0.1"/><node id="3" lat="0" lon="0.2"/>
  <node id="4" lat="0.1" lon="0.1"/>
  <way id="10"><nd ref="1"/><nd ref="2"/><nd ref="3"/><tag k="highway" v="trunk"/><tag k="ref" v="M5"/></way>
  <way id="11"><nd ref="2"/><nd ref="4"/><tag k="highway" v="track"/></way>
  <way id="12"><nd ref="2"/><nd ref="4"/><tag k="highway" v="primary"/><tag k="access" v="private"/></way>
</osm>
"""


def test_an_osm_extract_is_read_by_osmium_in_every_form(tmp_path: Path) -> None:
    osmium = pytest.importorskip("osmium")
    case = write_case(tmp_path / "mine", {"A": (0, 0), "B": (0, 0.2), "C": (0.1, 0.1)}, {})
    (tmp_path / "x.osm").write_text(OSM, encoding="utf-8")
    for name in ("x.osm.bz2", "x.osm.pbf"):
        with osmium.SimpleWriter(str(tmp_path / name)) as writer:
            for each in osmium.FileProcessor(str(tmp_path / "x.osm")):
                writer.add(each)
    for name in ("x.osm", "x.osm.bz2", "x.osm.pbf"):
        taken, report = take(case, tmp_path / name, within_km="3")
        assert {pair: row["km"] for pair, row in by_ends(taken).items()} == {("A", "B"): 22.2}
        assert "ways left out by class: track 1, closed to traffic 1" in report.notes
        assert [each.row for each in report.dropped] == ["C"]
        taken, _ = take(case, tmp_path / name, highways="trunk,track")
        assert by_ends(taken)["A", "C"]["km"] == pytest.approx(2 * TENTH_KM, abs=0.05)


def test_an_extract_that_osmium_cannot_read_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("osmium")
    case = write_case(tmp_path / "mine", {"A": (0, 0), "B": (0, 0.2)}, {})
    for text in ('<osm version="0.6"><node id="1" lat="x" lon="1"/></osm>', "<osm><node", "<gpx/>"):
        (tmp_path / "x.osm").write_text(text, encoding="utf-8")
        with pytest.raises(InputError, match=r"x\.osm cannot be read as OSM"):
            take(case, tmp_path / "x.osm")


def test_without_the_extra_an_osm_extract_is_refused_with_the_cure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "osmium", None)
    case = write_case(tmp_path / "mine", {"A": (0, 0), "B": (0, 0.2)}, {})
    (tmp_path / "x.osm").write_text(OSM, encoding="utf-8")
    with pytest.raises(InputError, match=r"pip install 'flightsim\[geo\]', which brings osmium"):
        take(case, tmp_path / "x.osm")


def test_a_graph_that_osmnx_saved_is_read(tmp_path: Path) -> None:
    ox = pytest.importorskip("osmnx")
    (tmp_path / "x.osm").write_text(OSM, encoding="utf-8")
    ox.io.save_graphml(ox.graph.graph_from_xml(tmp_path / "x.osm", retain_all=True), tmp_path / "x.graphml")
    case = write_case(tmp_path / "mine", {"A": (0, 0), "B": (0, 0.2)}, {})
    (row,) = take(case, tmp_path / "x.graphml")[0].rows["roads.csv"]
    assert (row["km"], row["ref"], row["road_class"]) == (22.2, "M5", "primary")


def test_what_is_no_network_of_this_country_is_refused(tmp_path: Path) -> None:
    case = write_case(tmp_path / "mine", {"A": (0, 0), "B": (0, 0.2)}, {})
    far = write_graph(tmp_path / "far.graphml", {1: (50, 10), 2: (50, 11)}, [(1, 2, PRIMARY)])
    with pytest.raises(InputError, match=r"none of the case's 2 places .* the roads at lat 50.0 to 50.0"):
        take(case, far)
    metres = write_graph(tmp_path / "m.graphml", {1: (0, 400_000), 2: (0, 401_000)}, [(1, 2, PRIMARY)])
    with pytest.raises(InputError, match="expected degrees"):
        take(case, metres)
    paths = write_graph(tmp_path / "p.graphml", {1: (0, 0), 2: (0, 1)}, [(1, 2, {"highway": "path"})])
    with pytest.raises(InputError, match="no road of the classes asked for was found; left out: 1 of path"):
        take(case, paths)
    bent = PRIMARY | {"geometry": "LINESTRING (a b, 0 1, 2 3)"}
    with pytest.raises(InputError, match="the geometry of an edge is"):
        take(case, write_graph(tmp_path / "bent.graphml", {1: (0, 0), 2: (0, 1)}, [(1, 2, bent)]))
    (tmp_path / "bad.graphml").write_text("<graphml", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be read as GraphML"):
        take(case, tmp_path / "bad.graphml")
    with pytest.raises(InputError, match=r"is no road network; expected \.graphml"):
        take(case, case / "places.csv")
    with pytest.raises(InputError, match="did you mean 'primary'"):
        take(case, far, highways="primry")


def test_ways_between_all_places_stay_nearly_as_long_and_roads_few() -> None:
    """On a generated country: nobody cut off, few roads a place, and no way shorter than it is."""
    rng = np.random.default_rng(5)
    side, n_places = 40, 120
    drawing = network.Drawing(list(network.TAGS), ferries=False)
    at = {
        (i, j): tuple(0.01 * np.array([i, j]) + rng.normal(0, 0.002, 2))
        for i in range(side)
        for j in range(side)
    }
    for (i, j), here in at.items():
        for other in ((i + 1, j), (i, j + 1)):
            is_main = (i if other[0] == i else j) % 10 == 0
            if other in at and (is_main or rng.random() < 0.6):
                tags = {"highway": "primary" if is_main else "tertiary"}
                drawing.way([((i, j), *here), (other, *at[other])], tags)
    found, _ = drawing.network()
    part, _ = network.parts(found)
    main = found.road_class == 1
    main_points = np.unique(np.concatenate([found.u[main], found.v[main]]))
    near = rng.choice(main_points[part[main_points] == 0], n_places, replace=False)
    made = links(found, near, np.zeros(n_places))
    assert len(made) < 6 * n_places
    whole = nx.Graph()
    whole.add_weighted_edges_from(zip(found.u.tolist(), found.v.tolist(), found.hours.tolist(), strict=True))
    ours = nx.Graph()
    ours.add_weighted_edges_from((link.a, link.b, link.hours) for link in made)
    stretch = []
    for a in range(0, n_places, 10):
        true = nx.single_source_dijkstra_path_length(whole, int(near[a]))
        over = nx.single_source_dijkstra_path_length(ours, a)
        stretch += [over[b] / true[int(near[b])] for b in range(n_places) if b != a]
    assert min(stretch) > 0.999
    assert np.median(stretch) < 1.1
    assert max(stretch) < 1.5
