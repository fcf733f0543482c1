"""What a comparison says in words, by sums in the head: few pairs, borders, names, what a user asks about."""

from pathlib import Path

import pandas as pd

import made_sweeps
from flightsim.comparison import reading, roles, sentences
from flightsim.comparison.figures import areas, whiskers
from flightsim.comparison.material import Material
from flightsim.comparison.tables import areas as by_area
from flightsim.results import gather

ROLES = {"border.policy": "lever", "events.add": "setting"}
NOBODY = made_sweeps.households((1, "2020-01-01 06:00", "front", "P1", "host"))


def tables(
    displaced: float, waiting: float = 0, abroad: float = 0, **arrivals: float
) -> dict[str, pd.DataFrame]:
    """One run: so many displaced, waiting on the second day and abroad at the end, arrivals by area."""
    measures = [
        made_sweeps.measures([0, displaced / 2, displaced], arrivals),
        made_sweeps.rows("at_crossings_persons", [0, waiting, waiting / 2], "", "GATE"),
        made_sweeps.rows("abroad_persons", [0, 0, abroad], "", "GATE"),
    ]
    return {"measures": pd.concat(measures, ignore_index=True), "households": NOBODY}


def material(folder: Path, configs: dict[str, dict[str, object]], **scenarios: list) -> Material:
    return reading.read(gather.read(made_sweeps.sweep(folder, scenarios, configs)), role_of=ROLES)


def border(policy: str) -> dict[str, object]:
    return {"border": {"policy": policy}}


def half_open(folder: Path, n: int) -> Material:
    closed = [tables(10_000 + i, TY010101=7_000, TY010102=3_000) for i in range(n)]
    ajar = [tables(10_000 + i, 9_000, 500, TY010101=200, TY010102=3_000 + (-1) ** i) for i in range(n)]
    return material(folder, {"closed": border("closed"), "ajar": border("open")}, closed=closed, ajar=ajar)


def test_three_pairs_are_too_few_to_judge_and_the_largest_differences_are_told(tmp_path: Path) -> None:
    lines = sentences.compared(half_open(tmp_path, 3), "ajar")
    assert lines[0].startswith("3 pairs of runs: too few to judge")
    assert "in 3 of 3 runs more people waiting at crossings than “closed”, typically 9,000 more." in lines
    assert lines[-1] == (
        "of all places most changed: Southmarch, 200 instead of 7,000 arrivals, fewer in 3 of 3 runs."
    )
    assert not any("no clear difference" in line for line in lines)


def test_five_pairs_are_judged(tmp_path: Path) -> None:
    lines = sentences.compared(half_open(tmp_path, 5), "ajar")
    assert not any("too few" in line for line in lines)
    assert "in 5 of 5 runs more people waiting at crossings than “closed”, typically 9,000 more." in lines


def test_three_agreeing_pairs_are_not_crossed_out(tmp_path: Path) -> None:
    """Southmarch: 3 of 3 pairs agree; Midvale: one more, one fewer, one more, by one person: no colour, no cross."""
    found = half_open(tmp_path, 3)
    table = by_area(found)
    gaps = table[table["what"] == "difference"]
    assert not areas._unclear(gaps).any()
    assert areas._title(table, found) == (
        "“ajar”: 6,800 fewer arrivals in Southmarch than “closed”, fewer in 3 of 3 runs, too few to judge"
    )
    assert "3 pairs: too few to judge" in whiskers._subtitle(found)


def test_pairs_that_disagree_are_still_crossed_out(tmp_path: Path) -> None:
    one = [tables(1_000, TY010101=5_000) for _ in range(3)]
    two = [tables(1_000, TY010101=v) for v in (1_000, 9_000, 6_000)]
    found = material(tmp_path, {}, one=one, two=two)
    table = by_area(found)
    assert areas._unclear(table[table["what"] == "difference"]).tolist() == [True]


def test_a_border_question_always_shows_who_waits_and_who_is_abroad(tmp_path: Path) -> None:
    shut = [tables(100) for _ in range(3)]
    found = material(
        tmp_path, {"closed": border("closed"), "women": border("women_and_children")}, closed=shut, women=shut
    )
    assert [h.name for h in found.telling if h.name != "displaced_persons"] == [
        "at_crossings_persons",
        "abroad_persons",
    ]


def test_without_a_border_question_nobody_abroad_is_not_told(tmp_path: Path) -> None:
    found = material(tmp_path, {}, one=[tables(100)], two=[tables(200)])
    assert [h.name for h in found.telling] == ["displaced_persons"]


def test_waiting_stands_beside_fewer_displaced(tmp_path: Path) -> None:
    """Half of those who were displaced inside now queue: who reads of the one reads of the other."""
    closed = [tables(10_000 + i) for i in range(5)]
    ajar = [tables(5_000 + i, waiting=4_000, abroad=1_000) for i in range(5)]
    found = material(tmp_path, {"closed": border("closed"), "ajar": border("open")}, closed=closed, ajar=ajar)
    text = "\n".join(sentences.compared(found, "ajar"))
    assert "fewer people displaced than “closed”, typically 5,000 fewer" in text
    assert "more people waiting at crossings than “closed”, typically 4,000 more" in text
    assert "more people gone abroad than “closed”, typically 1,000 more" in text


def test_events_that_a_user_adds_are_neither_ours_nor_an_uncertainty(tmp_path: Path) -> None:
    configs = {"plain": {"events": {"add": None}}, "opened": {"events": {"add": "border_rules.csv"}}}
    found = material(tmp_path, configs, plain=[tables(100)], opened=[tables(200)])
    assert found.varied == {"events.add": roles.SETTING}
    assert sentences.rests_on(found)[0] == (
        "Levers (ours to choose): none. Uncertainties (not ours): chance, 1 random seed: its spread is unknown. "
        "Asked about: events.add."
    )


def test_a_users_events_are_no_change_of_the_case() -> None:
    inputs = {"places.csv": "1", "events.csv": "2"}
    about = [{"code": "c", "inputs": inputs}, {"code": "c", "inputs": inputs | {"events.add": "3"}}]
    notes = reading._versions(about)
    assert not any("case's files" in note for note in notes)
    about[1] = {"code": "c", "inputs": inputs | {"events.csv": "4"}}
    assert "Warning: the case's files changed between the runs: events.csv." in reading._versions(about)


def test_a_name_is_quoted_and_explained_by_what_is_its_own(tmp_path: Path) -> None:
    found = half_open(tmp_path, 1)
    found.sweep.overrides.update(closed=("case=toy", "border=closed"), ajar=("case=toy", "border=open"))
    assert sentences.explained(found, "ajar") == "“ajar” (border=open)"
    assert sentences.levels(found).startswith("People displaced: “closed” about 10,000")
