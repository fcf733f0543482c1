"""The tables inside docs/data.md and docs/spring2019.md, written between their markers from the compiled case."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from datetime import date, timedelta
from pathlib import Path

from sources import Row

BEFORE = Path(__file__).with_name("people_before.csv")  # people by sub-district while 2022 weighed them


def write_tables(page: Path, case: Path, wanted: tuple[str, ...]) -> None:
    """Replaces what stands between ``<!-- name -->`` and ``<!-- /name -->`` for each generated table."""
    text = page.read_text(encoding="utf-8")
    for name in wanted:
        table = MAKERS[name](case)
        pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        if not pattern.search(text):
            raise ValueError(f"{page}: no place for the table {name!r}")
        text = pattern.sub(lambda found, table=table: found[1] + table + found[2], text)
    page.write_text(text, encoding="utf-8")


def read(case: Path, name: str) -> list[Row]:
    """Rows of a compiled table."""
    with (case / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def markdown(header: list[str], rows: list[list[str]]) -> str:
    """A table; all columns but the first and last are numbers."""
    middle = "|".join(["---"] + ["---:"] * (len(header) - 2) + ["---"])
    lines = ["| " + " | ".join(header) + " |", f"|{middle}|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


def grouped(text: str) -> str:
    """A number with thousands separated; blank stays blank."""
    if not text:
        return ""
    value = float(text)
    return f"{value:,.0f}" if value == int(value) else f"{value:,g}"


def totals(case: Path) -> str:
    """Places and people by who held them."""
    count: Counter[str] = Counter()
    people: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in read(case, "places"):
        count[row["control"]] += 1
        people[row["control"]][0] += int(row["residents_persons"])
        people[row["control"]][1] += int(row["idps_persons"])
    rows = [[who, f"{count[who]:,}", *(f"{n:,}" for n in people[who]), ""] for who in sorted(count)]
    return markdown(["held by", "places", "residents", "IDPs", ""], rows)


def anchors(case: Path) -> str:
    """Anchor, figure or range, case, difference."""
    rows = []
    for row in read(case, "anchors"):
        low, high = grouped(row["low"]), grouped(row["high"])
        span = f"{low} to {high}" if low and high else f"at least {low}" if low else ""
        figure = " ".join(
            filter(None, [grouped(row["figure"]), f"({span})" if row["figure"] and span else span])
        )
        unit = f"{row['anchor']}, {row['unit']}"
        rows.append([unit, figure, grouped(row["case_figure"]), grouped(row["difference"]), row["source"]])
    return markdown(["anchor", "figure", "case", "difference", "source"], rows)


def distances(case: Path) -> str:
    """Known road distances."""
    rows = [
        [row["pair"], row["reference_km"], row["case_km"], row["ratio"], row["source"]]
        for row in read(case, "distance_checks")
    ]
    return markdown(["pair", "reference km", "case km", "ratio", "reference"], rows)


def events(case: Path) -> str:
    """Events by type and status."""
    count: dict[str, Counter[str]] = defaultdict(Counter)
    for row in read(case, "events"):
        count[row["type"]][row["status"]] += 1
    statuses = ("reported", "derived", "assumed")
    rows = [[kind, *(f"{count[kind][s]:,}" for s in statuses), ""] for kind in sorted(count)]
    return markdown(["type", *statuses, ""], rows)


# Air strikes a week from 1 November 2019 on as version 0.1 of the case had them
STRIKES_BEFORE = (84, 84, 84, 84, 157, 108, 205, 179, 145, 103, 139, 447, 574, 787, 794, 665, 788, 840)


def strikes(case: Path) -> str:
    """Air strikes by week: before, now, and how much of it is reported, derived, assumed."""
    first = date(2019, 11, 1)
    found: dict[int, Counter[str]] = defaultdict(Counter)
    for row in read(case, "events"):
        if row["type"] == "air_strike":
            found[(date.fromisoformat(row["date"]) - first).days // 7][row["status"]] += float(row["value"])
    rows = []
    for week, before in enumerate(STRIKES_BEFORE):
        total = sum(found[week].values())
        shares = [f"{100 * found[week][s] / total:.0f} %" for s in ("reported", "derived", "assumed")]
        rows.append([f"{first + timedelta(days=7 * week):%d %b}", f"{before:,}", f"{total:,.0f}", *shares])
    return markdown(["week from", "before", "air strikes", "reported", "derived", "assumed"], rows)


def roads(case: Path) -> str:
    """Roads by class and geometry."""
    count: Counter[tuple[str, str]] = Counter()
    km: dict[tuple[str, str], float] = defaultdict(float)
    speed: dict[str, list[str]] = {}
    for row in read(case, "roads"):
        key = (row["road_class"], row["geometry"])
        count[key] += 1
        km[key] += float(row["km"])
        speed[row["road_class"]] = [row["free_flow_kmh"], row["lanes"], row["capacity_vehicles_per_hour"]]
    classes = ("motorway", "primary", "secondary", "tertiary", "track")
    ordered = sorted(count, key=lambda key: (classes.index(key[0]), key[1]))
    rows = [[c, *speed[c], f"{count[c, g]:,}", f"{km[c, g]:,.0f}", g] for c, g in ordered]
    header = ["class", "km/h", "lanes each way", "vehicles/h each way", "roads", "km", "geometry"]
    return markdown(header, rows)


def sub_districts(case: Path) -> str:
    """People by sub-district held by the opposition, the largest first, beside the 2022 count's answer."""
    names = {row["area_id"]: row["name_en"] for row in read(case, "areas")}
    before = {row["area_id"]: int(row["persons"]) for row in read(BEFORE.parent, BEFORE.stem)}
    people: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    how: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for row in read(case, "places"):
        if row["control"] == "opposition":
            both = [int(row["residents_persons"]), int(row["idps_persons"])]
            people[row["area_id"]][0] += sum(both)
            people[row["area_id"]][1] += both[1]
            how[row["area_id"]][row["method"].split(":")[0], row["status"]] += sum(both)
    rows = []
    for a in sorted(people, key=lambda area: (-people[area][0], area)):
        method, status = how[a].most_common(1)[0][0]
        new, idps = people[a]
        change = f"{new - before[a]:+,}"
        rows.append(
            [f"{names[a]} {a}", f"{before[a]:,}", f"{new:,}", change, f"{idps:,}", f"{method} ({status})"]
        )
    return markdown(["sub-district", "before", "people", "change", "of whom IDPs", "mostly by"], rows)


def levels(case: Path) -> str:
    """Air strikes and shelling by month, and what share of them was reported, derived or assumed."""
    total: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for row in read(case, "events"):
        if row["type"] in ("air_strike", "shelling"):
            total[row["date"][:7], row["type"]][row["status"]] += float(row["value"])  # type: ignore[assignment]
    rows = []
    for (month, kind), by_status in sorted(total.items()):
        whole = sum(by_status.values())
        shares = (f"{by_status[s] / whole:.0%}" for s in ("reported", "derived", "assumed"))
        rows.append([f"{month} {kind}", f"{whole:,.0f}", *shares, ""])
    return markdown(["month", "strikes", "reported", "derived", "assumed", ""], rows)


MAKERS = {
    "levels": levels,
    "totals": totals,
    "anchors": anchors,
    "distances": distances,
    "events": events,
    "strikes": strikes,
    "roads": roads,
    "belt": sub_districts,
}
