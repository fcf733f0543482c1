"""The folder of needs: tables, two pictures, what is in it and what it rests on. Written whole or not at all."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from flightsim import __version__
from flightsim.files.atomic import plain_errors, renewed_folder, write_text
from flightsim.files.spreadsheet import harmless_table
from flightsim.needs import figures, screen
from flightsim.needs.tables import Needs, with_names

MARK = "needs.json"

README = """This folder holds the needs that follow from a run or a sweep of flightsim. It is modelled, not observed.

screen.txt            what the command printed
gaps.csv, .parquet    each need against its capacity by area: on the worst day and at the end, with the
                      range over runs (low, high: 5 and 95 %), what is short, and the day on which it falls short
needs.csv, .parquet   what is needed by area, on every seventh day and the last
needs_by_day.parquet  the same for every day, and by shelter (host, rented, site, collective, unfinished, open)
money.csv, .parquet   cost by week, of the run and of the months after it, by cluster, against funding
stocks.csv, .parquet  with --stocks: the day each stock runs out, what is missing at the end, what to place where
                      (a row without an area: one stock for all; the rows under it share out what it lacks)
unmet.csv, .parquet   with --3w: people in need, reached and unmet by sector and area, at the end
partners.csv,         with --3w: by partner, sector and area: reached, spare capacity, what is unmet there, what it
    .parquet          could take on
standards_used.csv    each standard and rate: value, unit, source, edition, chapter or page, verified or not
gaps.png, breach.png  what is short by sector; when each known capacity falls short, by area
needs.json            what was asked, versions, runs

Working tables: counts under 100 people stand in them. To pass figures on, use `flightsim export`.
"Worst day" is that of each area's median; medians over runs of parts do not add up to that of the whole.
Capacities that the case knows are those at the start of the run (free room) or by its events (health care);
tents put up in the run are an answer to the gap and not counted in it. Health care: facilities at their
town's point, people spread as at the start, an hour on foot along the case's roads, whoever comes is seen.
Acute malnutrition is the share seen at clinics, biased up. Winter cash is part of the response cost, not on top.
Not for targeting, interdiction, closing borders, or decisions about individuals.
"""


def write(needs: Needs, folder: Path, command: str) -> str:
    """Write the folder, in the place of an earlier one, and give the screen."""
    told = screen.text(needs)
    with renewed_folder(folder, MARK) as temporary, plain_errors(folder):
        save(needs.gap_table(), temporary / "gaps")
        save(needs.by_week(), temporary / "needs")
        save(needs.money_table(), temporary / "money")
        if needs.deliveries:
            save(with_names(needs.stock_table(), needs.study.world.areas), temporary / "stocks")
        if needs.activities:
            save(with_names(needs.unmet_table(), needs.study.world.areas), temporary / "unmet")
            save(with_names(needs.partner_table(), needs.study.world.areas), temporary / "partners")
        _parquet(needs.by_day(), temporary / "needs_by_day.parquet")
        _csv(needs.standards_table(), temporary / "standards_used.csv")
        figures.draw_all(needs, temporary)
        write_text(temporary / "screen.txt", told + "\n")
        write_text(temporary / "README.txt", README)
        write_text(temporary / MARK, json.dumps(_about(needs, command), indent=2, ensure_ascii=False) + "\n")
    return told


def save(frame: pd.DataFrame, path: Path) -> None:
    """A table as CSV and as Parquet."""
    _csv(frame, path.with_suffix(".csv"))
    _parquet(frame, path.with_suffix(".parquet"))


def _csv(frame: pd.DataFrame, path: Path) -> None:
    """As text that a spreadsheet may open: names from a user's case are never formulas."""
    safe = harmless_table(frame)
    safe.to_csv(path, index=False, encoding="utf-8", lineterminator="\n", date_format="%Y-%m-%d")


def _parquet(frame: pd.DataFrame, path: Path) -> None:
    frame.to_parquet(path, index=False, compression="zstd")


def _about(needs: Needs, command: str) -> dict[str, object]:
    study, asked = needs.study, needs.asked
    return {
        "flightsim": __version__,
        "results_by": list(study.versions),
        "results": study.path.name,
        "command": command,
        "created_utc": datetime.now(UTC).isoformat(timespec="seconds"),
        "scenarios": {
            scene.name: {"runs": scene.people.runs, "seeds": list(scene.seeds)} for scene in study.scenes
        },
        "standards_not_verified": needs.unverified(),
        "capacity": asked.capacity.name if asked.capacity else None,
        "funding_usd": asked.funding_usd,
        "months": asked.months,
        "notes": [*study.notes, *asked.standards.warnings],
        "complete": True,
    }
