"""One standard run against its stored numbers: what changes results is seen, and rewritten on purpose."""

import pytest
import yaml

from rewrite_baseline import BASELINE, HEAD, numbers, standard_run


def test_the_standard_run_gives_the_stored_numbers() -> None:
    """If results were meant to change: `make baseline`, and say so in CHANGELOG.md."""
    stored = yaml.safe_load(BASELINE.read_text(encoding="utf-8"))
    found = numbers(standard_run())
    assert list(found) == list(stored)
    whole = {name: value for name, value in stored.items() if isinstance(value, int)}
    assert {name: found[name] for name in whole} == whole
    fractions = {name: value for name, value in stored.items() if isinstance(value, float)}
    assert {name: found[name] for name in fractions} == pytest.approx(fractions, rel=1e-9)
    assert len(whole) > 20
    assert len(fractions) > 1


def test_the_stored_numbers_say_how_they_are_rewritten() -> None:
    assert BASELINE.read_text(encoding="utf-8").startswith(HEAD)
