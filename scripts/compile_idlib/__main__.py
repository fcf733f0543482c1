"""Compiles the Idlib case: ``python scripts/compile_idlib SOURCE_FOLDER [OUT]``.

The source folder holds geography/, forcing/ and observed/ (docs/data.md says what they are). OUT defaults
to the case inside the package. The same sources give the same bytes.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

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
from outlines import border_line, lines, outlines, write_geojson
from population import Population
from road_network import CLASSES, Network
from sources import Sources, write_csv

HERE = Path(__file__).resolve().parent
CASE = HERE.parents[1] / "src/flightsim/cases/idlib"
PAGE = HERE.parents[1] / "docs/data.md"


def compile_case(source: Path, out: Path) -> None:
    """Writes every table of the case into ``out``."""
    out.mkdir(parents=True, exist_ok=True)
    src = Sources(source)
    chosen = choose_places(src)
    camps = clusters(src)
    pop = Population(src, camps)
    gates = src.rows("geography/crossings")
    network = Network(src, chosen, gates)
    front = Front(src)
    strikes = Bombardment(src, front, daily_levels(src)).strikes()
    health = facilities(src, pop, front, strikes)
    write_csv(out / "areas.csv", "area_id level name_en name_ar parent_id source", areas(src, chosen))
    write_csv(
        out / "places.csv",
        "place_id name_en name_ar area_id lat lon residents_persons idps_persons control method source",
        tables.places(src, chosen, pop),
    )
    write_csv(
        out / "roads.csv",
        "road_id u v km road_class free_flow_kmh lanes capacity_vehicles_per_hour geometry ref source",
        [
            [f"R{i:04d}", r.u, r.v, r.km, r.road_class, *CLASSES[r.road_class], r.geometry, r.ref, r.source]
            for i, r in enumerate((network.roads[key] for key in sorted(network.roads)), start=1)
        ],
    )
    write_csv(
        out / "shelter.csv",
        "place_id host_persons rented_persons collective_persons unfinished_persons source",
        tables.shelter(src, pop),
    )
    write_csv(
        out / "sites.csv",
        "site_id name_en place_id population_persons capacity_persons n_sites source",
        tables.sites(camps),
    )
    write_csv(
        out / "crossings.csv",
        "crossing_id name_en name_ar kind lat lon place_id rule throughput_persons_per_hour source",
        tables.crossings(gates),
    )
    write_csv(
        out / "facilities.csv",
        "facility_id place_id kind functioning status source",
        tables.facility_rows(health),
    )
    write_csv(
        out / "events.csv",
        "event_id date hour hours type target value unit status source note",
        events(src, chosen, strikes, health),
    )
    write_csv(
        out / "observations.csv",
        "date since measure unit area_id low best high source",
        tables.observations(src),
    )
    border = border_line(src)
    write_geojson(out / "outlines.geojson", outlines(src, chosen, border))
    write_geojson(out / "lines.geojson", lines(src, network, border))
    anchors = Anchors(src, pop, camps).rows
    write_csv(out / "anchors.csv", "anchor unit low figure high case_figure difference source", anchors)
    write_csv(out / "distance_checks.csv", "pair reference_km case_km ratio source", checks(src, network))
    for name in ("manifest.yaml", "README.md"):
        shutil.copyfile(HERE / name, out / name)


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
