"""Events of ACLED, UCDP and HDX HAPI become events of a case: places, days, sums, status, and why a row is lost."""

from collections import Counter
from pathlib import Path

import pytest

from flightsim.case.importing import event_types, events, writing
from flightsim.case.importing.report import Asked, Report, Taken
from flightsim.errors import InputError

NEW = (
    "event_id_cnty,event_date,year,time_precision,disorder_type,event_type,sub_event_type,actor1,assoc_actor_1,inter1,"
    "actor2,inter2,civilian_targeting,iso,region,country,admin1,admin2,admin3,location,latitude,longitude,"
    "geo_precision,source,source_scale,notes,fatalities,tags,timestamp"
)


def acled(
    event_id: str, day: str, kind: str, sub: str, lat: float, lon: float, *, precision: int = 1, deaths: int = 0,
    actors: tuple[str, str, str, str] = ("Army of Greenwater (2011-)", "State forces", "Greens", "Rebel group"),
    admin: str = "Greenwater,Greenwater South,Midvale", exact: int = 1,
) -> str:  # fmt: skip
    one, kind_1, other, kind_2 = actors
    return (
        f"{event_id},{day},2020,{exact},Political violence,{kind},{sub},{one},,{kind_1},{other},{kind_2},,1,X,Y,"
        f'{admin},Somewhere,{lat},{lon},{precision},Somebody Press,National,"On the day, so we were told, shells fell",'
        f"{deaths},,1579000000"
    )


def take(case: Path, text: str, name: str = "export.csv", **options: str) -> tuple[Taken, Report]:
    file = case.parent / name
    file.write_text(text, encoding="utf-8")
    report = Report()
    given = {option.name: option.default for option in events.OPTIONS}
    given |= {option.replace("_", "-"): value for option, value in options.items()}
    return events.take(Asked([file], case, "ACLED, 2020", {}, given), report), report


def short(taken: Taken) -> list[tuple]:
    return [
        tuple(row.get(c) for c in ("date", "type", "target", "value", "status")) for row in taken.rows["events.csv"]
    ]  # fmt: skip


def reasons(report: Report) -> list[tuple[str, str]]:
    return [(each.row, each.reason) for each in report.dropped]


def test_acled_rows_are_at_the_nearest_place_on_their_day(case: Path) -> None:
    rows = [
        acled(
            "GRW1", "2020-01-05", "Explosions/Remote violence", "Air/drone strike", 45.001, -140.002, deaths=3
        ),
        acled(
            "GRW2",
            "2020-01-06",
            "Explosions/Remote violence",
            "Shelling/artillery/missile attack",
            45.0,
            -140.0,
        ),
        acled("GRW3", "2020-01-07", "Battles", "Armed clash", 44.8651, -140.0, precision=2),
        acled("GRW4", "2020-01-08", "Battles", "Armed clash", 44.8651, -140.0, exact=2),
        acled("GRW5", "2020-01-08", "Protests", "Peaceful protest", 45, -140),
        acled("GRW6", "2020-01-08", "Dancing", "In a row", 45, -140),
        acled("GRW7", "2020-01-08", "Battles", "Armed clash", 46, -140),
        acled("GRW8", "2017-01-08", "Battles", "Armed clash", 45, -140),
        acled("GRW9", "soon", "Battles", "Armed clash", 45, -140),
        acled("GRW10", "2020-01-08", "Battles", "Armed clash", 145, -140),
        acled("GRW1", "2020-01-05", "Battles", "Armed clash", 45, -140),
    ]
    taken, report = take(case, "\n".join([NEW, *rows]))
    assert short(taken) == [
        ("2020-01-05", "air_strike", "T05", 1.0, "reported"),
        ("2020-01-06", "shelling", "T05", 1.0, "reported"),
        ("2020-01-07", "clash", "T02", 1.0, "derived"),
        ("2020-01-08", "clash", "T02", 1.0, "derived"),
    ]
    assert taken.rows["events.csv"][0]["note"] == "3 dead"
    assert reasons(report) == [
        ("10", "its date is none"),
        ("11", "its latitude and longitude are not degrees"),
        ("12", "an event of that id is there already"),
        ("6", "the table of types leaves its type out"),
        ("7", "the table of types does not know its type: give one with --types"),
        ("8", "no place of the case within 10 km"),
        ("9", "it is more than two years from the case's first and last day"),
    ]


def test_no_free_text_gets_into_the_case(case: Path) -> None:
    rows = [
        acled("GRW1", "2020-01-05", "Battles", "Armed clash", 45, -140),
        acled("GRW2", "x", "Battles", "", 1, 2),
    ]
    taken, report = take(case, "\n".join([NEW, *rows]))
    texts = "".join(writing.contents(case, "events", taken, report, "ACLED, 2020", None, add=False).values())
    assert "acled-" in texts
    assert not [
        each for each in ("we were told", "Army of", "Greens", "Somebody Press", "Somewhere") if each in texts
    ]


def test_ids_do_not_depend_on_the_order_of_rows(case: Path) -> None:
    rows = [
        acled(f"GRW{n}", f"2020-01-{n:02d}", "Battles", "Armed clash", 45, -140, precision=3)
        for n in range(1, 9)
    ]
    one, _ = take(case, "\n".join([NEW, *rows]))
    other, _ = take(case, "\n".join([NEW, *reversed(rows)]), "again.csv")
    assert one.rows == other.rows
    ids = [row["event_id"] for row in one.rows["events.csv"]]
    assert len(ids) == len(set(ids)) > len(rows)


def test_a_coarse_event_is_spread_over_the_largest_places_of_its_area(case: Path) -> None:
    text = "\n".join([NEW, acled("GRW1", "2020-01-05", "Battles", "Armed clash", 45, -140, precision=3)])
    taken, _ = take(case, text, most_places="3")
    weights = {"T05": 7501, "T02": 6001, "T08": 4001}  # people and one more, of all of Greenwater
    assert [row["status"] for row in taken.rows["events.csv"]] == ["derived"] * 3
    found = {row["target"]: row["value"] for row in taken.rows["events.csv"]}
    assert found == {place: pytest.approx(w / 17503, abs=0.001) for place, w in weights.items()}
    assert sum(found.values()) == pytest.approx(1, abs=1e-12)


OLD = (
    "DATA_ID,ISO,EVENT_ID_CNTY,EVENT_ID_NO_CNTY,EVENT_DATE,YEAR,TIME_PRECISION,EVENT_TYPE,ACTOR1,INTER1,ACTOR2,INTER2,"
    "COUNTRY,ADMIN1,ADMIN2,ADMIN3,LOCATION,LATITUDE,LONGITUDE,GEO_PRECISION,SOURCE,NOTES,FATALITIES"
)


def test_old_columns_and_captures_need_a_holder_for_their_actor(case: Path) -> None:
    def old(n: int, kind: str, one: str, code: int, other: str, code_2: int) -> str:
        return (
            f"{n},1,{n}GRW,{n},0{n} January 2020,2020,1,{kind},{one},{code},{other},{code_2},Y,,,,X,45.0,-140.0,1,"
            "Press,Text,0"
        )

    text = "\n".join([
        OLD,
        old(1, "Battle-Government regains territory", "Greens", 2, "Military Forces of Greenwater (2011-)", 1),
        old(2, "Battle-Non-state actor overtakes territory", "Greens", 2, "Military Forces of Greenwater (2011-)", 1),
        old(3, "Non-violent transfer of territory", "Nobody Known", 3, "", 0),
        old(4, "Remote violence", "Greens", 2, "", 0),
    ])  # fmt: skip
    holders = case.parent / "holders.csv"
    holders.write_text(
        "actor,holder\nMilitary Forces of Greenwater,government\nGreens,opposition\n", encoding="utf-8"
    )
    taken, report = take(case, text, holders=str(holders))
    assert set(short(taken)) == {
        ("2020-01-01", "captured", "T05", "government", "reported"),
        ("2020-01-01", "clash", "T05", 1.0, "reported"),
        ("2020-01-02", "captured", "T05", "opposition", "reported"),
        ("2020-01-02", "clash", "T05", 1.0, "reported"),
        ("2020-01-04", "shelling", "T05", 1.0, "reported"),
    }
    assert len(taken.rows["events.csv"]) == 5
    assert reasons(report) == [("4", "a capture needs a holder for its actor: give --holders")]
    holders.write_text("actor,holder\nGreens,oposition\n", encoding="utf-8")
    with pytest.raises(
        InputError, match=r"holders.csv row 2: holder is 'oposition'; expected .*did you mean"
    ):
        take(case, text, holders=str(holders))


UCDP = (
    "id,relid,year,active_year,code_status,type_of_violence,side_a,side_b,number_of_sources,source_article,source_office,"
    "where_prec,where_coordinates,where_description,adm_1,adm_2,latitude,longitude,country,event_clarity,date_prec,"
    "date_start,date_end,deaths_a,deaths_b,deaths_civilians,deaths_unknown,best,high,low"
)


def ucdp(id_: int, prec: int, first: str, last: str, adm: str = ",", kind: int = 1) -> str:
    return (
        f'{id_},R{id_},2020,1,Clear,{kind},A,B,1,"Press, 3 January",Press,{prec},X,Near X,{adm},45.0,-140.0,Y,1,'
        f"2,{first} 00:00:00.000,{last} 00:00:00.000,0,0,0,4,4,9,2"
    )


def test_ucdp_spans_and_precisions_are_spread_and_add_up(case: Path) -> None:
    text = "\n".join([
        UCDP,
        ucdp(1, 1, "2020-01-05", "2020-01-05"),
        ucdp(2, 1, "2020-01-06", "2020-01-09"),
        ucdp(3, 2, "2020-02-01", "2020-02-01"),
        ucdp(4, 3, "2020-02-02", "2020-02-02", "Greenwater,Greenwater North", 3),
        ucdp(5, 6, "2020-02-03", "2020-02-03"),
        ucdp(6, 1, "2020-02-03", "2020-05-03"),
        ucdp(7, 4, "2020-02-04", "2020-02-04", "Other spelling,"),
    ])  # fmt: skip
    taken, report = take(case, text)
    rows = taken.rows["events.csv"]
    assert short(taken)[0] == ("2020-01-05", "clash", "T05", 1.0, "reported")
    assert rows[0]["note"] == "4 (2 to 9) dead"
    assert short(taken)[1:5] == [(f"2020-01-0{d}", "clash", "T05", 0.25, "derived") for d in (6, 7, 8, 9)]
    sums: Counter[str] = Counter()
    for row in rows:
        sums[row["date"][:7] + row["date"][7:] * (row["date"] > "2020-02")] += row["value"]
    assert sums == {"2020-01": 2, "2020-02-01": pytest.approx(1), "2020-02-02": pytest.approx(1),
                    "2020-02-04": pytest.approx(1)}  # fmt: skip
    assert {row["target"] for row in rows if row["date"] == "2020-02-02"} == {
        "T08",
        "T09",
        "T10",
        "T11",
        "T12",
    }
    within_25_km = {row["target"] for row in rows if row["date"] == "2020-02-01"}
    assert "T01" not in within_25_km  # 30 km away
    assert {"T02", "T05", "T08"} <= within_25_km
    assert reasons(report) == [
        ("6", "it is known for a whole country only, or lies at sea"),
        ("7", "its dates span more than 31 days"),
    ]


HAPI = """location_code,has_hrp,in_gho,provider_admin1_name,provider_admin2_name,admin1_code,admin1_name,admin2_code,\
admin2_name,admin_level,event_type,events,fatalities,reference_period_start,reference_period_end
#country+code,#meta+has_hrp,#meta+in_gho,#adm1+name+provider,#adm2+name+provider,#adm1+code,#adm1+name,#adm2+code,\
#adm2+name,#adm+level,#event+type,#event+num,#affected+killed,#date+start,#date+end
GRW,TRUE,TRUE,G,S,TY01,Greenwater,TY0101,South,2,political_violence,3,7,2020-01-01T00:00:00,2020-01-31T00:00:00
GRW,TRUE,TRUE,G,N,TY01,Greenwater,TY0102,North,2,political_violence,62,0,2020-01-01T00:00:00,2020-01-31T00:00:00
GRW,TRUE,TRUE,G,N,TY01,Greenwater,TY0102,North,2,civilian_targeting,2,0,2020-01-01T00:00:00,2020-01-31T00:00:00
GRW,TRUE,TRUE,G,N,TY01,Greenwater,TY0102,North,2,political_violence,0,0,2020-02-01T00:00:00,2020-02-29T00:00:00
GRW,TRUE,TRUE,G,E,TY01,Greenwater,TY0199,East,2,political_violence,5,0,2020-02-01T00:00:00,2020-02-29T00:00:00
GRW,TRUE,TRUE,G,,TY01,Greenwater,,,1,political_violence,65,7,2020-01-01T00:00:00,2020-01-31T00:00:00
"""


def test_hapi_counts_by_area_and_month_are_spread_over_days_and_places(case: Path) -> None:
    taken, report = take(case, HAPI, most_places="2")
    rows = taken.rows["events.csv"]
    assert {row["status"] for row in rows} == {"derived"}
    south = [row for row in rows if row["target"] in ("T02", "T05")]
    assert sorted({row["date"] for row in south}) == [
        "2020-01-06",
        "2020-01-16",
        "2020-01-26",
    ]  # 3 in 31 days
    assert sum(row["value"] for row in south) == pytest.approx(3, abs=1e-9)
    north = [row for row in rows if row not in south]
    assert len({row["date"] for row in north}) == 31
    assert sum(row["value"] for row in north) == pytest.approx(62, abs=1e-9)
    assert reasons(report) == [
        ("6", "it counts no events"),
        ("8", "it is of a coarser level than others of the file, which count its events, too"),
        ("5", "the table of types leaves its type out"),
        ("7", "its area of level 2 is not in the case"),
    ]


def test_acled_by_week_and_area_is_spread_over_the_week(case: Path) -> None:
    text = (
        "WEEK,REGION,COUNTRY,ADMIN1,EVENT_TYPE,SUB_EVENT_TYPE,EVENTS,FATALITIES,POPULATION_EXPOSURE,DISORDER_TYPE,ID,"
        "CENTROID_LATITUDE,CENTROID_LONGITUDE\n"
        "2020-01-04,X,Y,Greenwater,Battles,Armed clash,7,3,,Political violence,1,45,-140\n"
        "2020-01-04,X,Y,Greenwater,Explosions/Remote violence,Air/drone strike,2,0,,Political violence,1,45,-140\n"
        "2020-01-04,X,Y,Greenwater,Protests,Peaceful protest,9,0,,Demonstrations,1,45,-140\n"
    )
    taken, report = take(case, text, most_places="1")
    assert sorted(short(taken)) == [
        ("2020-01-04", "clash", "T05", 1, "derived"),
        *[("2020-01-05", kind, "T05", 1, "derived") for kind in ("air_strike", "clash")],
        *[(f"2020-01-0{d}", "clash", "T05", 1, "derived") for d in (6, 7, 8)],
        *[("2020-01-09", kind, "T05", 1, "derived") for kind in ("air_strike", "clash")],
        ("2020-01-10", "clash", "T05", 1, "derived"),
    ]
    assert reasons(report) == [("4", "the table of types leaves its type out")]


def test_types_can_be_edited_and_wrong_ones_are_named(case: Path) -> None:
    own = case.parent / "types.csv"
    own.write_text("publisher;event_type;sub_event_type;type\nACLED;Protests;;clash\n", encoding="utf-8")
    text = "\n".join([NEW, acled("GRW5", "2020-01-08", "Protests", "Peaceful protest", 45, -140)])
    taken, _ = take(case, text, types=str(own))
    assert short(taken) == [("2020-01-08", "clash", "T05", 1.0, "reported")]
    own.write_text("publisher,event_type,sub_event_type,type\nacled,Protests,,clashes\n", encoding="utf-8")
    with pytest.raises(
        InputError, match=r"row 2: type is 'clashes'; expected air_strike, shelling, clash, captured"
    ):
        take(case, text, types=str(own))


def test_the_shipped_types_are_known_and_none_twice() -> None:
    types = event_types.read(None, Report())
    assert types[event_types.key_of("acled", "Battles", "Government regains territory")] == [
        "clash",
        "captured",
    ]
    assert {each for ours in types.values() for each in ours} == set(event_types.OURS)
    assert all(len(ours) == len(set(ours)) for ours in types.values())


def test_a_file_of_another_kind_and_a_wrong_order_of_dates_are_refused(case: Path) -> None:
    with pytest.raises(InputError, match=r"no export that is known: found a, b; expected event_date"):
        take(case, "a,b\n1,2\n")
    text = "\n".join([NEW, acled("GRW5", "03/04/2020", "Battles", "Armed clash", 45, -140)])
    with pytest.raises(InputError, match="--dates dmy or mdy"):
        take(case, text)
    assert short(take(case, text, dates="dmy")[0])[0][0] == "2020-04-03"
    with pytest.raises(InputError, match="--dates is 'ymd'; expected dmy or mdy"):
        take(case, text, dates="ymd")
