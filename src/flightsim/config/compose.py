"""From overrides to plain configurations: the scenarios that a command line and an experiment's file ask for.

A typing error anywhere is an InputError that names the nearest right word; Hydra's own exceptions never reach the user.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hydra.core.override_parser.types import Override

from flightsim.config.files import CONFIG, EXPERIMENT, Conf, conf_folder, experiments, opened
from flightsim.config.overrides import SCENARIO, Groups, check, dotted, gist, key_of, parsed, spelt_out
from flightsim.errors import Complaints, InputError, nearest
from flightsim.files.atomic import CONTROL

__all__ = [
    "CONFIG",
    "EXPERIMENT",
    "Job",
    "composed",
    "conf_folder",
    "experiments",
    "jobs",
    "opened",
    "understood",
]

SWEEP_SETTINGS = (
    "replicates", "scenarios", "scenario", "baseline", "uncertainty", "workers", "executor", "executor_address",
    "most_runs", "shard", "tasks",
)  # fmt: skip
"""Settings of a sweep, not of a run: no configuration of a run holds them."""
NOT_IN_SCENARIOS = (*SWEEP_SETTINGS, EXPERIMENT, "name", "seed", "results", "count_from", "figures")


@dataclass(frozen=True)
class Job:
    """One scenario to run: the values in which it differs from the others of its sweep, and its whole configuration."""

    label: str  # "border=open seed=2"; empty without a sweep
    config: dict[str, Any]
    scenario: str = ""  # its name in the experiment, if that has scenarios
    lines: tuple[str, ...] = ()  # every NAME=VALUE that was given for it
    values: dict[str, Any] = field(default_factory=dict)  # of each axis, by name
    settings: dict[str, Any] = field(default_factory=dict)  # the sweep's
    figures_given: bool = True  # whether somebody said if figures are drawn


def jobs(overrides: Sequence[str], *, many: bool = False, config_dir: Path | None = None) -> list[Job]:
    """The scenarios that the overrides ask for: one, or with ``many`` the product of all comma lists.

    ``config_dir`` is a further folder laid out as ``conf/``, for a user's own ``experiment/NAME.yaml``.
    Raises InputError with everything that is wrong, before anything runs.
    """
    with opened(config_dir) as conf:
        return composed(understood(overrides, conf, many), conf)


def understood(overrides: Sequence[str], conf: Conf, many: bool) -> list[Override]:
    """The overrides, the last word on each name, once nothing can be said against them."""
    given = list({o.key_or_group: o for o in parsed(overrides)}.values())
    check(given, conf.groups, conf.settings, many, conf.launchers)
    return given


def composed(given: Sequence[Override], conf: Conf) -> list[Job]:
    """The jobs of all combinations and scenarios; InputError with everything that is wrong with any."""
    result: list[Job] = []
    complaints = Complaints()
    for lines, axes in _spelt(given, conf):
        try:
            result += _scenarios(conf, lines, axes)
        except InputError as error:
            complaints.texts.extend(text for text in error.complaints if text not in complaints.texts)
        except Exception as error:  # for a strange file Hydra raises ValueError and AssertionError too
            raise InputError(f"the configuration cannot be composed: {gist(error)}") from error
    complaints.raise_if_any()
    return result


def _spelt(given: Sequence[Override], conf: Conf) -> Iterator[tuple[list[str], list[str]]]:
    """Every combination of the values that are swept: all its lines, and those that tell it from the others."""
    own = [override for override in given if not override.is_hydra_override()]
    swept = [override.is_sweep_override() and override.key_or_group != SCENARIO for override in own]
    choices = [
        spelt_out(override, conf.groups) if is_swept else [_as_one_line(override, conf.groups)]
        for override, is_swept in zip(own, swept, strict=True)
    ]
    for lines in itertools.product(*choices):
        yield list(lines), [line for line, is_swept in zip(lines, swept, strict=True) if is_swept]


def _as_one_line(override: Override, groups: Groups) -> str:
    """A single value; of ``scenario=a,b``, which is no axis, a list."""
    if not override.is_sweep_override():
        return str(override.input_line)
    names = [line.partition("=")[2] for line in spelt_out(override, groups)]
    return f"{SCENARIO}=[{','.join(names)}]"


def _scenarios(conf: Conf, lines: Sequence[str], axes: Sequence[str]) -> list[Job]:
    """The scenarios of the experiment that the lines choose, each with the lines; one job if it has none.

    ``axes`` are those of the lines that tell this combination from the others.
    """
    config = conf.config(lines)
    settings = {name: config.pop(name) for name in SWEEP_SETTINGS}
    odd = [name for name in settings["scenarios"] or () if not isinstance(name, str)]
    if odd and isinstance(settings["scenarios"], dict):  # 1e3, say
        raise InputError(f"scenarios has the name {odd[0]!r}, which is no text: put quotes around it")
    label, axes = " ".join(axes), [key_of(line) for line in axes]
    listed, chosen = settings["scenarios"], _chosen(settings)
    if not listed:
        return [_job(label, config, "", lines, axes, settings)]
    complaints, result = Complaints(), []
    for name in chosen:
        own = _lines_of(conf, name, listed[name], lines, complaints)
        if own is None:
            continue
        try:
            config = conf.config([*lines, *own])
        except InputError as error:
            complaints.texts += [f"scenario {name}: {text}" for text in error.complaints]
            continue
        config = {key: value for key, value in config.items() if key not in SWEEP_SETTINGS}
        whole = f"{name}, {label}" if label else name
        result.append(_job(whole, config, name, [*lines, *own], axes, settings))
    complaints.raise_if_any()
    return result


def _job(
    label: str,
    config: dict[str, Any],
    scenario: str,
    lines: Sequence[str],
    axes: Sequence[str],
    settings: dict[str, Any],
) -> Job:
    figures_given = config["figures"] is not None
    config["figures"] = config["figures"] if figures_given else True
    choices = {key_of(line): line.partition("=")[2] for line in lines}
    flat = dotted(config)
    values = {
        axis: flat[axis] if not isinstance(flat.get(axis, {}), dict) else choices[axis] for axis in axes
    }
    return Job(label, config, scenario, tuple(lines), values, settings, figures_given)


def _chosen(settings: Mapping[str, Any]) -> list[str]:
    """The names of the scenarios to run; InputError if the list is not as it should be."""
    listed, asked = settings["scenarios"], settings[SCENARIO]
    if not isinstance(listed, dict):
        raise InputError(f"scenarios is {listed!r}; expected NAME: [NAME=VALUE, …]")
    complaints = Complaints()
    for name in listed:
        if not str(name).strip() or len(str(name)) > 80 or (CONTROL | set(",=\"'")) & set(str(name)):
            complaints.add(
                f"scenarios has {name!r}; expected a name without commas, quotes, '=' or control characters"
            )
    names = asked.split(",") if isinstance(asked, str) else (list(listed) if asked is None else asked)
    if not isinstance(names, list):
        complaints.add(f"scenario is {asked!r}; expected a name, or names with commas between")
        names = []
    names = list(dict.fromkeys(str(name).strip() for name in names))
    for name in names:
        if name not in listed:
            there = f"; there is: {', '.join(map(str, listed))}" if listed else "; this experiment has none"
            complaints.add(f"no scenario is called '{name}'{nearest(name, listed)}{there}")
    complaints.raise_if_any()
    return names


def _lines_of(
    conf: Conf, name: str, lines: Any, outside: Sequence[str], complaints: Complaints
) -> list[str] | None:
    """What a scenario changes, as NAME=VALUE; None, and complaints, if that cannot be."""
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        complaints.add(f"scenario {name} is {lines!r}; expected a list as [border=open, days=30]")
        return None
    before = len(complaints.texts)
    try:
        given = understood(lines, conf, many=False)
    except InputError as error:
        complaints.texts += [f"scenario {name}: {text}" for text in error.complaints]
        return None
    taken = {key_of(line): line for line in outside}
    for override in given:
        key = override.key_or_group
        if key.partition(".")[0] in NOT_IN_SCENARIOS or override.is_hydra_override():
            complaints.add(f"scenario {name}: {key} is the same for all scenarios of an experiment")
        elif key in taken:
            complaints.add(
                f"'{taken[key]}': scenario {name} says {override.input_line} itself; choose with scenario=NAME"
            )
    return lines if len(complaints.texts) == before else None
