"""The areas and places that a case has already, for what others count or report to be joined to."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from scipy.spatial import cKDTree

from flightsim.case.importing import points
from flightsim.case.importing.network import EARTH_RADIUS_KM, on_sphere
from flightsim.case.importing.sheets import Sheet
from flightsim.case.importing.writing import rows_of
from flightsim.errors import InputError
from flightsim.world import Floats, Ints

LEVELS = (1, 2, 3, 4)
WORDS = {  # what the levels are called where a header is written for people
    1: ("governorate", "region", "state", "province"),
    2: ("district", "cercle", "locality", "county"),
    3: ("sub-district", "subdistrict", "commune"),
    4: ("community", "village"),
}
COLUMNS: dict[str, tuple[str, ...]] = {
    "area_id": ("area_id", "pcode", "p-code"),
    **{
        f"code_{n}": (f"admin{n}Pcode", f"ADM{n}_PCODE", f"admin{n}_code", f"adm{n}_code", f"#adm{n}+code")
        for n in LEVELS
    },
    **{
        f"name_{n}": (
            f"admin{n}Name_en", f"admin{n}Name", f"ADM{n}_EN", f"admin{n}_name", f"provider_admin{n}_name", f"admin{n}",
            f"adm_{n}", f"adm{n}_name", *WORDS[n], f"#adm{n}+name",
        )
        for n in LEVELS
    },
}  # fmt: skip


@dataclass(frozen=True)
class Named:
    """The area that a row names: P-codes and names by level, as far as it has them."""

    code: str
    codes: Mapping[int, str]
    names: Mapping[int, str]


@dataclass(frozen=True)
class Ground:
    """Areas by P-code with level, names and parent; places with their points and people (``persons``)."""

    level: dict[str, int]
    parent: dict[str, str]
    area_names: dict[str, set[str]]  # as ``plain`` has them
    place_id: list[str]
    place_name: list[str]
    area: list[str]  # of each place
    lat: Floats
    lon: Floats
    persons: Floats

    @property
    def finest(self) -> int:
        """The finest level of the case's areas."""
        return max(self.level.values())

    def upwards(self, area: str) -> list[str]:
        """An area and those above it."""
        chain = [area]
        while (above := self.parent.get(chain[-1], "")) and above not in chain:
            chain.append(above)
        return chain

    def at_level(self, area: str, level: int) -> str:
        """The area of a level that an area lies in; itself if it is coarser."""
        return next((each for each in self.upwards(area) if self.level[each] <= level), area)

    @cached_property
    def places_in(self) -> dict[str, list[int]]:
        """The places of every area, of all levels, the largest first."""
        found: dict[str, list[int]] = {}
        for i in sorted(range(len(self.area)), key=lambda i: (-self.persons[i], self.place_id[i])):
            for area in self.upwards(self.area[i]):
                found.setdefault(area, []).append(i)
        return found

    @cached_property
    def _tree(self) -> cKDTree:
        return cKDTree(on_sphere(self.lat, self.lon))

    def nearest(self, lat: Floats, lon: Floats) -> tuple[Ints, Floats]:
        """(n,) the nearest place of each point, and how far it is in km."""
        chord, at = map(np.asarray, self._tree.query(on_sphere(lat, lon)))
        return at, 2 * np.arcsin(np.clip(chord / 2, 0, 1)) * EARTH_RADIUS_KM

    def within(self, lat: float, lon: float, km: float) -> list[int]:
        """The places within a distance of a point, the largest first."""
        chord = 2 * np.sin(km / EARTH_RADIUS_KM / 2)
        found = self._tree.query_ball_point(on_sphere(np.array([lat]), np.array([lon]))[0], chord)
        return sorted(found, key=lambda i: (-self.persons[i], self.place_id[i]))

    def find(self, named: Named) -> tuple[str, str]:
        """The area that is named, or blank and why there is none.

        Levels finer than the case's are looked over. A finer area that the case does not know is not replaced by
        the one above it: what is counted in a part is not the count of the whole.
        """
        if named.code in self.level:
            return named.code, ""
        for level in range(self.finest, 0, -1):
            code, name = named.codes.get(level, ""), plain(named.names.get(level, ""))
            if code in self.level:
                return code, ""
            if name:
                found = [a for a, n in self.level.items() if n == level and name in self.area_names[a]]
                inside = [a for a in found if self._fits(a, level, named)]
                if len(inside) == 1:
                    return inside[0], ""
                if inside:
                    return "", f"several areas of level {level} have its name: it needs a P-code"
            if code or name:
                return "", f"its area of level {level} is not in the case"
        if named.code:
            return "", "its P-code is no area of the case"
        return "", "it names no area of a level that the case has"

    def _fits(self, area: str, level: int, named: Named) -> bool:
        """Whether the areas above an area are those that are named, too."""
        above = {self.level[each]: each for each in self.upwards(area)}
        return all(
            named.codes.get(n, "") in ("", above[n])
            if named.codes.get(n, "") in self.level
            else plain(named.names.get(n, "")) in ("", *self.area_names[above[n]])
            for n in range(1, level)
            if n in above
        )


def read(case: Path, with_places: bool = True) -> Ground:
    """What a case has; InputError if there is nothing to join to yet."""
    areas = rows_of(case, "areas.csv")
    if not areas:
        raise InputError(f"{case / 'areas.csv'} has no areas; import boundaries first")
    places = [row for row in rows_of(case, "places.csv") if np.isfinite(points.number(row.get("lat") or ""))]
    if with_places and not places:
        raise InputError(f"{case / 'places.csv'} has no places; import places first")
    names = {
        row["area_id"]: {plain(text) for key, text in row.items() if key.startswith("name_") and text} for row in areas
    }  # fmt: skip
    people = [
        sum(points.number(row.get(column) or "0") for column in ("residents_persons", "idps_persons"))
        for row in places
    ]
    return Ground(
        level={row["area_id"]: int(float(row["level"])) for row in areas},
        parent={row["area_id"]: row.get("parent_id") or "" for row in areas},
        area_names=names,
        place_id=[row["place_id"] for row in places],
        place_name=[row.get("name_en") or "" for row in places],
        area=[row["area_id"] for row in places],
        lat=np.array([float(row["lat"]) for row in places]),
        lon=np.array([float(row["lon"]) for row in places]),
        persons=np.nan_to_num(np.array(people, dtype=float)),
    )


def named(sheet: Sheet, columns: Mapping[str, Sequence[str]]) -> list[Named]:
    """The area that each row of a table names, by whatever columns of P-codes and names it has."""
    there = {ours: sheet.column(columns[ours]) for ours in COLUMNS}

    def said(line_said: Mapping[str, str], ours: str) -> str:
        column = there[ours]
        return line_said[column] if column else ""

    return [
        Named(
            said(line.said, "area_id"),
            {n: said(line.said, f"code_{n}") for n in LEVELS},
            {n: said(line.said, f"name_{n}") for n in LEVELS},
        )
        for line in sheet.lines
    ]


def plain(name: str) -> str:
    """A name without capitals, accents and punctuation, so that two spellings of it meet."""
    parts = unicodedata.normalize("NFKD", name.casefold())
    return re.sub(r"[\W_]+", "", "".join(c for c in parts if not unicodedata.combining(c)))
