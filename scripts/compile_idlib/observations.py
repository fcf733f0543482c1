"""The rows of observations.csv: every dated count of the sources up to 27 January 2020, and the totals to 8 March.

Where people went, where they came from and how they were sheltered after 27 January is kept out: it tests the model.
"""

from __future__ import annotations

from calendar import monthrange
from typing import Any

from sources import Row, Sources

LAST_OBSERVATION = "2020-01-27"  # of anything but the recommended series of totals, which goes on
NORTHERN_ALEPPO = "SY0202+SY0203+SY0204+SY0208"  # districts of Al Bab, Afrin, A'zaz and Jarablus
DISPLACED = {"measure": "displaced_cumulative", "unit": "people", "area_id": "ALL"}
GOVERNORATES = {"Idleb": "SY07", "Aleppo": "SY02"}
ARRIVALS = {
    "Dana": "SY070301",
    "Idleb (destination governorate)": "SY07",
    "Aleppo (destination governorate)": "SY02",
    "northern Aleppo (Afrin, Azaz ...)": NORTHERN_ALEPPO,
    "northern Aleppo": NORTHERN_ALEPPO,
}
# The whole that a count of arrivals is said to be a part of, in its own unit (the source's note)
WHOLE = {("2019-12-31", "Dana"): 367_026, ("2020-01-07", "northern Aleppo (Afrin, Azaz ...)"): 312_000,
         ("2020-01-14", "northern Aleppo"): 350_000}  # fmt: skip
DEPARTURES = {
    "Maarat al-Numan town": "SY070200",
    "western Aleppo": "SY0200",
    "western Aleppo countryside": "SY0200",
}
FLOWS = {  # what a flow counts: (measure, area); flows of all Syria in other months are mostly of the north-east
    "displaced from Idleb governorate": ("displaced_cumulative", "SY07"),
    "left de-escalation area in 24 h": ("displaced_cumulative", "ALL"),
    "IDP movements, all Syria (WoS TF)": ("displaced_cumulative", "ALL"),
    "IDP movements, NW Syria (CCCM)": ("displaced_cumulative", "ALL"),
}
SHELTER = {  # (rungs, share): "about half"; 135,000 of 300,000
    "host families": ("host", 0.5),
    "camps, unfinished buildings, tents, trees, open air (sum)": ("site+unfinished+open", 0.45),
}

HEADER = [*("date", "since", "measure", "unit", "area_id", "destination_id", "group", "low", "best", "high"),
          *("total", "source", "note")]  # fmt: skip


def observations(src: Sources) -> list[list[Any]]:
    """Rows of observations.csv; sources that disagree are all kept."""
    found = [*_printed_totals(src), *_flows(src), *_arrivals(src), *_departures(src)]
    found += [*_between_governorates(src), *_shelter(src), *_returns(src)]
    known = [*_recommended_totals(src), *(row for row in found if row["date"] <= LAST_OBSERVATION)]
    rows = [[row.get(name, "") for name in HEADER] for row in known]
    key = [HEADER.index(name) for name in ("measure", "area_id", "destination_id", "date", "source", "unit")]
    return sorted(rows, key=lambda row: [str(row[i]) for i in key])


def _recommended_totals(src: Sources) -> list[dict[str, Any]]:
    """People displaced in all since 1 December 2019: the recommended series with its bounds, to 8 March 2020."""
    rows = [*src.rows("observed/displaced_target"), *src.rows("observed/displaced_target_to_8mar")]
    return [
        {**DISPLACED, "date": r["as_of"], "since": "2019-12-01", **{name: r[name] for name in ("low", "best", "high")},
         "source": f"recommended series: {r['source_title'] or 'definition'}"}
        for r in rows
    ]  # fmt: skip


def _printed_totals(src: Sources) -> list[dict[str, Any]]:
    """People displaced in all, each report as printed."""
    return [
        {**DISPLACED, **_window(r), "unit": r["unit"], "best": r["figure"],
         "note": f"{r['qualifier']}; {r['geography']}"}
        for r in src.rows("observed/displaced_cumulative")
        if r["figure"]
    ]  # fmt: skip


def _flows(src: Sources) -> list[dict[str, Any]]:
    found = []
    for r in src.rows("observed/displaced_flows"):
        if r["what"] in FLOWS:
            measure, area = FLOWS[r["what"]]
            since = r["period_end"] if "24 h" in r["what"] else r["period_start"]
            found.append({"date": r["period_end"], "since": since, "measure": measure, "area_id": area,
                          "unit": r["unit"], "best": r["figure"], "source": r["source_title"],
                          "note": r["what"]})  # fmt: skip
    return found


def _arrivals(src: Sources) -> list[dict[str, Any]]:
    return [
        {**_window(r), "measure": "arrivals_cumulative", "unit": r["unit"], "area_id": ARRIVALS[r["area"]],
         "best": r["figure"], "total": WHOLE.get((r["as_of"], r["area"]), ""), "note": r["area"]}
        for r in src.rows("observed/arrivals_by_area")
        if r["area"] in ARRIVALS
    ]  # fmt: skip


def _departures(src: Sources) -> list[dict[str, Any]]:
    """People who left a known area, where a figure is printed."""
    return [
        {**_window(r), "measure": "departures_cumulative", "unit": r["unit"], "area_id": DEPARTURES[r["place"]],
         "best": r["figure"], "note": r["place"]}
        for r in src.rows("observed/departures")
        if r["figure"] and r["place"] in DEPARTURES
    ]  # fmt: skip


def _between_governorates(src: Sources) -> list[dict[str, Any]]:
    found = []
    for r in src.rows("observed/od_governorate_monthly"):
        year, month = (int(part) for part in r["month"].split("-"))
        found.append({"date": f"{r['month']}-{monthrange(year, month)[1]}", "since": f"{r['month']}-01",
                      "measure": "flows_cumulative", "unit": "movements", "best": r["movements"],
                      "area_id": GOVERNORATES[r["from_governorate"]],
                      "destination_id": GOVERNORATES[r["to_governorate"]], "source": r["source_title"]})  # fmt: skip
    return found


def _shelter(src: Sources) -> list[dict[str, Any]]:
    found = []
    for r in src.rows("observed/shelter"):
        rungs, share = SHELTER[r["shelter"]]
        found.append({"date": r["as_of"], "since": "2019-12-01", "measure": "shelter_share", "unit": "share",
                      "area_id": "ALL", "group": rungs, "best": share, "source": r["source_title"],
                      "note": f"{r['shelter']}: {r['figure_or_share']}"})  # fmt: skip
    return found


def _returns(src: Sources) -> list[dict[str, Any]]:
    return [
        {**_window(r), "measure": "returns_cumulative", "unit": "movements", "area_id": "ALL", "best": r["figure"],
         "note": f"{r['area']}; {r['note']}"}
        for r in src.rows("observed/returns")
    ]  # fmt: skip


def _window(row: Row) -> dict[str, str]:
    """Date, since and source of a row."""
    since = row["since"] if "since" in row else row["period_start"]
    return {"date": row["as_of"], "since": since, "source": row["source_title"]}
