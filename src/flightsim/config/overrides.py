"""Overrides on the command line: read with Hydra's grammar, checked, and spelt out, in our own words."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Glob, Override, ValueType
from hydra.errors import HydraException, MissingConfigException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from flightsim.config import names
from flightsim.errors import Complaints, nearest

Groups = Mapping[str, Sequence[str]]  # options by group
LAUNCHER, SCENARIO = "hydra/launcher", "scenario"
OF_A_SWEEP = (  # how many runs of it there are, and where they are made: one value for all its scenarios
    "replicates",
    "uncertainty",
    "workers",
    "executor",
    "executor_address",
    "most_runs",
    "shard",
    "tasks",
)
ONE_VALUE = (*OF_A_SWEEP, "scenarios", "baseline", "results")
TEXTS = ("name", "case", "results")
MOST_RUNS = "most_runs"  # the setting: more runs than that are a slip, as seed=range(1,1000000)
RUNS = 10_000  # its default; *assumption*


def parsed(overrides: Sequence[str]) -> list[Override]:
    """The overrides as Hydra's grammar reads them; what it cannot read is reported in our words."""
    complaints = Complaints()
    result: list[Override] = []
    parser = OverridesParser.create()
    for text in overrides:
        if not re.match(r"~|[^=]+=", text):
            complaints.add(f"'{text}': expected NAME=VALUE")
            continue
        found = _read(parser, text)
        if found is None:
            complaints.add(f"'{text}' cannot be read; {_cure(text)}")
        elif found.key_or_group in TEXTS and _is_number(found):
            name, _, value = text.partition("=")
            complaints.add(f"{name} is {value}, a number; expected a text: \"{name}='{value}'\"")
        else:
            result.append(found)
    complaints.raise_if_any()
    return result


def _read(parser: OverridesParser, text: str) -> Override | None:
    """One override, with names in its lists and mappings as they are; None if it cannot be read."""
    try:
        return parser.parse_overrides([text])[0]
    except HydraException:
        pass
    try:
        override = parser.parse_overrides([names.hidden(text)])[0]
    except HydraException:
        return None
    override.input_line = text
    override._value = names.shown(override._value)
    return override


def _cure(text: str) -> str:
    """How to write what cannot be read."""
    name, _, value = text.partition("=")
    if value.startswith(("{", "[")):
        return 'quotes around each name with special characters, as {"A\'zaz": 0.4}, or its P-code'
    quoted = f"{name}='{value}'" if "'" not in value else f'{name}=\\"{value}\\"'
    return f'a word for each NAME=VALUE, and quotes around a value with special characters: "{quoted}"'


def _is_number(override: Override) -> bool:
    """Whether the grammar makes a number, or yes and no, of what is a name: 2020_01 is 202001."""
    return override.value_type == ValueType.ELEMENT and isinstance(override.value(), int | float)


def check(
    given: Sequence[Override],
    groups: Groups,
    settings: Sequence[str],
    many: bool,
    launchers: Sequence[str] = (),
) -> None:
    """What can be said of the overrides before anything is composed."""
    complaints = Complaints()
    known = [*groups, *settings]
    for override in given:
        text, key = str(override.input_line), override.key_or_group
        top = key.partition(".")[0]
        if key == "hydra" or override.is_hydra_override():
            _check_hydra(override, launchers, complaints)
        elif override.package is not None:
            complaints.add(f"'{text}': '@' is not used here; write {key}=VALUE")
        elif override.is_delete():
            complaints.add(
                f"'{text}': nothing can be taken away; choose the part that does nothing, as hazard=none"
            )
        elif top not in known:
            complaints.add(f"'{text}': there is no {top}{nearest(top, known)}")
        elif top in ONE_VALUE and override.is_sweep_override():
            complaints.add(f"'{text}': a sweep has one {key}")
        elif top == "scenarios":
            complaints.add(f"'{text}': scenarios are written in an experiment; choose with scenario=NAME")
        elif override.is_sweep_override() and not many and key != SCENARIO:
            complaints.add(f"'{text}' asks for several runs, as run -m does; for one list write {key}=[…]")
        elif override.is_interval_sweep():
            complaints.add(f"'{text}': an interval is no list of values; write range(start,stop,step)")
        elif isinstance(override.value(), Glob) and key not in groups:
            complaints.add(
                f"'{text}': glob chooses among the options of {', '.join(groups)}; {key} is none of these"
            )
        elif not spelt_out(override, groups, most=1):
            complaints.add(f"'{text}' stands for nothing at all")
        elif key in groups:
            _check_choices(override, groups, complaints)
    complaints.raise_if_any()
    named: dict[str, Any] = {override.key_or_group: override.value() for override in given}
    most = named[MOST_RUNS] if isinstance(named.get(MOST_RUNS), int) else RUNS
    if math.prod(len(spelt_out(override, groups, most + 1)) for override in given) > most:
        complaints.add(too_many(most))
    complaints.raise_if_any()


def _check_hydra(override: Override, launchers: Sequence[str], complaints: Complaints) -> None:
    """Of Hydra's own settings only the launcher may be chosen, and what it offers changed."""
    text, key = override.input_line, override.key_or_group
    if override.is_sweep_override() or override.is_delete():
        complaints.add(f"'{text}': of Hydra's own settings only hydra/launcher can be chosen, and only one")
    elif key == LAUNCHER and str(override.value()) not in launchers:
        complaints.add(
            f"no {LAUNCHER} is called '{override.value()}'; there is: {', '.join(launchers)}; others come with "
            "a package, as submitit_slurm with pip install 'flightsim[slurm]'"
        )
    elif key != LAUNCHER and not re.fullmatch(r"hydra\.launcher\.[a-z][A-Za-z0-9_.]*", key):
        complaints.add(f"'{text}': of Hydra's own settings only hydra/launcher can be chosen")


def _check_choices(override: Override, groups: Groups, complaints: Complaints) -> None:
    """Whether each option named exists in the group."""
    group, options = override.key_or_group, groups[override.key_or_group]
    if override.is_add() or override.is_force_add():
        complaints.add(f"'{override.input_line}': {group} is there already; write {group}=OPTION")
        return
    for choice in _values(override, groups):
        if choice not in options:
            hint = f"{nearest(choice, options)}; there is: {', '.join(options)}"
            complaints.add(f"no {group} is called '{choice}'{hint}")


def _values(override: Override, groups: Groups) -> list[str]:
    """The options that a group's override names."""
    if override.is_sweep_override():
        return [line.partition("=")[2] for line in spelt_out(override, groups, RUNS)]
    value = override.value()
    return ["null" if value is None else str(value)]


def too_many(most: int) -> str:
    """What is said of more runs than that."""
    return f"more than {most:,} runs are asked for; if they are meant: {MOST_RUNS}=…"


def spelt_out(override: Override, groups: Groups, most: int | None = None) -> list[str]:
    """The plain overrides that one stands for, at ``most`` so many; spelt out as Hydra's basic sweeper does."""
    if not override.is_sweep_override():
        return [str(override.input_line)]
    key = override.get_key_element()
    swept: Any = override.value()
    if isinstance(swept, Glob):
        return [f"{key}={name}" for name in swept.filter(list(groups[override.key_or_group]))]
    return [f"{key}={value}" for value in itertools.islice(override.sweep_string_iterator(), most)]


def change(config: DictConfig, override: Override, complaints: Complaints) -> None:
    """Set one value by its dotted name; a name that is not there is a complaint unless it is added with +."""
    key, text = override.key_or_group, str(override.input_line)
    known = dotted(OmegaConf.to_container(config, resolve=False))
    if override.is_add() and key in known:
        complaints.add(f"'{text}': {key} is there already; write '{text[1:]}'")
    elif key not in known and not (override.is_add() or override.is_force_add()):
        complaints.add(f"'{text}': there is no {key}{_hint(key, known)}")
    else:
        try:
            OmegaConf.update(config, key, override.value(), merge=True, force_add=True)
        except OmegaConfBaseException as error:
            complaints.add(f"'{text}': {gist(error)}")


def _hint(key: str, known: dict[str, Any]) -> str:
    """The nearest name in the section that was meant, or all there is in it; else the nearest of all."""
    section, _, last = key.rpartition(".")
    inside = known.get(section)
    if not isinstance(inside, dict):
        return nearest(key, (name for name in known if "[" not in name))
    names = [name for name in inside if name != "_target_"]
    part = str(inside.get("_target_", section)).rpartition(".")[2]
    there = f"; {part} has {', '.join(names)}" if names else f"; {part} has no parameters"
    return nearest(last, names) or there


def key_of(line: str) -> str:
    """What an override changes, without the plus signs."""
    return line.partition("=")[0].lstrip("+")


def dotted(value: Any, name: str = "") -> dict[str, Any]:
    """Every value by its dotted name, sections and list items included."""
    found = {name: value} if name else {}
    if isinstance(value, dict):
        for key, item in value.items():
            found |= dotted(item, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list):
        for at, item in enumerate(value):
            found |= dotted(item, f"{name}[{at}]")
    return found


def gist(error: Exception) -> str:
    """The gist of a library's message, without its links and search paths."""
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        mark = error.problem_mark
        file = "" if mark.name.startswith("<") else f"{mark.name} "
        return f"{file}line {mark.line + 1}, column {mark.column + 1}: {error.problem}"
    if isinstance(error, MissingConfigException) and error.missing_cfg_file and error.options:
        name = error.missing_cfg_file
        there = f"{nearest(Path(name).name, error.options)}; there is: {', '.join(error.options)}"
        return f"there is no {name}{there}"
    text = str(error) or str(error.__cause__ or type(error).__name__)
    kept = []
    for line in text.splitlines():
        if "search path" in line.lower():
            break
        if line.strip() and "full_key" not in line:
            kept.append(" ".join(line.split()))
    return "; ".join(kept)[:400]
