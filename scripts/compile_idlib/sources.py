"""The source folder: rows by file name, and the gazetteer's points in kilometres."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from campaign import Campaign

KM_PER_DEGREE = 111.195
CONTROL_NAMES = {
    "opposition_HTS": "opposition",
    "SNA_Turkish": "sna",
    "government": "government",
    "SDF": "sdf",
}
Row = dict[str, str]


def number(text: str) -> float:
    """A number, or 0 for an empty cell."""
    return float(text) if text else 0.0


@dataclass(frozen=True)
class Sources:
    """The folder of source tables (see docs/data.md), as one campaign reads it."""

    folder: Path
    campaign: Campaign

    def rows(self, name: str) -> list[Row]:
        """All rows of ``name`` (a path below the folder, without .csv)."""
        with (self.folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def geojson(self, name: str) -> list[dict[str, Any]]:
        """The features of ``name`` (a path below the folder, without .geojson)."""
        text = (self.folder / f"{name}.geojson").read_text(encoding="utf-8")
        features: list[dict[str, Any]] = json.loads(text)["features"]
        return features

    @cached_property
    def gazetteer(self) -> dict[str, Row]:
        """The communities of north-west Syria by P-code."""
        return {row["pcode"]: row for row in self.rows("geography/gazetteer_adm4_nw")}

    @cached_property
    def control(self) -> dict[str, str]:
        """Who held each community at the start: opposition, sna, government or sdf."""
        rows = self.rows(self.campaign.control)
        return {row["pcode"]: CONTROL_NAMES[row["control"]] for row in rows}

    @cached_property
    def control_method(self) -> dict[str, str]:
        """How the holder was found, by P-code."""
        return {row["pcode"]: row["method"] for row in self.rows(self.campaign.control)}

    @cached_property
    def captures(self) -> list[Row]:
        """Captures and losses of known communities, in order of date and then of the file."""
        rows = [row for row in self.rows(self.campaign.captures) if row["pcode"] in self.control]
        return [row for _, row in sorted(enumerate(rows), key=lambda pair: (pair[1]["date_best"], pair[0]))]

    @cached_property
    def town_ids(self) -> set[str]:
        """The P-codes that are nodes of the towns' road graph."""
        return {row["id"] for row in self.rows("geography/town_nodes") if row["node_type"] == "place"}

    def xy(self, pcodes: list[str]) -> np.ndarray:
        """(n, 2) km east and north of 36 N 36.7 E."""
        points = [(self.gazetteer[p]["lat"], self.gazetteer[p]["lon"]) for p in pcodes]
        return to_xy(np.array(points, dtype=float))


def to_xy(lat_lon: np.ndarray) -> np.ndarray:
    """(n, 2) degrees (lat, lon) to km east and north of 36 N 36.7 E (equirectangular)."""
    east = (lat_lon[:, 1] - 36.7) * KM_PER_DEGREE * np.cos(np.radians(36.0))
    return np.column_stack([east, (lat_lon[:, 0] - 36.0) * KM_PER_DEGREE])


def write_csv(path: Path, header: str, rows: list[list[Any]]) -> None:
    """A table with ``header`` (names separated by spaces); the same bytes each time."""
    names = header.split()
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        for row in rows:
            if len(row) != len(names):
                raise ValueError(f"{path.name}: {len(row)} cells for {len(names)} columns: {row}")
            writer.writerow([tidy(cell) for cell in row])


def tidy(cell: Any) -> str:
    """A cell's text: floats without trailing zeros, None as an empty cell."""
    if cell is None:
        return ""
    if isinstance(cell, float | np.floating):
        text = f"{float(cell):.6f}".rstrip("0").rstrip(".")
        return "0" if text == "-0" else text
    return str(cell)
