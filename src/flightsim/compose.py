"""From overrides to plain configurations: all that flightsim asks of Hydra, and what it refuses.

Experiment files come from strangers, so composing runs nothing and reads nothing but YAML: no ``hydra:``
section, no resolver in an interpolation, no ``_target_`` outside flightsim. A typo anywhere is an InputError
that names the nearest right word; Hydra's own exceptions never reach the user.
"""

from __future__ import annotations

import copy
import itertools
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from hydra import compose as hydra_compose
from hydra import initialize_config_dir
from hydra.core.config_loader import ConfigLoader
from hydra.core.global_hydra import GlobalHydra
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Glob, Override
from hydra.errors import HydraException, MissingConfigException
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import MissingMandatoryValue, OmegaConfBaseException

from flightsim.complaints import Complaints, InputError, nearest

CONFIG = "config"
EXPERIMENT = "experiment"
TARGET = re.compile(r"flightsim\.[a-z_]+\.[A-Z][A-Za-z0-9]*")
REFERENCE = re.compile(r"\$\{[A-Za-z0-9_.\[\]]*\}")  # ${a.b}: another value of the same configuration


@dataclass(frozen=True)
class Job:
    """One scenario to run: what tells it from the others of its sweep, and its whole configuration."""

    label: str  # "border=open seed=2"; empty without a sweep
    config: dict[str, Any]


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
    with _opened(config_dir) as conf:
        parsed = list({o.key_or_group: o for o in _parsed(overrides)}.values())  # the last word on each
        _check(parsed, conf, many)
        swept = [override for override in parsed if override.is_sweep_override()]
        result: list[Job] = []
        complaints = Complaints()
        for lines in itertools.product(*(_lines(override, conf) for override in parsed)):
            label = " ".join(line for line, o in zip(lines, parsed, strict=True) if o in swept)
            try:
                result.append(Job(label, conf.config(lines)))
            except InputError as error:
                complaints.texts.extend(text for text in error.complaints if text not in complaints.texts)
            except Exception as error:  # for a strange file Hydra raises ValueError and AssertionError too
                raise InputError(f"the configuration cannot be composed: {_one_line(error)}") from error
        complaints.raise_if_any()
        return result


@contextmanager
def _opened(config_dir: Path | None) -> Iterator[Conf]:
    """Hydra's loader over the shipped configurations and the user's own folder."""
    shipped = conf_folder()
    with initialize_config_dir(config_dir=str(shipped), job_name="flightsim", version_base="1.3"):
        loader = GlobalHydra.instance().config_loader()
        groups = [name for name in loader.list_groups("") if name != "hydra"]
        if config_dir is not None:
            _check_folder(config_dir, groups)
            config_dir = config_dir.resolve()
        yield Conf(loader, groups, shipped, config_dir)


def _check_folder(config_dir: Path, groups: list[str]) -> None:
    if not config_dir.is_dir():
        raise InputError(f"--config-dir {config_dir}: there is no such folder")
    if not any((config_dir / group).is_dir() for group in groups):
        raise InputError(f"--config-dir {config_dir}: expected a folder with {EXPERIMENT}/NAME.yaml in it")


@dataclass(frozen=True)
class Conf:
    """The configuration files in reach, and Hydra's way to put them together."""

    loader: ConfigLoader
    groups: list[str]
    shipped: Path
    own: Path | None
    composed: dict[tuple[str, ...], DictConfig] = field(default_factory=dict)  # by choice of options

    @property
    def search(self) -> list[str]:
        """The override that tells Hydra of the user's own folder."""
        if self.own is None:
            return []
        quoted = str(self.own).replace("\\", "\\\\").replace("'", "\\'")
        return [f"hydra.searchpath=['file://{quoted}']"]

    def options(self, group: str) -> list[str]:
        """What can be chosen in a group."""
        folders = [folder / group for folder in (self.shipped, self.own) if folder is not None]
        files = {path.relative_to(folder) for folder in folders for path in folder.rglob("*.yaml")}
        return sorted(str(file.with_suffix("")) for file in files)

    def config(self, lines: Sequence[str]) -> dict[str, Any]:
        """One whole configuration, plain and checked as far as Hydra alone would let things through."""
        choices = tuple(line for line in lines if _key(line) in self.groups)
        if choices not in self.composed:
            self._check_files(choices)
            self.composed[choices] = hydra_compose(CONFIG, [*self.search, *choices])
        config = copy.deepcopy(self.composed[choices])
        complaints = Complaints()
        for override in _parsed([line for line in lines if line not in choices]):
            if not override.is_hydra_override():
                _change(config, override, complaints)
        complaints.raise_if_any()
        return _plain(config)

    def _check_files(self, choices: Sequence[str]) -> None:
        """Of every file that takes part: where it is, what it says to Hydra, the keys at its top."""
        complaints = Complaints()
        for override in _parsed(choices):  # before Hydra reads them
            file = self._file(f"{override.key_or_group}/{override.value()}", complaints)
            _check_raw(file, _read(file), complaints)
        complaints.raise_if_any()
        found = self.loader.compute_defaults_list(CONFIG, [*self.search, *choices], RunMode.RUN)
        known = [*self.groups, *_read(self.shipped / f"{CONFIG}.yaml")]
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


def _parsed(overrides: Sequence[str]) -> list[Override]:
    """The overrides as Hydra's grammar reads them; what it cannot read is told in our words."""
    complaints = Complaints()
    parsed = []
    parser = OverridesParser.create()
    for text in overrides:
        if not re.match(r"~|[^=]+=", text):
            complaints.add(f"'{text}': expected NAME=VALUE")
            continue
        try:
            parsed.extend(parser.parse_overrides([text]))
        except HydraException:
            name, _, value = text.partition("=")
            quoted = f"{name}='{value}'" if "'" not in value else f'{name}=\\"{value}\\"'
            complaints.add(
                f"'{text}' cannot be read; a word for each NAME=VALUE, and quotes around a value "
                f'with special characters: "{quoted}"'
            )
    complaints.raise_if_any()
    return parsed


def _check(parsed: Sequence[Override], conf: Conf, many: bool) -> None:
    """What can be said of the overrides before anything is composed."""
    complaints = Complaints()
    known = [*conf.groups, *_read(conf.shipped / f"{CONFIG}.yaml")]
    known.remove("defaults")
    for override in parsed:
        text, key = str(override.input_line), override.key_or_group
        top = key.partition(".")[0]
        if key == "hydra" or override.is_hydra_override():
            _check_hydra(override, complaints)
        elif override.package is not None:
            complaints.add(f"'{text}': '@' is not used here; write {key}=VALUE")
        elif override.is_delete():
            complaints.add(
                f"'{text}': nothing can be taken away; choose the part that does nothing, as hazard=none"
            )
        elif top not in known:
            complaints.add(f"'{text}': there is no {top}{nearest(top, known)}")
        elif override.is_sweep_override() and not many:
            complaints.add(f"'{text}' asks for several runs, as run -m does; for one list write {key}=[…]")
        elif override.is_interval_sweep():
            complaints.add(f"'{text}': an interval is no list of values; write range(start,stop,step)")
        elif key in conf.groups:
            _check_choices(override, conf, complaints)
    complaints.raise_if_any()


def _check_hydra(override: Override, complaints: Complaints) -> None:
    """Of Hydra's own settings only the launcher may be chosen."""
    if override.key_or_group != "hydra/launcher":
        complaints.add(f"'{override.input_line}': of Hydra's own settings only hydra/launcher can be chosen")
    elif override.value() != "basic":
        complaints.add(f"'{override.input_line}': the launcher can only be 'basic' (one run after the other)")


def _check_choices(override: Override, conf: Conf, complaints: Complaints) -> None:
    """Whether each option named exists in the group."""
    group, options = override.key_or_group, conf.options(override.key_or_group)
    if override.is_add() or override.is_force_add():
        complaints.add(f"'{override.input_line}': {group} is there already; write {group}=OPTION")
        return
    for choice in _values(override, conf):
        if choice not in options:
            hint = f"{nearest(choice, options)}; there is: {', '.join(options)}"
            complaints.add(f"no {group} is called '{choice}'{hint}")


def _values(override: Override, conf: Conf) -> list[str]:
    """The options that a group's override names."""
    if override.is_sweep_override():
        return [line.partition("=")[2] for line in _lines(override, conf)]
    value = override.value()
    return ["null" if value is None else str(value)]


def _lines(override: Override, conf: Conf) -> list[str]:
    """The plain overrides that one stands for; a sweep is spelt out as Hydra's basic sweeper does."""
    if not override.is_sweep_override():
        return [str(override.input_line)]
    key = override.get_key_element()
    swept: Any = override.value()
    if isinstance(swept, Glob):
        return [f"{key}={name}" for name in swept.filter(conf.options(override.key_or_group))]
    return [f"{key}={value}" for value in override.sweep_string_iterator()]


def _change(config: DictConfig, override: Override, complaints: Complaints) -> None:
    """Set one value by its dotted name; a name that is not there is a complaint unless it is added with +."""
    key, text = override.key_or_group, str(override.input_line)
    known = _dotted(OmegaConf.to_container(config, resolve=False))
    if override.is_add() and key in known:
        complaints.add(f"'{text}': {key} is there already; write '{text[1:]}'")
    elif key not in known and not (override.is_add() or override.is_force_add()):
        complaints.add(f"'{text}': there is no {key}{_hint(key, known)}")
    else:
        try:
            OmegaConf.update(config, key, override.value(), merge=True, force_add=True)
        except OmegaConfBaseException as error:
            complaints.add(f"'{text}': {_one_line(error)}")


def _key(line: str) -> str:
    return line.partition("=")[0].lstrip("+")


def _read(file: Path) -> dict[str, Any]:
    """The mapping in a YAML file; {} if it is empty."""
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise InputError(f"{file} is not UTF-8; save it as UTF-8") from error
    except yaml.YAMLError as error:
        raise InputError(f"{file} cannot be read: {_one_line(error)}") from error
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
    for name, value in _dotted(OmegaConf.to_container(config, resolve=False)).items():
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
        raise InputError(f"{error.full_key}: {_one_line(error)}") from error
    assert isinstance(plain, dict)
    return {str(key): value for key, value in plain.items()}


def _without_references(text: str) -> str:
    """The text less its plain references, the innermost first."""
    while (shorter := REFERENCE.sub("", text)) != text:
        text = shorter
    return text


def _dotted(value: Any, name: str = "") -> dict[str, Any]:
    """Every value by its dotted name, sections and list items included."""
    found = {name: value} if name else {}
    if isinstance(value, dict):
        for key, item in value.items():
            found |= _dotted(item, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list):
        for at, item in enumerate(value):
            found |= _dotted(item, f"{name}[{at}]")
    return found


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


def _one_line(error: Exception) -> str:
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
