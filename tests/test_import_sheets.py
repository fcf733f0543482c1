"""Files as people have them: what was written in any of these dialects reads back as the same values."""

import math
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flightsim.case.importing import encodings, figures, sheets
from flightsim.case.importing.report import Report
from flightsim.errors import InputError

HEADER = ["Date", "District", "P-code", "Persons", "Share"]
NAMES = {
    "utf-8": ["حلب", "Léré", "Sarmada", "Ниж"],
    "utf-8-sig": ["حلب", "Sarmada"],
    "utf-16": ["حلب", "Sarmada"],
    "cp1256": ["حلب", "إدلب", "الدانا"],
    "cp1252": ["Léré", "Évora", "Niño", "Sarmada"],
}


def read(path: Path, content: str | bytes) -> tuple[sheets.Sheet, Report]:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    report = Report()
    return sheets.read(path, report), report


def said(report: Report) -> str:
    return "\n".join(report.notes)


def dropped(report: Report) -> list[tuple[str, str]]:
    return [(each.row, each.reason) for each in report.dropped]


@st.composite
def dialects(draw: st.DrawFn) -> dict:
    encoding = draw(st.sampled_from(sorted(NAMES)))
    days = draw(st.lists(st.dates(date(2010, 1, 1), date(2030, 1, 1)), min_size=2, max_size=6))
    days.append(date(2019, 3, 28))  # one day that cannot be a month
    return {
        "encoding": encoding,
        "separator": draw(st.sampled_from([",", ";", "\t"])),
        "sep_line": draw(st.booleans()),
        "title": draw(st.booleans()),
        "tags": draw(st.booleans()),
        "total": draw(st.booleans()),
        "trailing": draw(st.booleans()),
        "marks": draw(st.booleans()) and encoding.startswith("utf"),
        "day": draw(st.sampled_from(["%Y-%m-%d", "%Y-%m-%dT00:00:00", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d %B %Y"])),
        "thousands": draw(st.sampled_from([",", ".", " ", "\u00a0", "'", ""])),
        "rows": [
            (day, draw(st.sampled_from(NAMES[encoding])), f"SY{n:04d}", draw(st.integers(0, 3_000_000)), n / 4)
            for n, day in enumerate(days)
        ],
    }  # fmt: skip


def in_dialect(d: dict) -> bytes:
    """The same table as somebody else's program would write it."""

    def cell(value: object) -> str:
        text = str(value)
        if isinstance(value, date):
            text = value.strftime(d["day"])
        elif isinstance(value, int):
            text = f"{value:,}".replace(",", d["thousands"])
        elif isinstance(value, float):
            text = f"{value:.2f}".replace(".", "," if d["thousands"] == "." else ".")
        text = f"\u200f{text}\u200e" if d["marks"] else text
        return f'"{text}"' if d["separator"] in text else text

    rows: list[list] = [["Displacement by district, all sources", "", "", "", ""]] if d["title"] else []
    rows.append(HEADER)
    rows += [["#date", "#adm2+name", "#adm2+code", "#affected+idps", "#value"]] if d["tags"] else []
    rows += d["rows"]
    rows += [["Total", "", "", sum(row[3] for row in d["rows"]), ""]] if d["total"] else []
    rows += [["", "", "", "", ""]] if d["trailing"] else []
    lines = [d["separator"].join([*map(cell, row), *([""] * 2 if d["trailing"] else [])]) for row in rows]
    first = [f"sep={d['separator']}"] if d["sep_line"] else []
    return "\r\n".join([*first, *lines, ""]).encode(d["encoding"])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(dialects())
def test_whatever_the_dialect_the_values_are_the_same(tmp_path: Path, dialect: dict) -> None:
    sheet, report = read(tmp_path / "x.csv", in_dialect(dialect))
    days, names, codes, persons, share = zip(*dialect["rows"], strict=True)
    assert sheet.header == HEADER
    assert sheet.dates("Date") == list(days)
    assert [text for _, text in sheet.cells("District")] == list(names)
    assert [text for _, text in sheet.cells("P-code")] == list(codes)
    assert sheet.numbers("Persons", report, whole=True) == list(persons)
    assert sheet.numbers("Share", report) == list(share)
    above = dialect["sep_line"] + dialect["title"] + dialect["tags"] + 1
    assert [line.row for line in sheet.lines] == [above + n for n in range(1, len(days) + 1)]
    reasons = ["it stands above the header: a title or a remark"] * dialect["title"]
    reasons += ["it is a total of other rows"] * dialect["total"]
    assert [reason for _, reason in dropped(report)] == reasons


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        (("name;persons\r\n" + "حلب;12\r\n" * 9).encode("utf-16-le"), "utf-16-le"),
        (("name;persons\r\n" + "حلب;12\r\n" * 9).encode("utf-16-be"), "utf-16-be"),
        ("name\nتل عرن\n".encode("cp1256"), "cp1256"),
        ("name\nSaint-Étienne, Bâ\n".encode("cp1252"), "cp1252"),
    ],
)
def test_the_encoding_is_told_from_the_bytes(raw: bytes, encoding: str) -> None:
    assert encodings.text_of(raw)[1] == encoding


def test_a_file_that_is_no_text_is_refused() -> None:
    with pytest.raises(InputError, match="NUL"):
        encodings.text_of(b"name,persons\na,\0\n")


def test_a_guessed_encoding_is_said(tmp_path: Path) -> None:
    _, report = read(tmp_path / "x.csv", "name,persons\nحلب,1\n".encode("cp1256"))
    assert "read as cp1256, a guess" in said(report)


def column(*texts: str) -> list[tuple[int, str]]:
    return list(enumerate(texts, start=2))


@pytest.mark.parametrize(
    ("texts", "whole", "values"),
    [
        (("1,234", "56"), True, [1234, 56]),
        (("1.234", "56"), True, [1234, 56]),
        (("1.234", "56"), False, [1.234, 56]),
        (("1.234,5", "7.000"), True, [1234.5, 7000]),
        (("36,2021", "37,100"), False, [36.2021, 37.1]),
        (("5.000", "12.5"), True, [5, 12.5]),
        (("0.500", "0.250"), True, [0.5, 0.25]),
        (("1.234.567", "12.000"), False, [1234567, 12000]),
        (("1\u00a0234", "12\u202f000", "1'000"), True, [1234, 12000, 1000]),
        (("١٢٣", "٤٫٥"), False, [123, 4.5]),
        (("1.2E+05", "-3"), False, [120000, -3]),
        (("many", "<5", "5", "1e999"), True, [None, None, 5, None]),
        (("1.234.5", "1,2,3", "1,23,456", "1,234.50"), True, [None, None, 123456, 1234.5]),
        ((".5", "5.", "+7"), False, [0.5, 5, 7]),
    ],
)
def test_numbers_are_read_by_the_column(texts: tuple[str, ...], whole: bool, values: list) -> None:
    assert figures.numbers("x", column(*texts), whole) == values


def test_degrees_have_no_thousands() -> None:
    assert figures.numbers("x", column("36,202", "-7,125"), degrees=True) == [36.202, -7.125]
    assert figures.numbers("x", column("36.202", "45"), degrees=True) == [36.202, 45]


def test_blanks_are_no_numbers() -> None:
    assert all(math.isnan(v) for v in figures.numbers("x", column("", "-", "N/A", "..")) if v is not None)


def test_two_ways_to_write_decimals_in_one_column_are_refused() -> None:
    with pytest.raises(InputError, match=r"row 2: '1.5' and row 3: '2,5'.*in one way"):
        figures.numbers("x", column("1.5", "2,5"))


@pytest.mark.parametrize(
    ("texts", "days"),
    [
        (("03/04/2019", "13/04/2019"), [date(2019, 4, 3), date(2019, 4, 13)]),
        (("03/04/2019", "04/13/2019"), [date(2019, 3, 4), date(2019, 4, 13)]),
        (("2/2/19", "5-5-2019"), [date(2019, 2, 2), date(2019, 5, 5)]),
        (("2019-02-03T00:00:00", "2019/2/4", "20190205"), [date(2019, 2, n) for n in (3, 4, 5)]),
        (("01 January 2019", "2-Feb-19", "March 3, 2019", "4 août 2019"),
         [date(2019, 1, 1), date(2019, 2, 2), date(2019, 3, 3), date(2019, 8, 4)]),
        (("43466", "2019-02-30", "soon", ""), [date(2019, 1, 1), None, None, None]),
    ],
)  # fmt: skip
def test_dates_are_read_by_the_column(texts: tuple[str, ...], days: list) -> None:
    assert figures.dates("x", column(*texts)) == days


def test_a_date_that_may_be_two_days_is_refused_unless_told() -> None:
    with pytest.raises(
        InputError, match=r"row 2: '03/04/2019' may be day/month or month/day.*--dates dmy or mdy"
    ):
        figures.dates("x", column("03/04/2019", "05/05/2019"))
    assert figures.dates("x", column("03/04/2019"), "mdy") == [date(2019, 3, 4)]
    with pytest.raises(InputError, match="day and month change places"):
        figures.dates("x", column("13/04/2019", "04/13/2019"))


MERGED = """Situation report 12,,,,,
Governorate,District,IDPs,,Camps,
,,Households,Individuals,Households,Individuals
East,Hill,10,"1,000",2,200
,Low,20,"2,000",,
West,Sea,5,500,1,100
Note: figures are rounded,,,,,
Grand Total,,35,"3,500",3,300
"""


def test_merged_headers_and_cells_titles_remarks_and_totals_are_told_apart(tmp_path: Path) -> None:
    sheet, report = read(tmp_path / "x.csv", MERGED)
    assert sheet.header == [
        "Governorate", "District", "IDPs Households", "IDPs Individuals", "Camps Households", "Camps Individuals",
    ]  # fmt: skip
    assert sheet.cells("Governorate") == [(4, "East"), (5, "East"), (6, "West")]
    assert sheet.numbers("IDPs Individuals", report, whole=True) == [1000, 2000, 500]
    assert dropped(report) == [
        ("1", "it stands above the header: a title or a remark"),
        ("7", "only one of its cells is filled: a heading or a remark"),
        ("8", "it is a total of other rows"),
    ]
    assert (
        "column 'Governorate': 1 blank cells are taken as the cell above (merged cells); first row 5"
        in said(report)
    )


def test_a_category_called_total_is_no_total_row(tmp_path: Path) -> None:
    sheet, report = read(tmp_path / "x.csv", "area,sex,persons\nA,Total,3\nB,Total,4\nC,Total,5\n")
    assert len(sheet.lines) == 3
    assert not report.dropped


def test_hxl_tags_tell_columns_whatever_they_are_called(tmp_path: Path) -> None:
    text = "Mohafaza,Nahia kod,Personnes,Femmes\n#adm1+name,#adm3 +code,#affected+idps+ind,#affected+idps+f\nA,B,7,3\n"
    sheet, _ = read(tmp_path / "x.csv", text)
    assert sheet.column(("admin3Pcode", "#adm3+code")) == "Nahia kod"
    assert sheet.column(("#affected+idps-f",)) == "Personnes"
    assert sheet.column(("#affected+f",)) == "Femmes"
    assert sheet.column(("#affected+idps+m",)) is None


def test_of_two_columns_of_one_name_the_first_is_taken_and_that_is_said(tmp_path: Path) -> None:
    sheet, report = read(tmp_path / "x.csv", "area,persons,Persons\nA,1,2\n")
    assert sheet.cells(str(sheet.column(("persons",)))) == [(2, "1")]
    assert "'Persons (2)' for --map" in said(report)


def test_a_column_that_is_not_there_is_named_with_the_cure(tmp_path: Path) -> None:
    sheet, _ = read(tmp_path / "x.csv", "adm3_kode,persons\nA,1\n")
    with pytest.raises(
        InputError, match=r"no column for area_id: found adm3_kode, persons.*--map area_id=THEIRS"
    ):
        sheet.needed("area_id", ("adm3_code",))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "is an empty file"),
        ("\n\n", "is empty; expected a header row"),
        ("a,b\n", "no rows below it"),
        ('a,b\n1,"2\n', "row 2 cannot be read as CSV.*quotation mark"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, content: str, why: str) -> None:
    with pytest.raises(InputError, match=why):
        read(tmp_path / "x.csv", content)


def test_an_excel_file_reads_like_the_others(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(["About this file"])
    table = book.create_sheet("DTM")
    for row in (["date", "area", "idps"], [date(2020, 1, 2), "A", 1200], [date(2020, 1, 3), "B", 4.5]):
        table.append(row)
    book.create_sheet("Codes").append(["a", "b"])
    book["Codes"].append([1, 2])
    book.save(tmp_path / "x.xlsx")
    report = Report()
    sheet = sheets.read(tmp_path / "x.xlsx", report)
    assert sheet.dates("date") == [date(2020, 1, 2) + timedelta(days=n) for n in (0, 1)]
    assert sheet.numbers("idps", report) == [1200, 4.5]
    assert "sheet 'DTM' is read; 'Codes' not" in said(report)
