"""Troubles are collected, cut to length, and handed over whole."""

from __future__ import annotations

import pickle
import time

import pytest

from flightsim.errors import Complaints, InputError, nearest


def test_nearest_is_a_hint_or_nothing() -> None:
    assert (
        nearest("residents", ["residents_persons", "idps_persons"]) == " (did you mean 'residents_persons'?)"
    )
    assert nearest("CLOSED", ["open", "closed"]) == " (did you mean 'closed'?)"
    assert nearest("closd", ["Open", "Closed"]) == " (did you mean 'Closed'?)"
    assert nearest("zzz", ["open", "closed"]) == ""
    assert nearest("", []) == ""
    assert nearest(7, [70, 1]) == " (did you mean '70'?)"


def test_nearest_can_ask_for_more_likeness() -> None:
    assert nearest("place.csv", ["places.csv"], likeness=0.8) == " (did you mean 'places.csv'?)"
    assert nearest("roads.csv", ["places.csv"], likeness=0.8) == ""


def test_nearest_of_a_huge_word_takes_no_time() -> None:
    start = time.process_time()
    nearest("x" * 10_000_000, ["x" * 1000] * 100)
    assert time.process_time() - start < 2


def test_nothing_is_raised_without_a_trouble() -> None:
    Complaints().raise_if_any()


def test_all_troubles_are_raised_together() -> None:
    complaints = Complaints()
    complaints.add("one")
    complaints.add("two")
    with pytest.raises(InputError) as raised:
        complaints.raise_if_any()
    assert raised.value.complaints == ["one", "two"]
    assert str(raised.value) == "one\ntwo"


def test_a_long_list_is_cut_and_the_rest_counted() -> None:
    complaints = Complaints(at_most=2)
    for text in ("one", "two", "three", "four"):
        assert complaints.full == (text in ("three", "four"))
        complaints.add(text)
    with pytest.raises(InputError) as raised:
        complaints.raise_if_any()
    assert raised.value.complaints == ["one", "two", "... and 2 more"]


def test_an_input_error_of_one_text_and_through_pickle() -> None:
    assert InputError("one").complaints == ["one"]
    again = pickle.loads(pickle.dumps(InputError(["one", "two"])))
    assert isinstance(again, InputError)
    assert again.complaints == ["one", "two"]


def test_a_hint_holds_nothing_that_cannot_be_printed() -> None:
    assert nearest("roads.csv", ["\x1boads.csv"]) == " (did you mean '\\x1boads.csv'?)"
