"""Text from outside is read in one guarded way: nothing hangs, nothing explodes, nothing is lost in silence."""

import os
import time
from pathlib import Path

import pytest

from flightsim import cli
from flightsim.case import text_files
from flightsim.case.reading import read_case
from flightsim.errors import InputError

BOMB = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (BOMB, "stands for more than 1,000,000 values"),
        ("a: &a [1, *a]", "line 1 cannot be read as YAML: *a stands inside itself"),
        ("a: *b", "*b stands for nothing"),
        ("[" * 3000 + "]" * 3000, "nested too deeply; expected at most 50 levels"),
        ("- " * 3000 + "a", "nested too deeply"),
        ("a: 1\nb: {c: 1, d: 2, c: 3}\n", "line 2: 'c' is there twice"),
        ("a: {010101: 5}", "line 1: the name 010101 is no text: YAML makes another thing of it (number)"),
        ("no: 1", "put quotes around it: 'no'"),
        ("1e3: 1", "put quotes around it: '1e3'"),
        ("a: 2019-02-31", "cannot be read as YAML: day is out of range"),
        ("? [a, b]\n: 1", "cannot be read as YAML"),
        ("a: !!python/object/apply:os.system [ls]", "could not determine a constructor"),
    ],
)
def test_yaml_that_is_refused(text: str, said: str) -> None:
    began = time.perf_counter()
    with pytest.raises(text_files.Unreadable) as caught:
        text_files.from_yaml(text, text_keys=True)
    assert said in caught.value.why
    assert time.perf_counter() - began < 5


def test_yaml_that_is_read() -> None:
    text = "base: &b {x: 1, '010101': 2}\nother: {<<: *b, y: [*b, *b]}\n\"A'zaz\": yes\n"
    base = {"x": 1, "010101": 2}
    assert text_files.from_yaml(text, text_keys=True) == {
        "base": base,
        "other": {**base, "y": [base, base]},
        "A'zaz": True,
    }
    assert text_files.from_yaml("") is None
    assert text_files.from_yaml("1: a") == {1: "a"}  # where names are not asked for


@pytest.fixture(params=["pipe", "device", "folder", "comments", "nul", "gone"])
def odd(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, str]:
    """What is no text file, and what is said of it."""
    path = tmp_path / "odd.yaml"
    if request.param == "pipe":
        os.mkfifo(path)
    elif request.param == "device":
        path = Path("/dev/zero")
    elif request.param == "folder":
        path.mkdir()
    elif request.param == "comments":
        path.write_bytes((b"#" * 999 + b"\n") * 100_000)
    elif request.param == "nul":
        path.write_bytes(b"a: 1\nb: \0\n")
    said = {
        "comments": "is too large: 100 MB; expected at most 10 MB",
        "nul": "line 2 holds a NUL character",
        "gone": "cannot be read: No such file",
    }
    return path, said.get(request.param, "is not an ordinary file")


def test_what_is_no_text_file_is_said_at_once(odd: tuple[Path, str]) -> None:
    path, said = odd
    with pytest.raises(InputError) as caught:
        text_files.read_yaml(path)
    assert f"{path} {said}" in str(caught.value)


def test_every_table_and_setting_goes_through_the_guard(
    odd: tuple[Path, str], toy_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, said = odd
    said = said.replace("too large: 100 MB", "")[:20]
    own = tmp_path / "conf" / "experiment"
    own.mkdir(parents=True)
    if path.name == "odd.yaml":
        for name in ("sites.csv", "lines.geojson", "manifest.yaml"):
            (toy_folder / name).unlink()
            (toy_folder / name).symlink_to(path)
        with pytest.raises(InputError, match=r"sites\.csv"):
            read_case(toy_folder)
        (own / "mine.yaml").symlink_to(path)
        assert cli.main(["run", "experiment=mine", "--config-dir", str(own.parent)]) == 2
    assert (
        cli.main(["run", "case=toy", "replicates=2", f"uncertainty.draw={path}", f"results={tmp_path}/r"])
        == 2
    )
    assert "Traceback" not in capsys.readouterr().err


def test_a_byte_order_mark_changes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = tmp_path / "conf" / "experiment"
    own.mkdir(parents=True)
    text = "# @package _global_\ncase: toy\ndays: 3\nname: mine\n"
    (own / "mine.yaml").write_text(text, encoding="utf-8-sig")
    assert cli.main(["describe", "experiment=mine", "--config-dir", str(own.parent)]) == 0
    assert "3 days" in capsys.readouterr().out


class TestCells:
    def spoilt(self, folder: Path, old: str, new: str, file: str = "places.csv") -> list[str]:
        path = folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
        with pytest.raises(InputError) as caught:
            read_case(folder)
        return caught.value.complaints

    @pytest.mark.parametrize("unseen", ["\u200f", "\u200b", "\xa0", "\u2067"])
    def test_an_invisible_character_in_an_id_is_one_line(self, unseen: str, toy_folder: Path) -> None:
        (said,) = self.spoilt(toy_folder, "\nT02,", f"\nT0{unseen}2,")
        assert "places.csv row 3: place_id is" in said
        assert f"expected it without U+{ord(unseen):04X}" in said

    @pytest.mark.parametrize("unseen", ["\u200b", "\ufeff", "\u202b", "\xa0"])
    def test_an_invisible_character_in_a_name_is_taken_out(self, unseen: str, toy_folder: Path) -> None:
        path = toy_folder / "places.csv"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("Millbridge", f"Mill{unseen}bridge"), encoding="utf-8")
        expected = "Mill bridge" if unseen == "\xa0" else "Millbridge"
        assert expected in read_case(toy_folder).world.places.name

    @pytest.mark.parametrize("control", ["\x1b", "\r", "\x07"])
    def test_a_control_character_in_a_name_is_refused(self, control: str, toy_folder: Path) -> None:
        (said,) = self.spoilt(toy_folder, "Millbridge", f'"Mill{control}bridge"')
        assert "row 4: name_en is" in said

    @pytest.mark.parametrize("line", ["sep=,\n", "sep=;\n"])
    def test_a_spreadsheet_s_first_line_is_named_once(self, line: str, toy_folder: Path) -> None:
        path = toy_folder / "places.csv"
        path.write_text(line + path.read_text(encoding="utf-8"), encoding="utf-8")
        with pytest.raises(InputError) as caught:
            read_case(toy_folder)
        (said,) = caught.value.complaints
        assert "places.csv row 1 is 'sep=" in said

    def test_semicolons_are_named_once(self, toy_folder: Path) -> None:
        path = toy_folder / "places.csv"
        path.write_text(path.read_text(encoding="utf-8").replace(",", ";"), encoding="utf-8")
        with pytest.raises(InputError) as caught:
            read_case(toy_folder)
        assert caught.value.complaints == [
            "places.csv: columns are not separated by commas; save it as CSV with commas"
        ]
