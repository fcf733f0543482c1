"""The flight by day as a moving picture: every day a frame, exact colours, the same bytes, small."""

from pathlib import Path

import pytest
from PIL import Image

import made_sweeps
import toys
from flightsim import cli, results, scenario
from flightsim.errors import InputError
from flightsim.plots import animation, colours
from flightsim.results import sweeps

pytestmark = pytest.mark.slow  # each draws a picture a day


@pytest.fixture(scope="module")
def run() -> Path:
    return sorted(toys.three_runs().iterdir())[0]


@pytest.fixture(scope="module")
def gif(run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("moving") / "flight.gif"
    assert cli.main(["animate", str(run), f"to={path}"]) == 0
    return path


def drawn(run: Path, path: Path) -> Path:
    found = results.load(run)
    return animation.write(found, scenario.from_config(found.config).world, path)


def test_every_day_is_a_frame_and_the_last_stays(gif: Path) -> None:
    with Image.open(gif) as picture:
        assert getattr(picture, "n_frames", 0) == toys.DAYS
        assert picture.info["comment"] == b"Modelled, not observed"
        picture.seek(toys.DAYS - 1)
        assert picture.info["duration"] == 1000 * animation.LAST_SECONDS
    assert gif.stat().st_size < 1_000_000


def test_meanings_keep_their_colours_in_a_gif(gif: Path) -> None:
    light = colours.PALETTES[colours.LIGHT]
    with Image.open(gif) as picture:
        picture.seek(toys.DAYS - 1)
        found = {colour for _, colour in picture.convert("RGB").getcolors(10**6) or []}
    for colour in (light.PEOPLE, light.MOVING, light.RUNG_COLOURS["open"], light.RUNG_COLOURS["site"]):
        assert tuple(bytes.fromhex(colour[1:])) in found


def test_the_same_run_is_the_same_picture(run: Path, gif: Path, tmp_path: Path) -> None:
    assert drawn(run, tmp_path / "again.gif").read_bytes() == gif.read_bytes()
    with colours.theme("dark"):
        assert drawn(run, tmp_path / "dark.gif").read_bytes() != gif.read_bytes()


def test_it_says_what_it_rests_on(run: Path) -> None:
    found = results.load(run)
    scene = animation.Scene(found, scenario.from_config(found.config).world)
    scene.show(3)
    written = " ".join(text.get_text() for text in scene.figure.texts)
    assert "Modelled, not observed: one course without a range (1 run, seed" in written
    assert str(found.days[3].day) in scene.day_text.get_text()


def test_nothing_lies_over_the_texts_on_top(run: Path) -> None:
    """The date, the numbers and the map begin below the subtitle, however long the title is."""
    found = results.load(run)
    scene = animation.Scene(found, scenario.from_config(found.config).world)
    scene.show(3)
    look = scene.figure.canvas.get_renderer()  # type: ignore[attr-defined]
    boxes = {text.get_text(): text.get_window_extent(look) for text in scene.figure.texts}
    subtitle = next(box for text, box in boxes.items() if text.startswith("People displaced since"))
    assert boxes["4 January 2020"].y1 < subtitle.y0
    assert boxes["displaced"].y1 < boxes["4 January 2020"].y0
    assert scene.map.get_window_extent(look).y1 <= subtitle.y0


def test_of_a_sweep_the_middle_run_is_drawn_and_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = made_sweeps.real(tmp_path, {"one": ["days=4"]}, 3)
    found = sweeps.read_one(folder)
    ends = {
        path.name: float(results.load(path).series("displaced_persons").iloc[-1])
        for path in found.done["path"]
    }
    assert cli.main(["animate", str(folder), f"to={tmp_path / 'f.gif'}"]) == 0
    said = capsys.readouterr().out.splitlines()[0]
    middle = sorted(ends, key=lambda name: (ends[name], name))[1]
    assert said == f"Drawn is the middle of 3 runs of “one” by people displaced: {middle}."


def test_other_kinds_are_refused(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match=r"expected a name that ends in \.gif or \.mp4"):
        drawn(run, tmp_path / "flight.avi")
    monkeypatch.setattr(animation.shutil, "which", lambda _: None)
    with pytest.raises(InputError, match="MP4 needs the program ffmpeg"):
        drawn(run, tmp_path / "flight.mp4")
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(animation.shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
def test_mp4_is_one(run: Path, tmp_path: Path) -> None:
    made = drawn(run, tmp_path / "flight.mp4")
    assert made.read_bytes()[4:8] == b"ftyp"
    assert [path.name for path in tmp_path.iterdir()] == ["flight.mp4"]


def test_a_folder_that_is_no_whole_run_is_told(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import shutil

    assert cli.main(["animate", str(tmp_path)]) == 2
    assert "is not a results folder of flightsim" in capsys.readouterr().err
    assert cli.main(["animate", str(toys.three_runs())]) == 2
    assert "it holds 3" in capsys.readouterr().err
    cut = tmp_path / "cut"
    shutil.copytree(run, cut)
    (cut / "flows.parquet").unlink()
    (cut / "front.parquet").write_bytes(b"no table")
    toys.sealed(cut)
    assert cli.main(["animate", str(cut)]) == 2
    assert "front.parquet cannot be read" in capsys.readouterr().err
    shutil.copy(run / "front.parquet", cut)
    toys.sealed(cut)
    assert cli.main(["animate", str(cut)]) == 2
    assert "lacks flows.parquet" in capsys.readouterr().err
