"""The search for garbage rests where it finds none, and comes back as it was."""

from __future__ import annotations

import gc

import pytest

from flightsim.memory import undisturbed


def test_the_search_for_garbage_comes_back_whatever_happens() -> None:
    @undisturbed()
    def fails() -> None:
        assert not gc.isenabled()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert gc.isenabled()


def test_whoever_has_turned_it_off_finds_it_off() -> None:
    gc.disable()
    try:
        with undisturbed(), undisturbed():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
