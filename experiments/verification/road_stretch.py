"""How much longer are the ways of an imported case than those of the road network it was made from?

    python experiments/verification/road_stretch.py            networks of up to 90,000 points: about two minutes
    python experiments/verification/road_stretch.py --quick    the smallest; writes no file

Networks are generated: a jittered grid, of which every tenth line is a fast road and 60 % of the other streets are
there; places lie some 300 m off, mostly at fast roads or anywhere. Writes the table of docs/importing.md.
"""

from __future__ import annotations

import argparse
import re
import time
from pathlib import Path

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from flightsim.case.importing import network
from flightsim.case.importing.links import Link, links

PAGE = Path(__file__).resolve().parents[2] / "docs" / "importing.md"
SIZES = ((60, 100), (100, 400), (100, 1000), (300, 5000))  # points on a side, places
FAST, ANYWHERE = 8.0, 1.0  # how much likelier a place lies at a fast road than elsewhere
FROM = 100  # places from which all ways are compared
LEAST_HOURS = 0.05  # shorter ways are within a town


def country(
    side: int, n_places: int, likelier: float, seed: int
) -> tuple[network.Network, np.ndarray, np.ndarray]:
    """A network, and the point and km off the road of each place."""
    rng = np.random.default_rng(seed)
    at = {(i, j): 0.01 * np.array([i, j]) + rng.normal(0, 0.002, 2) for i in range(side) for j in range(side)}
    drawing = network.Drawing(list(network.TAGS), ferries=False)
    for (i, j), here in at.items():
        for other in ((i + 1, j), (i, j + 1)):
            fast = (i if other[0] == i else j) % 10 == 0
            if other in at and (fast or rng.random() < 0.6):
                tags = {"highway": "primary" if fast else "tertiary"}
                drawing.way([((i, j), *here), (other, *at[other])], tags)
    found, _ = drawing.network()
    weight = np.ones(len(found.lat))
    weight[np.concatenate([end[found.road_class == 1] for end in (found.u, found.v)])] = likelier
    weight[network.parts(found)[0] > 0] = 0
    chosen = rng.choice(len(weight), n_places, replace=False, p=weight / weight.sum())
    lat, lon = (axis[chosen] + rng.normal(0, 0.003, n_places) for axis in (found.lat, found.lon))
    return found, *network.snapped(found, lat, lon, 5)


def stretch(found: network.Network, at: np.ndarray, off_km: np.ndarray, made: list[Link]) -> np.ndarray:
    """Hours over the roads of the case as a share of hours over the network, from some places to all."""
    n, access = len(found.lat), off_km / network.CLASSES[network.ACCESS].free_flow_kmh
    some = np.arange(min(FROM, len(at)))
    whole = sparse.csr_array((found.hours, (found.u, found.v)), shape=(n, n))
    true = csgraph.dijkstra(whole, directed=False, indices=at[some])[:, at] + access[some][:, None] + access
    a, b, hours = zip(*((link.a, link.b, link.hours) for link in made), strict=True)
    ours = csgraph.dijkstra(
        sparse.csr_array((hours, (a, b)), shape=(len(at),) * 2), directed=False, indices=some
    )
    apart = (at[some][:, None] != at) & (true > LEAST_HOURS) & np.isfinite(true)
    return ours[apart] / true[apart]


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    lines = [
        "| points | places | roads a place | longer, median | 95 % of ways | seconds |",
        "|" + " --- |" * 7,
    ]
    asked = [(*size, FAST) for size in SIZES] + [(*size, ANYWHERE) for size in SIZES[:-1]]
    for side, n_places, likelier in asked[:1] if quick else asked:
        found, at, off_km = country(side, n_places, likelier, seed=1)
        begun = time.perf_counter()
        made = links(found, at, off_km)
        seconds = time.perf_counter() - begun
        longer = 100 * (stretch(found, at, off_km, made) - 1)
        where = "mostly at fast roads" if likelier > 1 else "anywhere"
        lines.append(
            f"| {len(found.lat):,} | {n_places:,} | {where} | {len(made) / n_places:.1f} "
            f"| {np.median(longer):.0f} % | {np.quantile(longer, 0.95):.0f} % | {seconds:.1f} |"
        )
        print(lines[-1], flush=True)
    if not quick:
        text = PAGE.read_text(encoding="utf-8")
        table = "<!-- stretch -->\n" + "\n".join(lines) + "\n<!-- /stretch -->"
        PAGE.write_text(
            re.sub(r"<!-- stretch -->.*<!-- /stretch -->", lambda _: table, text, flags=re.S),
            encoding="utf-8",
        )


if __name__ == "__main__":
    main()
