"""When it is dark: by NOAA's equations against another way of reckoning the sun, and what a run makes of it."""

import math
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest

import worlds
from flightsim.case import sun
from flightsim.case.reading import read_case, shipped_cases
from flightsim.clock import Clock, is_night
from flightsim.errors import InputError
from flightsim.model.parts.hazard import Bombardment
from flightsim.model.parts.roads import RoadNetwork
from flightsim.results.findings import Findings
from flightsim.results.runs import Results, load

YEAR = [date(2020, 1, 1) + timedelta(days=10 * i) for i in range(37)]


def altitude(lat: float, lon: float, when: datetime) -> float:
    """Degrees of the sun above the horizon, from its ecliptic longitude and sidereal time (Meeus, low accuracy)."""
    n = (when - datetime(2000, 1, 1, 12, tzinfo=UTC)).total_seconds() / 86_400
    mean, anomaly = 280.460 + 0.9856474 * n, math.radians(357.528 + 0.9856003 * n)
    ecliptic = math.radians(mean + 1.915 * math.sin(anomaly) + 0.020 * math.sin(2 * anomaly))
    tilt = math.radians(23.439 - 0.0000004 * n)
    ascension = math.atan2(math.cos(tilt) * math.sin(ecliptic), math.cos(ecliptic))
    declination = math.asin(math.sin(tilt) * math.sin(ecliptic))
    hour_angle = math.radians(280.46062 + 360.98564737 * n + lon) - ascension
    phi = math.radians(lat)
    return math.degrees(
        math.asin(
            math.sin(phi) * math.sin(declination)
            + math.cos(phi) * math.cos(declination) * math.cos(hour_angle)
        )
    )


def crossing(lat: float, lon: float, day: date, hours: float, zenith: float, evening: bool) -> float:
    """Minutes after local midnight at which the sun stands so far from overhead, by halving."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=hours)
    noon = 12 + hours - lon / 15
    low, high = (noon, noon + 12) if evening else (noon - 12, noon)
    for _ in range(40):
        middle = (low + high) / 2
        up = altitude(lat, lon, midnight + timedelta(hours=middle)) > 90 - zenith
        low, high = (middle, high) if up == evening else (low, middle)
    return 60 * low


@pytest.mark.parametrize(
    ("lat", "lon", "hours"),
    [
        (35.9, 36.6, 2),
        (15.5, 32.56, 2),
        (-4.3, 15.3, 1),
        (48.45, 35.0, 2),
        (12.64, -8.0, 0),
        (-17.7, 178.1, 12),
        (59.9, 10.75, 1),
    ],
    ids=["Idleb", "Khartoum", "Kinshasa", "Dnipro", "Bamako", "Fiji", "Oslo"],
)
@pytest.mark.parametrize("zenith", [sun.SUNSET_ZENITH, sun.DUSK_ZENITH])
def test_sunrise_and_sunset_within_two_minutes(lat: float, lon: float, hours: int, zenith: float) -> None:
    dawn, dusk = sun.light(lat, lon, YEAR, timezone(timedelta(hours=hours)), zenith)
    for day, rises, sets in zip(YEAR, dawn, dusk, strict=True):
        assert rises == pytest.approx(crossing(lat, lon, day, hours, zenith, False), abs=2), day
        assert sets == pytest.approx(crossing(lat, lon, day, hours, zenith, True), abs=2), day


def test_summer_time_is_that_of_the_zone() -> None:
    """Clocks in Syria went forward on 29 March 2019: the sun sets an hour later by them."""
    zone = sun.zone_named("Asia/Damascus")
    _, dusk = sun.light(35.9, 36.6, [date(2019, 3, 28), date(2019, 3, 29)], zone)
    assert dusk[1] - dusk[0] == pytest.approx(61, abs=1)


@pytest.mark.parametrize(
    ("name", "hours"), [("UTC", 0), ("UTC+3", 3), ("UTC-5:30", -5.5), ("UTC+30", None), ("Asia/Damasc", None)]
)
def test_zones_by_offset(name: str, hours: float | None) -> None:
    zone = sun.zone_named(name)
    if hours is None:
        assert zone is None
    else:
        assert zone is not None
        assert zone.utcoffset(datetime(2020, 1, 1)) == timedelta(hours=hours)


def test_where_the_sun_stays_up_or_down() -> None:
    dawn, dusk = sun.light(75.0, 20.0, [date(2020, 6, 21), date(2020, 12, 21)], UTC)
    assert (dawn[0], dusk[0]) == (-math.inf, math.inf)
    assert (dawn[1], dusk[1]) == (math.inf, -math.inf)
    assert is_night(np.arange(24), sun.NEVER_DARK).sum() == 0
    assert is_night(np.arange(24), sun.ALL_DARK).sum() == 24
    assert np.flatnonzero(is_night(np.arange(24), (1, 4))).tolist() == [1, 2, 3]  # far north in May


class TestOfACase:
    @pytest.mark.parametrize("case", ["idlib", "idlib_spring2019", "toy"])
    def test_shipped_cases_keep_their_night(self, case: str) -> None:
        """The hours in the manifest are those of the sun on the period's mean day, and what runs had before."""
        world = read_case(case).world
        start, end = world.manifest["start"], world.manifest["end"]
        clock = Clock(start, (end - start).days + 1)
        nights = set(sun.nights_of(world, clock))
        assert nights == {clock.night_on(0)}
        if case != "toy":
            days = [clock.date_of(day) for day in range(clock.days)]
            zone = sun.zone_of(world.manifest)
            dawn, dusk = sun.light(
                float(world.places.lat.mean()), world.middle_longitude, days, zone, sun.DUSK_ZENITH
            )
            assert nights == {(round(dusk.mean() / 60), round(dawn.mean() / 60))}

    def test_without_hours_of_its_own_each_day_has_its_night(self, tmp_path: Path) -> None:
        """Greenwater lies at 45 N, 140 W: in January it is dark from 17 to 7 h, in June from 21 to 4 h."""
        folder = free(tmp_path / "case")
        world = read_case(folder).world
        clock = Clock(date(2020, 1, 1), 182)
        nights = sun.nights_of(world, clock)
        assert nights[0] == (17, 7)
        assert nights[-1] == (21, 4)
        told = replace(clock, nights=nights).dark_hours
        assert told[0] == ("2020-01-01", 17, 7)
        assert 4 < len(told) < 15
        assert sun.nights_of(world, Clock(date(2020, 1, 1), 30)) == nights[:30]  # whatever the run's length

    @pytest.mark.parametrize("said", ["six to six", "06:00-17:00", "17:30-06:00", "25:00-06:00", "[17, 6]"])
    def test_hours_that_are_none(self, tmp_path: Path, said: str) -> None:
        folder = free(tmp_path / "case")
        manifest = folder / "manifest.yaml"
        manifest.write_text(manifest.read_text(encoding="utf-8") + f"dark_hours: {said}\n", encoding="utf-8")
        with pytest.raises(InputError, match=r"dark_hours is .*; expected the first dark hour and the first"):
            read_case(folder)


class TestInARun:
    nights = ((17, 7), (20, 5))

    def test_strikes_and_roads_go_by_the_night_of_the_day(self) -> None:
        clock = Clock(worlds.START, 2, nights=self.nights)
        line = worlds.line_world()
        events = [worlds.strike("A", worlds.START + timedelta(days=d), 100) for d in (0, 1)]
        hazard = Bombardment(night_share=0.5).start(line, events, clock)
        row = line.places.place_id.index("A")
        for step, hours in ((18, 14), (24 + 18, 15), (24 + 21, 9)):
            hazard.advance(step)
            dark = is_night(step % 24, clock.night_on(step // 24))
            assert dark == (hours != 15)
            assert hazard.strikes_hourly[row].sum() == pytest.approx(100 * 0.5 / hours)
        roads = RoadNetwork().start(line, [], clock)
        first = roads.drive_hours.copy()
        n = len(roads.tail)
        control, rules = line.places.control, line.crossings.rule
        roads.advance(24, control, np.zeros(len(line.places)), rules, np.zeros(n))
        assert (first[18] > first[12]).all()  # slower in the dark
        assert (roads.drive_hours[18] == roads.drive_hours[12]).all()
        assert (roads.drive_hours[21] == first[18]).all()

    def test_never_and_always_dark(self) -> None:
        for night in (sun.NEVER_DARK, sun.ALL_DARK):
            clock = Clock(worlds.START, 1, nights=(night,))
            hazard = Bombardment().start(worlds.line_world(), [worlds.strike("A", worlds.START, 24)], clock)
            hazard.advance(3)
            assert hazard.strikes_hourly.sum() == pytest.approx(1)

    def test_who_sets_out_at_night_is_counted_by_the_night_of_the_day(self, tmp_path: Path) -> None:
        from flightsim import cli

        out = tmp_path / "out"
        words = [f"case={free(tmp_path / 'case')}", "name=run", "days=31", "figures=false", f"results={out}"]
        assert cli.main(["run", *words]) == 0
        (folder,) = out.rglob("provenance.json")
        results: Results = load(folder.parent)
        f = Findings(results)
        assert f.nights[0] == (date(2020, 1, 1), (17, 7))
        assert len(f.nights) > 1
        hourly = results.series("departures_hourly_persons")
        dark = 0.0
        for when, people in hourly.items():
            night = [night for day, night in f.nights if day <= when.date()][-1]
            dark += people * bool(is_night(when.hour, night))
        assert f.night_share == pytest.approx(dark / hourly.sum())
        assert "set out at night (17:00-07:00 at first, " in (folder.parent / "run.log").read_text()


def free(folder: Path) -> Path:
    """The toy case without a night of its own."""
    shutil.copytree(shipped_cases()["toy"], folder)
    manifest = folder / "manifest.yaml"
    lines = manifest.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith("dark_hours")]
    manifest.write_text("\n".join(kept) + "\n", encoding="utf-8")
    return folder
