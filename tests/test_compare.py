"""``flightsim compare``: from a sweep to findings, figures and tables; what cannot be compared is said."""

import contextlib
import json
import re
import shutil
from pathlib import Path
from unittest import mock

import numpy as np
import pandas as pd
import pytest
import yaml

import made_sweeps
from flightsim import cli
from flightsim.comparison import folder as comparing
from flightsim.comparison import reading, sentences
from flightsim.comparison.figures import chance, look
from flightsim.errors import InputError
from flightsim.plots import style
from flightsim.results import gather, sweeps

pytestmark = (
    pytest.mark.slow
)  # each draws a folder of figures; the numbers are in test_compare_numbers.py, and quick

ROLES = {"border.policy": "lever"}


def runs(*displaced: float) -> list[dict[str, pd.DataFrame]]:
    return [
        {"measures": made_sweeps.measures([0, d / 2, d], {"TY010101": d}), "households": NOBODY}
        for d in displaced
    ]


NOBODY = made_sweeps.households((1, "2020-01-01 06:00", "front", "P1", "host"))
TEN = np.arange(1_000.0, 2_000, 100)


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two scenarios of the toy case with five seeds each."""
    folder = tmp_path_factory.mktemp("swept")
    return made_sweeps.real(
        folder, {"closed": ["border=closed"], "open": ["border=open"]}, 5, "days=12", "population.scale=0.3"
    )


@pytest.fixture(scope="module")
def compared(swept: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("out") / "comparison"
    assert cli.main(["compare", str(swept), "--output", str(target)]) == 0
    return target


def made(tmp_path: Path, **scenarios: list[dict[str, pd.DataFrame]]) -> Path:
    return made_sweeps.sweep(tmp_path / "sweep", scenarios)


def findings(folder: Path, draw: bool = False) -> str:
    """The findings in words, without the time that the pictures take unless they matter."""
    with contextlib.ExitStack() as stack:
        if not draw:
            stack.enter_context(mock.patch.object(comparing, "_draw"))
        return "\n".join(comparing.compare([folder], role_of=ROLES).findings)


# --- what is written


def test_each_figure_has_its_table_twice(compared: Path) -> None:
    pictures = {path.stem for path in compared.glob("*.png")}
    assert {"outcomes", "areas", "lives", "over_time_displaced_persons"} <= pictures
    for name in pictures:
        csv, parquet = pd.read_csv(compared / f"{name}.csv"), pd.read_parquet(compared / f"{name}.parquet")
        assert list(csv) == list(parquet)
        assert len(csv) == len(parquet) > 0
    for path in compared.glob("*.png"):
        assert path.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


def test_the_findings_say_what_they_rest_on(compared: Path) -> None:
    text = (compared / "findings.txt").read_text(encoding="utf-8")
    assert "Modelled, not observed: 2 scenarios, 5 runs each." in text
    assert "Levers (ours to choose): border.policy. Uncertainties (not ours): chance, 5 random seeds." in text
    assert "in 5 of 5 runs more people gone abroad than “closed”" in text
    assert re.search(
        r"of the households that leave do so at another time, go elsewhere or find other shelter", text
    )
    assert "Replicates: " in text
    assert "Not for targeting" in text


def test_the_folder_says_what_it_is(compared: Path) -> None:
    about = json.loads((compared / "comparison.json").read_text())
    assert about["baseline"] == "closed"
    assert about["runs"] == {"closed": 5, "open": 5}
    assert about["levers"] == ["border.policy"]
    readme = (compared / "README.txt").read_text()
    for path in compared.iterdir():
        stem = path.stem if not path.stem.startswith("over_time") else "over_time"
        assert stem in readme or path.name == "README.txt"


def test_nothing_by_household_or_place_leaves(compared: Path) -> None:
    for path in compared.glob("*.parquet"):
        assert not {"household", "place_now", "home_place"} & set(pd.read_parquet(path))
    areas = pd.read_parquet(compared / "areas.parquet")
    assert not (areas.loc[areas["what"] == "level", "mean"] < 100).any()


def test_last_line_on_stdout_is_the_folder(
    swept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "c"
    with mock.patch.object(comparing, "_draw"):
        assert cli.main(["compare", str(swept), "--output", str(target), "--baseline", "open"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == str(target.resolve())
    assert "Baseline: “open”. Run by run" in "\n".join(lines)
    assert lines[:-1] == (target / "findings.txt").read_text(encoding="utf-8").splitlines()


@pytest.mark.slow
def test_the_same_runs_give_the_same_bytes(swept: Path, compared: Path, tmp_path: Path) -> None:
    again = comparing.compare([swept], output=tmp_path / "again", role_of=ROLES).path
    for path in sorted(compared.iterdir()):
        if path.name != "comparison.json":  # it says when
            assert path.read_bytes() == (again / path.name).read_bytes(), path.name


def test_a_comparison_that_is_there_is_replaced_whole(tmp_path: Path) -> None:
    folder = made(tmp_path, a=runs(*TEN), b=runs(*TEN))
    findings(folder)
    first = folder / "comparison"
    (first / "old.png").write_text("left over")
    findings(folder)
    assert not (first / "old.png").exists()
    assert [p.name for p in folder.iterdir() if p.name.startswith(".comparison")] == []


def test_what_is_no_comparison_is_left_alone(tmp_path: Path) -> None:
    folder = made(tmp_path, a=runs(1, 2))
    (folder / "comparison").mkdir()
    (folder / "comparison" / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match="is in the way"):
        comparing.compare([folder])
    assert (folder / "comparison" / "mine.txt").read_text() == "mine"


def test_a_failure_leaves_the_old_comparison(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = made(tmp_path, a=runs(*TEN), b=runs(*TEN))
    before = comparing.compare([folder]).path
    mark = (before / "findings.txt").read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(comparing.style, "save", full)
    with pytest.raises(InputError, match="the disk is full"):
        comparing.compare([folder])
    assert (before / "findings.txt").read_bytes() == mark
    assert [p.name for p in folder.iterdir() if p.name.startswith(".comparison")] == []


# --- words


def test_natural_frequencies_and_two_figures(tmp_path: Path) -> None:
    text = findings(made(tmp_path, a=runs(*TEN), b=runs(*(TEN * 1.5 - np.array([0] * 9 + [1_500])))))
    assert "in 9 of 10 runs more people displaced than “a”, typically 680 more" in text


def test_the_same_in_every_run_is_said(tmp_path: Path) -> None:
    assert "all outcomes are the same as in “a” in every run" in findings(
        made(tmp_path, a=runs(*TEN), b=runs(*TEN))
    )


def test_no_clear_difference_is_said(tmp_path: Path) -> None:
    flipped = TEN + np.array([50.0, -50] * 5)
    text = findings(made(tmp_path, a=runs(*TEN), b=runs(*flipped)))
    assert "no clear difference in people displaced: more in 5 of 10 runs, fewer in 5" in text


def test_replicates_enough_or_how_many_are_needed(tmp_path: Path) -> None:
    few = findings(made(tmp_path, a=runs(*TEN)))
    assert re.search(r"Replicates: not enough with 10\. .*: 70 for people displaced", few)  # cv 0.21
    many = findings(made_sweeps.sweep(tmp_path / "many", {"a": runs(*np.linspace(990, 1_010, 20))}))
    assert "Replicates: enough, the 95 % interval of each mean within 5 % of it." in many


def test_one_run_each_has_no_band_and_says_so(tmp_path: Path) -> None:
    text = findings(made(tmp_path, a=runs(1_000), b=runs(2_000)))
    assert "Replicates: 1 run cannot show how far chance matters" in text
    assert "too few to judge" in text
    assert "no band can be drawn" in look.bands_explained(reading.read(gather.read(tmp_path / "sweep")))


def test_one_scenario_is_shown_by_itself(tmp_path: Path) -> None:
    text = findings(made(tmp_path, alone=runs(*TEN)), draw=True)
    assert "People displaced: “alone” about 1,400 (1,000 to 1,900)." in text
    assert "against" not in text
    assert (tmp_path / "sweep" / "comparison" / "over_time_displaced_persons.png").exists()


def test_nothing_happens(tmp_path: Path) -> None:
    text = findings(made(tmp_path, a=runs(0, 0), b=runs(0, 0)), draw=True)
    assert "People displaced: “a” none; “b” none." in text


def test_the_chance_of_a_number_in_natural_frequencies(tmp_path: Path) -> None:
    folder = made(tmp_path, a=runs(*TEN), b=runs(*(TEN + 500)))
    said = comparing.compare([folder], at_least=1_500).findings
    line = next(each for each in said if "or more" in each)
    assert line == (
        "People displaced, 1,500 or more: “a” in 5 of 10 runs (a chance of 24 to 76 %); "
        "“b” in 10 of 10 runs (a chance of 72 to 100 %)."
    )
    table = pd.read_csv(folder / "comparison" / "chances.csv").set_index(["scenario", "at_least"])
    assert (table.loc[("a", 1_500), "runs"], table.loc[("a", 1_500), "n_runs"]) == (5, 10)
    assert (folder / "comparison" / "chances.png").exists()


@pytest.mark.parametrize(
    ("values", "unit", "told"),
    [
        ([5.0], "people", "about fewer than 100".replace("about ", "")),
        ([12_345.0], "people", "about 12,000"),
        ([23.4], "km", "about 23 km"),
        ([np.nan, np.nan], "km", "unknown"),
        ([1.2e6, 1.4e6], "people", "about 1.3 million (1.2 to 1.4 million)"),
        ([0.0, 0.0], "people", "none"),
    ],
)
def test_spread_in_words(values: list[float], unit: str, told: str) -> None:
    assert sentences.spread(np.array(values), unit) == told


@pytest.mark.parametrize("wrong", ["0", "-5", "nan", "inf"])
def test_a_chance_of_nobody_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], wrong: str
) -> None:
    folder = made(tmp_path, a=runs(1, 2))
    assert cli.main(["compare", str(folder), f"--at-least={wrong}"]) == 2
    assert "expected a number of people above 0" in capsys.readouterr().err
    assert not (folder / "comparison").exists()


def test_a_name_is_cut_only_where_it_is_too_wide() -> None:
    name = "border for women and children"
    assert look.fit(name, look.wide_in(name, 10) + 0.01) == name
    cut = look.fit(name, 2.0, rest=" minus as it was")
    assert "…" in cut
    assert cut.endswith(" minus as it was")
    assert look.wide_in(cut, 10) <= 2.0


def test_a_dollar_in_a_name_is_a_dollar(tmp_path: Path) -> None:
    findings(made(tmp_path, **{r"$\nothing$": runs(*TEN), "$5$": runs(*(TEN + 500))}), draw=True)
    assert (tmp_path / "sweep" / "comparison" / "outcomes.png").exists()


def test_stairs_that_are_the_same_all_show() -> None:
    assert chance._dashes(0, 1) == "-"
    assert [chance._dashes(i, 3) for i in range(3)] == [(0, (4, 8)), (4, (4, 8)), (8, (4, 8))]


def test_the_chances_of_many_scenarios_are_told_in_short(tmp_path: Path) -> None:
    folder = made(tmp_path, **{f"plan {i}": runs(*(TEN + 100 * i)) for i in range(6)})
    material = reading.read(gather.read(folder))
    told = chance._title(material, material.main, 1_500)
    assert told == "People displaced, 1,500 or more: from 5 of 10 runs (“plan 0”) to 10 of 10 runs (“plan 5”)"
    assert chance._title(material, material.main, 100).endswith(": 10 of 10 runs of every scenario")


# --- what cannot be compared


def test_a_baseline_that_is_not_there_names_the_nearest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = made(tmp_path, closed=runs(1, 2), open=runs(1, 2))
    assert cli.main(["compare", str(folder), "--baseline", "closd"]) == 2
    said = capsys.readouterr().err
    assert "did you mean 'closed'?" in said
    assert "Traceback" not in said
    assert not (folder / "comparison").exists()


def test_a_folder_without_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["compare", str(tmp_path / "nothing")]) == 2
    assert "is not there" in capsys.readouterr().err
    assert cli.main(["compare", str(tmp_path)]) == 2
    assert "holds neither a sweep nor a run" in capsys.readouterr().err


def test_missing_and_failed_runs_are_counted(tmp_path: Path) -> None:
    folder = made(tmp_path, a=runs(*TEN), b=runs(*TEN))
    shutil.rmtree(folder / "000001000003")
    file = folder / "runs.csv"
    file.write_text(file.read_text().replace("b,4,5,000001000004,done", "b,4,5,000001000004,failed"))
    text = findings(folder)
    assert "Compared are 18 of 20 runs: 1 failed, 1 missing." in text
    assert "2 scenarios, 8 to 10 runs each" in text


def test_a_scenario_without_runs_is_left_out(tmp_path: Path) -> None:
    folder = made(tmp_path, a=runs(*TEN), b=runs(1))
    shutil.rmtree(folder / "000001000000")
    assert "Left out: “b” has no finished run." in findings(folder)
    shutil.rmtree(folder)
    empty = made(tmp_path, a=runs(1))
    shutil.rmtree(empty / "000000000000")
    with pytest.raises(InputError, match="has no finished run to compare"):
        findings(empty)


def test_different_cases_are_refused(tmp_path: Path) -> None:
    folder = made_sweeps.sweep(tmp_path, {"a": runs(1), "b": runs(2)}, {"b": {"case": "idlib"}})
    with pytest.raises(InputError, match=r"different cases cannot be compared \(toy: a; idlib: b\)"):
        findings(folder)


def test_different_periods_are_cut_to_what_is_common(tmp_path: Path) -> None:
    long = [{"measures": made_sweeps.measures([0, 50, 100, 900])}]
    folder = made_sweeps.sweep(tmp_path, {"a": [{"measures": made_sweeps.measures([0, 50, 100])}], "b": long})
    found = reading.read(gather.read(folder))
    assert len(found.days) == 3
    assert found.values(found.main).tolist() == [100, 100]
    assert any("different periods" in note for note in found.notes)


def test_a_later_start_counts_from_the_common_start(tmp_path: Path) -> None:
    late = made_sweeps.measures([0, 30, 60])
    late["time"] += pd.Timedelta(days=1)
    folder = made_sweeps.sweep(
        tmp_path, {"a": [{"measures": made_sweeps.measures([10, 40, 100, 200])}], "b": [{"measures": late}]}
    )
    found = reading.read(gather.read(folder))
    assert found.courses["displaced_persons"].tolist() == [[30, 90, 190], [0, 30, 60]]


def test_periods_that_never_meet(tmp_path: Path) -> None:
    late = made_sweeps.measures([0, 30, 60])
    late["time"] += pd.Timedelta(days=10)
    folder = made_sweeps.sweep(tmp_path, {"a": runs(1), "b": [{"measures": late}]})
    with pytest.raises(InputError, match="no day in common"):
        findings(folder)


def test_other_versions_and_changed_inputs_are_warned_of(tmp_path: Path) -> None:
    folder = made(tmp_path, a=runs(*TEN), b=runs(*TEN))
    file = folder / "000001000000" / "provenance.json"
    about = json.loads(file.read_text())
    file.write_text(json.dumps({**about, "flightsim": "0.0.1", "code": "d", "inputs": {"places.csv": "2"}}))
    text = findings(folder)
    assert "Made by flightsim 0.0.1" in text
    assert "different states of the code" in text
    assert "the case's files changed between the runs: places.csv" in text


def test_different_people_are_not_paired_as_households(tmp_path: Path) -> None:
    folder = made_sweeps.sweep(
        tmp_path, {"a": runs(*TEN), "b": runs(*TEN)}, {"b": {"population": {"scale": 0.5}}}
    )
    text = findings(folder)
    assert "not between the same households" in text
    assert not (folder / "comparison" / "lives.csv").exists()


def test_without_household_tables_the_rest_is_compared(tmp_path: Path) -> None:
    folder = made(tmp_path, a=runs(*TEN), b=runs(*TEN))
    (folder / "000001000002" / "households.parquet").unlink()
    assert "Changed lives are not compared: " in findings(folder)


def test_a_spoilt_table_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = made(tmp_path, a=runs(*TEN), b=runs(*TEN))
    file = folder / "000001000002" / "measures.parquet"
    file.write_bytes(file.read_bytes()[:300])
    assert cli.main(["compare", str(folder)]) == 2
    said = capsys.readouterr().err
    assert str(file) in said
    assert "damaged or was changed by hand" in said
    assert "the command that made it makes it again" in said
    assert "Traceback" not in said


def test_an_edited_table_is_refused(tmp_path: Path) -> None:
    folder = made(tmp_path, a=runs(*TEN), b=runs(*TEN))
    file = folder / "000001000002" / "measures.parquet"
    pd.read_parquet(file).assign(value=7.0).to_parquet(file, index=False)
    with pytest.raises(InputError, match="it is not as the run wrote it"):
        findings(folder)


def test_a_case_that_is_gone_costs_the_maps_only(tmp_path: Path) -> None:
    folder = made_sweeps.sweep(
        tmp_path, {"a": runs(*TEN), "b": runs(*TEN)}, {name: {"case": "nowhere"} for name in "ab"}
    )
    assert "No maps: case 'nowhere' is not there" in findings(folder, draw=True)
    assert (folder / "comparison" / "areas.csv").exists()
    assert not (folder / "comparison" / "areas.png").exists()


# --- axes and draws


def test_one_axis_of_numbers_gives_a_curve(tmp_path: Path) -> None:
    axis = sweeps.Axis("shelter.site_room", "lever", (0.5, 1, 2))
    folder = on_axes(tmp_path, [axis], {"r=0.5": (0.5,), "r=1": (1,), "r=2": (2,)})
    text = findings(folder, draw=True)
    assert "Levers (ours to choose): shelter.site_room." in text
    table = pd.read_csv(folder / "comparison" / "response.csv")
    assert sorted(set(table["shelter.site_room"])) == [0.5, 1, 2]
    assert (folder / "comparison" / "response.png").exists()


@pytest.mark.slow
def test_two_axes_of_numbers_give_a_heat_map(tmp_path: Path) -> None:
    axes = [sweeps.Axis("x", "lever", (1, 2)), sweeps.Axis("y", "uncertainty", (1, 2))]
    folder = on_axes(tmp_path, axes, {f"x={x},y={y}": (x, y) for x in (1, 2) for y in (1, 2)})
    assert "Levers (ours to choose): x. Uncertainties (not ours): y and chance" in findings(folder, draw=True)
    assert (folder / "comparison" / "heat.png").exists()


def on_axes(folder: Path, axes: list[sweeps.Axis], scenarios: dict[str, tuple[float, ...]]) -> Path:
    table = []
    for s, (name, values) in enumerate(scenarios.items()):
        for r in range(2):
            run_id = f"{s:06x}{r:06x}"
            made_sweeps.run(folder, run_id, runs(1_000 * sum(values) + r)[0], 1 + r)
            about = {
                "scenario": name,
                "replicate": r,
                "seed": 1 + r,
                "run": run_id,
                "seconds": 1,
                "error": "",
                "status": "done",
            }
            table.append(about | dict(zip((a.name for a in axes), values, strict=True)))
    return made_sweeps.write(folder, table, tuple(scenarios), axes=tuple(axes))


def test_drawn_parameters_give_a_tornado(tmp_path: Path) -> None:
    luck = np.random.default_rng(4)
    strong, weak = luck.uniform(0, 1, 30), luck.uniform(0, 1, 30)
    base, other = 1_000 + 1_000 * strong, 1_500 + 1_000 * strong
    drawn = {name: sweeps.Drawn(0, 0.5, 1, "uncertainty") for name in ("hazard.strength", "behaviour.kin")}
    draws = pd.DataFrame({"replicate": range(30), "hazard.strength": strong, "behaviour.kin": weak})
    folder = made_sweeps.sweep(
        tmp_path,
        {"a": runs(*base), "b": runs(*other)},
        {"b": {"border": {"policy": "open"}}},
        drawn=drawn,
        draws=draws,
    )
    assert "2 drawn parameters, the same in every scenario" in findings(folder, draw=True)
    assert (folder / "comparison" / "tornado.png").exists()
    table = pd.read_csv(folder / "comparison" / "tornado.csv").set_index("parameter")
    assert table.index[0] == "hazard.strength"
    assert table.loc["hazard.strength", "rank_correlation"] == pytest.approx(1)
    assert table.loc["hazard.strength", "effect"] == pytest.approx(800, rel=0.1)
    assert table.loc["b", "effect"] == pytest.approx(500)
    assert (table.loc["hazard.strength", "role"], table.loc["b", "role"]) == ("uncertainty", "lever")


# --- plain runs


def test_plain_runs_are_compared_too(swept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = []
    for name in pd.read_csv(swept / "runs.csv")["run"]:
        paths.append(tmp_path / "results" / "toy" / name)
        shutil.copytree(swept / name, paths[-1])
    monkeypatch.setattr(comparing, "_draw", lambda *_: None)
    found = comparing.compare([tmp_path / "results"], output=tmp_path / "c", role_of=ROLES)
    assert "2 scenarios, 5 runs each" in found.findings[0]
    two = comparing.compare([paths[0], paths[-1]], output=tmp_path / "d")
    assert "2 scenarios, 1 run each" in two.findings[0]


def test_of_several_sweeps_in_a_folder_the_newest_is_compared(tmp_path: Path) -> None:
    for day in ("2026-01-01", "2026-02-01"):
        made_sweeps.sweep(tmp_path / day, {day: runs(*TEN)}, created_utc=day)
    text = findings(tmp_path)
    assert "Compared is 2026-02-01, the newest of the 2 sweeps" in text
    assert (tmp_path / "2026-02-01" / "comparison" / "findings.txt").exists()
    both = comparing.compare([tmp_path / "2026-01-01", tmp_path / "2026-02-01"], output=tmp_path / "both")
    assert "observed: 10 runs" in both.findings[0]  # the same configurations and seeds: the same runs


def test_colours_are_the_scenarios_own(swept: Path) -> None:
    found = reading.read(gather.read(swept))
    assert look.colours(found.scenarios) == {"closed": style.BASELINE, "open": style.SCENARIOS[0]}
    many = [str(i) for i in range(6)]
    assert len(set(look.colours(many).values())) == 6
    assert len(set(look.markers(many).values())) == 6


def test_short_names_tell_scenarios_apart() -> None:
    long = [f"border={b} shelter.site_room=2 hazard.strength={s}" for b in ("closed", "open") for s in (1, 2)]
    assert list(look.labels(long).values())[:2] == ["border=closed strength=1", "border=closed strength=2"]
    assert look.labels(["as it was", "both"]) == {"as it was": "as it was", "both": "both"}
    assert look.labels(["a.x=1", "b.x=1"]) == {"a.x=1": "a.x=1", "b.x=1": "b.x=1"}
    assert look.labels(["border=closed"]) == {"border=closed": "border=closed"}
    cut = look.fit("border=closed shelter.site_room=0.5", 1.0)
    assert len(cut) < 12
    assert cut.endswith("0.5")


def test_configs_are_read_once_a_scenario(swept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Path] = []
    whole = reading.config_of

    def counted(path: Path) -> dict:
        read.append(path)
        return whole(path)

    monkeypatch.setattr(reading, "config_of", counted)
    reading.read(gather.read(swept))
    assert len(read) == 2
    assert yaml.safe_load((read[0] / "config.yaml").read_text())["case"] == "toy"
