"""Compiles the two Idlib cases: ``python scripts/compile_idlib SOURCE_FOLDER [OUT]``.

The source folder holds geography/, forcing/, forcing_spring2019/ and observed/ (docs/data.md says what they are).
Each case goes into a folder of its name inside OUT, which defaults to the cases inside the package. The same
sources give the same bytes.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import tables
from anchors import Anchors
from bombardment import Bombardment
from campaign import SPRING, WINTER, Campaign
from camps import clusters
from distances import checks
from docs import write_tables
from events import WINTER_PLAIN, Plain, events
from front import Front
from geography import areas, choose_places
from health import WINTER_REPORTS, Reports, facilities
from levels import Level, aleppo_shares, daily_levels
from observations import observations
from outlines import border_line, lines, outlines, write_geojson
from population import Population
from road_network import Network
from sources import Sources, write_csv
from spring_anchors import SpringAnchors
from spring_events import SPRING_PLAIN
from spring_health import spring_reports
from spring_levels import spring_levels
from spring_population import SpringPopulation

HERE = Path(__file__).resolve().parent
CASES = HERE.parents[1] / "src/flightsim/cases"
PAGES = HERE.parents[1] / "docs"


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


@dataclass(frozen=True)
class Recipe:
    """What differs between the campaigns beside their tables; ``page`` holds the generated ``tables``."""

    campaign: Campaign
    population: type[Population]
    anchors: type[Anchors]
    levels: Callable[[Sources], dict[date, Level]]
    aleppo_shares: Callable[[dict[date, Level]], dict[date, float]]
    reports: Callable[[Sources], Reports]
    plain: Plain
    observations: Callable[[Sources], list[list[Any]]] | None
    page: str
    tables: tuple[str, ...]


RECIPES = (
    Recipe(WINTER, Population, Anchors, daily_levels, aleppo_shares, lambda _: WINTER_REPORTS, WINTER_PLAIN,
           observations,
           "data.md", ("totals", "anchors", "distances", "events", "strikes", "roads", "belt")),
    Recipe(SPRING, SpringPopulation, SpringAnchors, spring_levels, lambda _: {}, spring_reports, SPRING_PLAIN, None,
           "spring2019.md", ("totals", "anchors", "events", "levels")),
)  # fmt: skip


def compile_case(source: Path, recipe: Recipe, out: Path) -> None:
    """Writes every table of the case into ``out``."""
    out.mkdir(parents=True, exist_ok=True)
    src = Sources(source, recipe.campaign)
    chosen = choose_places(src)
    network = Network(src, chosen, src.rows("geography/crossings"))
    for name, rows in contents(src, recipe, chosen, network).items():
        write_csv(out / f"{name}.csv", HEADERS[name], rows)
    border = border_line(src)
    write_geojson(out / "outlines.geojson", outlines(src, chosen, border))
    write_geojson(out / "lines.geojson", lines(src, network, border))
    for name in ("manifest.yaml", "README.md"):
        shutil.copyfile(HERE / recipe.campaign.name / name, out / name)


def contents(src: Sources, recipe: Recipe, chosen: list[str], network: Network) -> dict[str, list[Any]]:
    """The rows of every table, by its name; a case without counts has no table of observations."""
    camps = clusters(src)
    pop = recipe.population(src, camps)
    front = Front(src)
    levels = recipe.levels(src)
    strikes = Bombardment(src, front, levels, recipe.aleppo_shares(levels)).strikes()
    health = facilities(src, pop, front, strikes, recipe.reports(src))
    found = {
        "areas": areas(src, chosen),
        "places": tables.places(src, chosen, pop),
        "roads": tables.roads(network),
        "shelter": tables.shelter(src, pop),
        "sites": tables.sites(camps),
        "crossings": tables.crossings(src.rows("geography/crossings")),
        "facilities": tables.facility_rows(health),
        "events": events(src, chosen, strikes, health, recipe.plain),
        "anchors": recipe.anchors(src, pop, camps).rows,
        "distance_checks": checks(src, network),
    }
    return found | ({"observations": recipe.observations(src)} if recipe.observations else {})


def main() -> int:
    """The command line; 2 when it was not understood."""
    arguments = sys.argv[1:]
    if not 1 <= len(arguments) <= 2 or not Path(arguments[0], "geography").is_dir():
        print(__doc__, file=sys.stderr)
        return 2
    out = Path(arguments[1]) if len(arguments) == 2 else CASES
    for recipe in RECIPES:
        case = out / recipe.campaign.name
        compile_case(Path(arguments[0]), recipe, case)
        if out == CASES:
            write_tables(PAGES / recipe.page, case, recipe.tables)
    return 0


if __name__ == "__main__":
    sys.exit(main())
