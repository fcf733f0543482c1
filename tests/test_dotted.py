"""Values by dotted name: one way to lay a configuration flat, and one to change it."""

import pytest

from flightsim import dotted

CONFIG = {"seed": 1, "border": {"policy": "closed", "throughput": 60}, "exodus": {"areas": {}}}


def test_values_by_their_dotted_names() -> None:
    assert dotted.flat(CONFIG) == {
        "seed": 1, "border.policy": "closed", "border.throughput": 60, "exodus.areas": {}
    }  # fmt: skip
    assert dotted.flat({}) == {}


def test_one_value_or_none() -> None:
    assert dotted.get(CONFIG, "border.policy") == "closed"
    assert dotted.get(CONFIG, "seed") == 1
    assert dotted.get(CONFIG, "border.rule") is None
    assert dotted.get(CONFIG, "seed.of") is None


def test_a_changed_copy_leaves_the_one_given() -> None:
    new = dotted.changed(CONFIG, {"border.policy": "open", "seed": 2})
    assert (new["border"], new["seed"]) == ({"policy": "open", "throughput": 60}, 2)
    assert CONFIG["border"]["policy"] == "closed"
    with pytest.raises(KeyError):
        dotted.changed(CONFIG, {"roads.width": 2})
