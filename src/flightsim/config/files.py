"""The configuration files in reach, and Hydra's way to put them together.

They come from strangers, so reading them runs nothing and reads nothing but YAML: no ``hydra:`` section, no
resolver in an interpolation, no ``_target_`` outside flightsim.
"""

from __future__ import annotations

import codecs
import copy
import re
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from hydra import compose as hydra_compose
from hydra import initialize_config_dir
from hydra.core.config_loader import ConfigLoader
from hydra.core.global_hydra import GlobalHydra
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import MissingMandatoryValue, OmegaConfBaseException

from flightsim.case.text_files import MAX_YAML_BYTES, content, read_yaml
from flightsim.config.overrides import LAUNCHER, change, dotted, gist, key_of, parsed
from flightsim.config.own_parts import registered
from flightsim.config.yaml_files import read_fast
from flightsim.errors import Complaints, InputError, nearest
from flightsim.files.atomic import FORBIDDEN
from flightsim.files.old_names import renewed_parts

CONFIG = "config"
EXPERIMENT = "experiment"
TARGET = re.compile(r"flightsim(\.[a-z][a-z_0-9]*){1,4}\.[A-Z]\w*")
REFERENCE = re.compile(r"\$\{[A-Za-z0-9_.\[\]]*\}")  # ${a.b}: another value of the same configuration


def conf_folder() -> Path:
    """Where the shipped configurations are: beside the installed package, or at the top of a checkout."""
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "conf", package.parent.parent / "conf"):
        if (folder / f"{CONFIG}.yaml").is_file():
            return folder
    raise InputError(f"flightsim is not installed whole: there is no conf folder beside {package}")


def experiments() -> dict[str, Path]:
    """The shipped experiments: name and file."""
    folder = conf_folder() / EXPERIMENT
    return {str(path.relative_to(folder).with_suffix("")): path for path in sorted(folder.rglob("*.yaml"))}


@contextmanager
def opened(config_dir: Path | None) -> Iterator[Conf]:
    """Hydra's loader over the shipped configurations and the user's own folder."""
    shipped = conf_folder()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="The version_base")  # Hydra 1.3 wants it, 1.4 deprecates it
        hydra = initialize_config_dir(config_dir=str(shipped), job_name="flightsim", version_base="1.3")
    with hydra, read_fast():
        loader = GlobalHydra.instance().config_loader()
        names = [name for name in loader.list_groups("") if name != "hydra"]
        if config_dir is not None:
            _check_folder(config_dir, names)
            config_dir = config_dir.resolve()
        groups = {name: _options(name, shipped, config_dir) for name in names}
        settings = [name for name in _read(shipped / f"{CONFIG}.yaml") if name != "defaults"]
        launchers = sorted(loader.get_group_options(LAUNCHER))
        composed = _composed_before(shipped) if config_dir is None else {}
        with _without_marks(config_dir) as searched:
            yield Conf(loader, groups, settings, shipped, config_dir, launchers, composed, searched)


@contextmanager
def _without_marks(config_dir: Path | None) -> Iterator[Path | None]:
    """The folder, or a copy of its files less the byte order marks that some editors write and Hydra stumbles on."""
    files = [] if config_dir is None else sorted(config_dir.rglob("*.yaml"))
    if config_dir is None or not any(_is_marked(file) for file in files):
        yield config_dir
        return
    with tempfile.TemporaryDirectory(prefix="flightsim-") as copied:
        for file in files:
            if file.is_file():
                copy_of = Path(copied) / file.relative_to(config_dir)
                copy_of.parent.mkdir(parents=True, exist_ok=True)
                copy_of.write_bytes(content(file, MAX_YAML_BYTES).removeprefix(codecs.BOM_UTF8))
        yield Path(copied)


def _is_marked(file: Path) -> bool:
    """Whether a file begins with a byte order mark; what cannot be read is complained of where it is asked for."""
    if not file.is_file():
        return False
    with suppress(OSError), file.open("rb") as opened_file:
        return opened_file.read(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8
    return False


@cache
def _composed_before(shipped: Path) -> dict[tuple[str, ...], DictConfig]:
    """What Hydra made of the shipped files alone, which stay while a process runs: a third of a second each."""
    return {}


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
    composed: dict[tuple[str, ...], DictConfig]  # by choice of options
    searched: Path | None = None  # where Hydra finds the user's own files

    @property
    def search(self) -> list[str]:
        """The override that tells Hydra of the user's own folder."""
        if self.searched is None:
            return []
        quoted = str(self.searched).replace("\\", "\\\\").replace("'", "\\'")
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
        plain = renewed_parts(_plain(config))
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
                if not isinstance(content.get("scenarios") or {}, dict):
                    complaints.add(
                        f"{file}: scenarios is no mapping; expected NAME: [NAME=VALUE, …] for each"
                    )
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
    content = read_yaml(file, text_keys=True)
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise InputError(f"{file}: expected lines of NAME: VALUE")
    return {str(key): value for key, value in content.items()}


def _check_raw(file: Path, content: dict[str, Any], complaints: Complaints) -> None:
    """No part of a file may speak to Hydra itself, where a callback or a launcher could run anything.

    Names of scenarios are texts.
    """
    if any(key.split(".")[0] == "hydra" for key in content):
        complaints.add(f"{file}: a 'hydra' section is refused")
    named = content.get("scenarios")
    for name in named if isinstance(named, dict) else ():
        if not isinstance(name, str):
            complaints.add(
                f"{file}: scenarios has the name {name!r}, which is no text: YAML makes another thing of NO, null, "
                "01 or 1.10; put quotes around it"
            )
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
        if last == "_target_" and not (
            isinstance(value, str) and (TARGET.fullmatch(value) or value in registered())
        ):
            complaints.add(
                f"{name} is {value!r}; expected a part of flightsim, as flightsim.model.parts.hazard.NoHazard"
            )
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
