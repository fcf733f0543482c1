"""What is not the same in the runs of one scenario: the random seed, parameters that are drawn, the discrepancy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flightsim import dotted, words
from flightsim.results.sweeps import Sweep

PART = "discrepancy."  # of the parameters of the part that stands for what the other parts leave out
SIZE = f"{PART}log_sd"  # 0 or none: there is no discrepancy


def in_words(sweep: Sweep, config: Mapping[str, Any], replicate: int) -> str:
    """One sentence on what varied between the runs of a scenario, from the configuration of one ``replicate``."""
    return sentence(names(sweep, config, replicate))


def names(sweep: Sweep, config: Mapping[str, Any], replicate: int) -> tuple[str, ...]:
    """The parameters that were drawn for each run of a scenario, that of the discrepancy among them if there is one."""
    found = drawn(sweep, config, replicate)
    return tuple(dict.fromkeys([*found, SIZE] if dotted.get(config, SIZE) else found))


def sentence(of: Iterable[str], runs: int = 2) -> str:
    """What varied between so many runs in which the parameters of these names were drawn: the one text for it."""
    if runs < 2:
        return "One run: nothing varied, so there is no range."
    told = drawn_in_words(of)
    if not told:
        return (
            "Varied between the runs: the random seed only; what nobody knows of the parameters would make the "
            "ranges wider."
        )
    return f"Varied between the runs: {words.listing(['the random seed', *told])}."


def drawn_in_words(names: Iterable[str]) -> list[str]:
    """``["6 drawn parameters", "the model's discrepancy (…)"]``: what has these names, the discrepancy by itself."""
    found = set(names)
    own = [name for name in found if not name.startswith(PART)]
    told = [words.counted(len(own), "drawn parameter")] if own else []
    if len(own) < len(found):
        told.append("the model's discrepancy (how far it has been from reports)")
    return told


def drawn(sweep: Sweep, config: Mapping[str, Any], replicate: int) -> list[str]:
    """The drawn parameters that a run of this configuration uses: one set by hand for its scenario is not."""
    if sweep.draws is None:
        return []
    row = sweep.draws[sweep.draws["replicate"] == replicate].iloc[0]
    return [
        name
        for name in sweep.drawn
        if sweep.draws[name].nunique() > 1 and dotted.get(config, name) in (row[name], int(row[name]))
    ]
