"""From overrides to plain configurations: all that flightsim asks of Hydra, and what it refuses.

Experiment files come from strangers, so composing runs nothing and reads nothing but YAML: no ``hydra:``
section, no resolver in an interpolation, no ``_target_`` outside flightsim. A typo anywhere is an InputError
that names the nearest right word; Hydra's own exceptions never reach the user.
"""

from __future__ import annotations

import copy
import itertools
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from hydra import compose as hydra_compose
from hydra import initialize_config_dir
from hydra.core.config_loader import ConfigLoader
from hydra.core.global_hydra import GlobalHydra
from hydra.core.override_parser.types import Override
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import MissingMandatoryValue, OmegaConfBaseException

from flightsim.complaints import Complaints, InputError, nearest
from flightsim.io.write import FORBIDDEN
from flightsim.overrides import (
    LAUNCHER,
    SCENARIO,
    Groups,
    change,
    check,
    dotted,
    gist,
    key_of,
    parsed,
    spelt_out,
)

CONFIG = "config"
EXPERIMENT = "experiment"
TARGET = re.compile(r"flightsim\.[a-z_]+\.[A-Z][A-Za-z0-9]*")
REFERENCE = re.compile(r"\$\{[A-Za-z0-9_.\[\]]*\}")  # ${a.b}: another value of the same configuration


SWEEP_SETTINGS = (
    "replicates", "scenarios", "scenario", "baseline", "uncertainty", "workers", "executor", "executor_address",
)  # fmt: skip
"""Settings of a sweep, not of a run: no configuration of a run holds them."""
NOT_IN_SCENARIOS = (*SWEEP_SETTINGS, EXPERIMENT, "name", "seed", "results", "count_from", "figures")


@dataclass(frozen=True)
class Job:
    """One scenario to run: what tells it from the others of its sweep, and its whole configuration."""

    label: str  # "border=open seed=2"; empty without a sweep
    config: dict[str, Any]
    scenario: str = ""  # its name in the experiment, if that has scenarios
    lines: tuple[str, ...] = ()  # every NAME=VALUE that was given for it
    values: dict[str, Any] = field(default_factory=dict)  # of each axis, by name
    settings: dict[str, Any] = field(default_factory=dict)  # the sweep's


def conf_folder() -> Path:
    """Where the shipped configurations are: beside the installed package, or at the top of a checkout."""
    package = Path(__file__).resolve().parent
    for folder in (package / "conf", package.parent.parent / "conf"):
        if (folder / f"{CONFIG}.yaml").is_file():
            return folder
    raise InputError(f"flightsim is not installed whole: there is no conf folder beside {package}")


def experiments() -> dict[str, Path]:
    """The shipped experiments: name and file."""
    folder = conf_folder() / EXPERIMENT
    return {str(path.relative_to(folder).with_suffix("")): path for path in sorted(folder.rglob("*.yaml"))}


def jobs(overrides: Sequence[str], *, many: bool = False, config_dir: Path | None = None) -> list[Job]:
    """The scenarios that the overrides ask for: one, or with ``many`` the product of all comma lists.

    ``config_dir`` is a further folder laid out as ``conf/``, for a user's own ``experiment/NAME.yaml``.
    Raises InputError with everything that is wrong, before anything runs.
    """
    with opened(config_dir) as conf:
        given = understood(overrides, conf, many)
        result: list[Job] = []
        complaints = Complaints()
        for lines, axes in spelt(given, conf):
            try:
                result += scenarios(conf, lines, axes)
            except InputError as error:
                complaints.texts.extend(text for text in error.complaints if text not in complaints.texts)
            except Exception as error:  # for a strange file Hydra raises ValueError and AssertionError too
                raise InputError(f"the configuration cannot be composed: {gist(error)}") from error
        complaints.raise_if_any()
        return result


def understood(overrides: Sequence[str], conf: Conf, many: bool) -> list[Override]:
    """The overrides, the last word on each name, once nothing can be said against them."""
    given = list({o.key_or_group: o for o in parsed(overrides)}.values())
    check(given, conf.groups, conf.settings, many, conf.launchers)
    return given


def spelt(given: Sequence[Override], conf: Conf) -> Iterator[tuple[list[str], list[str]]]:
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


def scenarios(conf: Conf, lines: Sequence[str], axes: Sequence[str]) -> list[Job]:
    """The scenarios of the experiment that the lines choose, each with the lines; one job if it has none.

    ``axes`` are those of the lines that tell this combination from the others.
    """
    config = conf.config(lines)
    settings = {name: config.pop(name) for name in SWEEP_SETTINGS}
    if isinstance(settings["scenarios"], dict):
        settings["scenarios"] = {str(name): own for name, own in settings["scenarios"].items()}
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
    if config["figures"] is None:
        config["figures"] = True
    choices = {key_of(line): line.partition("=")[2] for line in lines}
    flat = dotted(config)
    values = {
        axis: flat[axis] if not isinstance(flat.get(axis, {}), dict) else choices[axis] for axis in axes
    }
    return Job(label, config, scenario, tuple(lines), values, settings)


def _chosen(settings: Mapping[str, Any]) -> list[str]:
    """The names of the scenarios to run; InputError if the list is not as it should be."""
    listed, asked = settings["scenarios"], settings[SCENARIO]
    if not isinstance(listed, dict):
        raise InputError(f"scenarios is {listed!r}; expected NAME: [NAME=VALUE, …]")
    complaints = Complaints()
    for name in listed:
        if not str(name).strip() or len(str(name)) > 80 or set(",=\n\"'") & set(str(name)):
            complaints.add(f"scenarios has {name!r}; expected a name without commas, quotes or '='")
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


@contextmanager
def opened(config_dir: Path | None) -> Iterator[Conf]:
    """Hydra's loader over the shipped configurations and the user's own folder."""
    shipped = conf_folder()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="The version_base")  # Hydra 1.3 wants it, 1.4 deprecates it
        hydra = initialize_config_dir(config_dir=str(shipped), job_name="flightsim", version_base="1.3")
    with hydra:
        loader = GlobalHydra.instance().config_loader()
        names = [name for name in loader.list_groups("") if name != "hydra"]
        if config_dir is not None:
            _check_folder(config_dir, names)
            config_dir = config_dir.resolve()
        groups = {name: _options(name, shipped, config_dir) for name in names}
        settings = [name for name in _read(shipped / f"{CONFIG}.yaml") if name != "defaults"]
        launchers = sorted(loader.get_group_options(LAUNCHER))
        yield Conf(loader, groups, settings, shipped, config_dir, launchers)


def _check_folder(config_dir: Path, groups: list[str]) -> None:
    if not config_dir.is_dir():
        raise InputError(f"--config-dir {config_dir}: there is no such folder")
    if not any((config_dir / group).is_dir() for group in groups):
        raise InputError(f"--config-dir {config_dir}: expected a folder with {EXPERIMENT}/NAME.yaml in it")


def _options(group: str, *folders: Path | None) -> list[str]:
    """What can be chosen in a group."""
    places = [folder / group for folder in folders if folder is not None]
    files = {path.relative_to(place) for place in places for path in place.rglob("*.yaml")}
    return sorted(str(file.with_suffix("")) for file in files)


@dataclass(frozen=True)
class Conf:
    """The configuration files in reach, and Hydra's way to put them together."""

    loader: ConfigLoader
    groups: dict[str, list[str]]  # options by group
    settings: list[str]  # at the top of config.yaml, beside the groups
    shipped: Path
    own: Path | None
    launchers: list[str]  # of Hydra, those whose package is there
    composed: dict[tuple[str, ...], DictConfig] = field(default_factory=dict)  # by choice of options

    @property
    def search(self) -> list[str]:
        """The override that tells Hydra of the user's own folder."""
        if self.own is None:
            return []
        quoted = str(self.own).replace("\\", "\\\\").replace("'", "\\'")
        return [f"hydra.searchpath=['file://{quoted}']"]

    def config(self, lines: Sequence[str]) -> dict[str, Any]:
        """One whole configuration, plain and checked as far as Hydra alone would let things through."""
        choices = tuple(line for line in lines if key_of(line) in self.groups)
        if choices not in self.composed:
            self._check_files(choices)
            self.composed[choices] = hydra_compose(CONFIG, [*self.search, *choices])
        config = copy.deepcopy(self.composed[choices])
        complaints = Complaints()
        for override in parsed([line for line in lines if line not in choices]):
            if not override.is_hydra_override():
                change(config, override, complaints)
        complaints.raise_if_any()
        plain = _plain(config)
        if not {"name", EXPERIMENT} & {key_of(line) for line in lines}:
            _name_after_case(plain, str(self.composed[choices].case))
        return plain

    def _check_files(self, choices: Sequence[str]) -> None:
        """Of every file that takes part: where it is, what it says to Hydra, the keys at its top."""
        complaints = Complaints()
        for override in parsed(choices):  # before Hydra reads them
            file = self._file(f"{override.key_or_group}/{override.value()}", complaints)
            _check_raw(file, _read(file), complaints)
        complaints.raise_if_any()
        found = self.loader.compute_defaults_list(CONFIG, [*self.search, *choices], RunMode.RUN)
        known = [*self.groups, *self.settings]
        for default in found.defaults:
            name = default.config_path
            if name is None or name.split("/")[0] == "hydra":
                continue
            file = self._file(name, complaints)
            content = _read(file)
            group = "" if name == CONFIG else name.split("/")[0]
            _check_raw(file, content, complaints)
            if group in ("", EXPERIMENT):
                for key in content:
                    if key not in known and key not in ("defaults", "hydra"):
                        complaints.add(f"{file}: '{key}' is not a setting{nearest(key, known)}")
            wanted = "" if group == EXPERIMENT else group
            if (default.package or "") != wanted and content:
                header = "_global_" if group == EXPERIMENT else group
                complaints.add(f"{file}: its first line must be '# @package {header}'")
        complaints.raise_if_any()

    def _file(self, name: str, complaints: Complaints) -> Path:
        """The file behind a name; ours comes first, so a user's file of the same name would do nothing."""
        ours = self.shipped / f"{name}.yaml"
        theirs = None if self.own is None else self.own / f"{name}.yaml"
        if theirs is not None and theirs.is_file() and ours.is_file():
            complaints.add(f"{theirs}: flightsim has its own {name}; give yours another name")
        return theirs if theirs is not None and not ours.is_file() else ours


def _read(file: Path) -> dict[str, Any]:
    """The mapping in a YAML file; {} if it is empty."""
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise InputError(f"{file} is not UTF-8; save it as UTF-8") from error
    except yaml.YAMLError as error:
        raise InputError(f"{file} cannot be read: {gist(error)}") from error
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise InputError(f"{file}: expected lines of NAME: VALUE")
    return {str(key): value for key, value in content.items()}


def _check_raw(file: Path, content: dict[str, Any], complaints: Complaints) -> None:
    """No part of a file may speak to Hydra itself, where a callback or a launcher could run anything."""
    if any(key.split(".")[0] == "hydra" for key in content):
        complaints.add(f"{file}: a 'hydra' section is refused")
    entries = content.get("defaults") or []
    pairs = [
        pair for entry in entries for pair in (entry.items() if isinstance(entry, dict) else [(entry, "")])
    ]
    for name in (f"{key}: {value}" if value else str(key) for key, value in pairs):
        if re.search(r"\bhydra\b|\.\.|\$\{", name):
            complaints.add(f"{file}: '{name}' in its defaults is refused")


def _plain(config: DictConfig) -> dict[str, Any]:
    """The configuration as plain values, once every text in it has been found harmless."""
    complaints = Complaints()
    for name, value in dotted(OmegaConf.to_container(config, resolve=False)).items():
        last = name.rpartition(".")[2]
        if last == "_target_" and not (isinstance(value, str) and TARGET.fullmatch(value)):
            complaints.add(f"{name} is {value!r}; expected a part of flightsim, as flightsim.hazard.NoHazard")
        elif last.startswith("_") and last != "_target_":
            complaints.add(f"{name}: there is no such parameter")
        elif isinstance(value, str) and "${" in _without_references(value):
            complaints.add(
                f"{name} is {value!r}; of ${{…}} only another value's name is accepted, as ${{seed}}"
            )
    complaints.raise_if_any()
    try:
        plain = OmegaConf.to_container(config, resolve=True, throw_on_missing=True)
    except MissingMandatoryValue as error:
        raise InputError(f"{error.full_key} has no value yet; add {error.full_key}=VALUE") from error
    except OmegaConfBaseException as error:
        raise InputError(f"{error.full_key}: {gist(error)}") from error
    assert isinstance(plain, dict)
    return {str(key): value for key, value in plain.items()}


def _name_after_case(config: dict[str, Any], composed: str) -> None:
    """Another case than the experiment's is another question: its runs go into a folder of its own name."""
    case = config["case"]
    if isinstance(case, str) and case.strip() and case != composed:
        name = Path(case).resolve().name
        config["name"] = "".join("_" if letter in FORBIDDEN else letter for letter in name)


def _without_references(text: str) -> str:
    """The text less its plain references, the innermost first."""
    while (shorter := REFERENCE.sub("", text)) != text:
        text = shorter
    return text
