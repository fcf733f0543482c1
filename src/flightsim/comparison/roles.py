"""What the scenarios differ in, and whether it is ours to choose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flightsim import dotted
from flightsim.results.sweeps import Sweep

LEVER, UNCERTAINTY, SETTING = "lever", "uncertainty", "setting"
SAME_SCENARIO = ("seed", "results", "figures", "name", "case", "start", "days")


def differing(configs: Iterable[Mapping[str, Any]]) -> list[str]:
    """The keys, as ``border.policy``, that are not the same in all configurations; seed and period apart.

    Where a group takes another option, that alone is given, not each of its parameters.
    """
    flat = [dotted.flat(config) for config in configs]
    keys = dict.fromkeys(key for each in flat for key in each if key.partition(".")[0] not in SAME_SCENARIO)
    apart = [key for key in keys if any(each.get(key) != flat[0].get(key) for each in flat)]
    other_option = {key.partition(".")[0] for key in apart if key.endswith("._target_")}
    return [key for key in apart if key.endswith("._target_") or key.partition(".")[0] not in other_option]


def values(sweep: Sweep, configs: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """By scenario, the value of what is varied: on the sweep's axes, else of the keys that differ."""
    if sweep.axes:
        names = [axis.name for axis in sweep.axes]
        rows = sweep.runs.drop_duplicates("scenario").set_index("scenario")[names]
        return {name: {axis: rows.loc[name, axis] for axis in names} for name in configs}
    keys = [key for key in differing(configs.values()) if key not in sweep.drawn]
    flat = {name: dotted.flat(config) for name, config in configs.items()}
    return {name: {_short(key): each.get(key) for key in keys} for name, each in flat.items()}


def of_scenarios(
    sweep: Sweep, configs: Mapping[str, Mapping[str, Any]], roles: Mapping[str, str]
) -> dict[str, str]:
    """Role by the name of what is varied: the sweep's axes as it says, else what the configurations tell.

    ``roles``: role by parameter, as ``border.policy``. What was drawn for each replicate is left out. Where
    a group takes another option (its ``_target_``), its other parameters tell whose it is.
    """
    if sweep.axes:
        return {axis.name: axis.role for axis in sweep.axes}
    found = {}
    for key in differing(configs.values()):
        if key not in sweep.drawn:
            group = key.partition(".")[0]
            own = {role for parameter, role in roles.items() if parameter.startswith(f"{group}.")}
            found[_short(key)] = roles.get(key) or (LEVER if LEVER in own else UNCERTAINTY)
    return found


def _short(key: str) -> str:
    """``border`` for the option that a group takes, ``border.policy`` for a parameter."""
    return key.removesuffix("._target_")
