"""Compiles the Idlib case: ``python scripts/compile_idlib SOURCE_FOLDER [OUT]``.

The source folder holds geography/, forcing/ and observed/ (docs/data.md says what they are). OUT defaults
to the case inside the package. The same sources give the same bytes.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import tables
from anchors import Anchors
from bombardment import Bombardment
from camps import clusters
from distances import checks
from docs import write_tables
from events import events
from front import Front
from geography import areas, choose_places
from health import facilities
from levels import daily_levels
from observations import observations
from outlines import border_line, lines, outlines, write_geojson
from population import Population
from road_network import Network
from sources import Sources, write_csv

HERE = Path(__file__).resolve().parent
CASE = HERE.parents[1] / "src/flightsim/cases/idlib"
PAGE = HERE.parents[1] / "docs/data.md"


HEADERS = {
    "areas": "area_id level name_en name_ar parent_id source",
    "places": "place_id name_en name_ar area_id lat lon residents_persons idps_persons control method status source",
    "roads": "road_id u v km road_class free_flow_kmh lanes capacity_vehicles_per_hour geometry ref source",
    "shelter": "place_id host_persons rented_persons collective_persons unfinished_persons source",
    "sites": "site_id name_en place_id population_persons capacity_persons n_sites source",
    "crossings": "crossing_id name_en name_ar kind lat lon place_id rule throughput_persons_per_hour source",
    "facilities": "facility_id place_id kind functioning status source",
    "events": "event_id date hour hours type target value unit status source note",
    "observations": "date since measure unit area_id destination_id group low best high total source note",
    "anchors": "anchor unit low figure high case_figure difference source",
    "distance_checks": "pair reference_km case_km ratio source",
}


def compile_case(source: Path, out: Path) -> None:
    """Writes every table of the case into ``out``."""
    out.mkdir(parents=True, exist_ok=True)
    src = Sources(source)
    chosen = choose_places(src)
    network = Network(src, chosen, src.rows("geography/crossings"))
    for name, rows in contents(src, chosen, network).items():
        write_csv(out / f"{name}.csv", HEADERS[name], rows)
    border = border_line(src)
    write_geojson(out / "outlines.geojson", outlines(src, chosen, border))
    write_geojson(out / "lines.geojson", lines(src, network, border))
    for name in ("manifest.yaml", "README.md"):
        shutil.copyfile(HERE / name, out / name)


def contents(src: Sources, chosen: list[str], network: Network) -> dict[str, list[Any]]:
    """The rows of every table, by its name."""
    camps = clusters(src)
    pop = Population(src, camps)
    front = Front(src)
    strikes = Bombardment(src, front, daily_levels(src)).strikes()
    health = facilities(src, pop, front, strikes)
    return {
        "areas": areas(src, chosen),
        "places": tables.places(src, chosen, pop),
        "roads": tables.roads(network),
        "shelter": tables.shelter(src, pop),
        "sites": tables.sites(camps),
        "crossings": tables.crossings(src.rows("geography/crossings")),
        "facilities": tables.facility_rows(health),
        "events": events(src, chosen, strikes, health),
        "observations": observations(src),
        "anchors": Anchors(src, pop, camps).rows,
        "distance_checks": checks(src, network),
    }


def main() -> int:
    """The command line; 2 when it was not understood."""
    arguments = sys.argv[1:]
    if not 1 <= len(arguments) <= 2 or not Path(arguments[0], "geography").is_dir():
        print(__doc__, file=sys.stderr)
        return 2
    out = Path(arguments[1]) if len(arguments) == 2 else CASE
    compile_case(Path(arguments[0]), out)
    if out == CASE:
        write_tables(PAGE, CASE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
