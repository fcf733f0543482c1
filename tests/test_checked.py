"""Until which day reports check some runs, how the model did, what varied: one text each, for every product."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

import toys
from flightsim.brief import language, wording
from flightsim.brief.subject import Subject
from flightsim.export import metadata
from flightsim.needs import alarm, screen
from flightsim.results import checked, varied
from flightsim.results.findings import Observed, observed

DAYS = pd.date_range("2020-01-01", periods=10)
FIVE = np.outer([0.8, 0.9, 1.0, 1.1, 1.2], np.arange(1, 11) * 1_000.0)  # people displaced, a row a run
IN_MODEL = "in the model (4,100 to 5,900)"
HISTORY = {"border": {"policy": "closed"}}
START, END = DAYS[0].date(), DAYS[-1].date()


def row(day: str, low: object, best: object, high: object) -> dict[str, object]:
    return {
        "date": day, "since": "2020-01-01", "measure": "displaced_cumulative", "unit": "people", "area_id": "ALL",
        "low": low, "best": best, "high": high, "source": "press",
    }  # fmt: skip


def test_the_last_checked_day_has_both_numbers_and_says_what_lies_beyond() -> None:
    found = checked.of(
        FIVE, DAYS, HISTORY, [row("2020-01-03", 1_000, 2_000, 4_000), row("2020-01-05", 3_000, 4_000, 6_000)]
    )
    assert checked.sentences(found) == [
        f"Last checked day: 5 January 2020: 5,000 people displaced {IN_MODEL}, 4,000 reported (3,000 to 6,000).",
        "What lies beyond, to 10 January 2020, is checked by no report.",
    ]


def test_nothing_lies_beyond_a_report_of_the_last_day() -> None:
    found = checked.of(FIVE, DAYS, HISTORY, [row("2020-01-10", 1, 2, 3)])
    assert len(checked.sentences(found)) == 1


@pytest.mark.parametrize(
    "config",
    [
        {"border": {"policy": "open"}},
        HISTORY | {"events": {"add": "rules.csv"}},
        HISTORY | {"events": {"cut_road": "M5"}},
    ],
)
def test_what_did_not_happen_is_checked_by_nothing(config: dict) -> None:
    found = checked.of(FIVE, DAYS, config, [row("2020-01-05", 3_000, 4_000, 6_000)])
    assert found is None
    assert checked.sentences(found)[0].startswith("No report checks these days")


@pytest.mark.parametrize(
    ("low", "best", "high", "told"),
    [
        (380_000, 390_000, 470_000, " (380,000 to 470,000)"),
        (380_000, 390_000, "", " (380,000 or more)"),  # nobody said how many at most
        (1_766_000, 1_770_000, 1_779_000, ""),  # the same at two figures, a range would only look sure
        ("", 390_000, "", ""),
    ],
)
def test_bounds_are_as_sure_as_what_was_reported(low: object, best: object, high: object, told: str) -> None:
    (found,) = observed([row("2020-01-05", low, best, high)], START, END)
    assert found.bounds == told


def test_what_varied_is_one_sentence() -> None:
    assert varied.sentence([], 1) == "One run: nothing varied, so there is no range."
    assert varied.sentence([], 5).startswith("Varied between the runs: the random seed only")
    told = "Varied between the runs: the random seed, 2 drawn parameters and the model's discrepancy"
    assert varied.sentence(["behaviour.a", "behaviour.b", varied.SIZE], 5).startswith(told)


def test_every_product_leads_with_the_last_checked_day_and_what_varied() -> None:
    """Of the toy's three runs to 16 January the last report is of the 14th: 14,000 people."""
    needs = toys.needs()
    scene = needs.study.first
    assert scene.checked[0].startswith("Last checked day: 14 January 2020: ")
    assert scene.checked[0].endswith(", 14,000 reported (11,000 to 17,000).")
    assert scene.checked[1] == "What lies beyond, to 16 January 2020, is checked by no report."
    leads = [*scene.checked, scene.varied]
    assert screen.text(needs).splitlines()[2:5] == leads
    record = metadata.record(needs, {}, None)
    assert record["caveats"].splitlines()[:3] == leads
    assert metadata.read_me(needs, record)[3:6] == leads
    told = alarm._words(needs.study, alarm.asked(needs.study, None, None, None, None), _table(needs.study))
    assert told.splitlines()[1:4] == leads


def _table(study: object) -> pd.DataFrame:
    from flightsim.needs import triggers

    people = study.first.people  # type: ignore[attr-defined]
    return triggers.table(people, people.area_id[:1], (1_000.0,), (3,))


def test_the_brief_says_the_same() -> None:
    found = Observed(date(2020, 1, 14), "people", 11_000, 14_000, 17_000, "press")
    assert found.bounds == " (11,000 to 17,000)"
    subject = brief()
    told = wording.checked(subject, language.read("en"))
    assert told.startswith("Last checked day: 14 January 2020, ")
    assert "14,000 (11,000 to 17,000) reported" in told
    assert told.endswith("What lies beyond, to 16 January 2020, is checked by no report.")
    assert wording.cannot(subject, language.read("en"))[-1].startswith(
        "what else it gets wrong: ranges are over the random seed"
    )


def test_far_from_care_and_without_a_place_have_their_baseline_and_their_place() -> None:
    from flightsim.brief import figures

    subject, t = brief(), language.read("en")
    far = np.median(subject.people.groups["beyond_care"].sum(axis=2), axis=0)
    most = np.median(subject.people.groups["beyond_care"][:, -1], axis=0).argmax()
    place = subject.world.areas.name[int(most)]
    (care,) = (box for box in figures.key_figures(subject, t) if box["what"] == t("key_care"))
    assert care["more"].endswith(f"on 16 Jan; {t.about(float(far[0]))} on 1 Jan; most in {place}")


def brief() -> Subject:
    from test_brief import one_scenario

    return one_scenario()


def test_nobody_is_besieged_in_arabic() -> None:
    """محاصرون are people under siege; the model's are people who want to leave and cannot."""
    text = (language.FOLDER / "ar.yaml").read_text(encoding="utf-8")
    assert "محاصر" not in text
    assert language.read("ar")("key_trapped") == "أشخاص لا يستطيعون المغادرة"
