"""What is no longer as it was when a run was made: the version, the code, the files of its case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flightsim import __version__
from flightsim.case.reading import find_case
from flightsim.errors import InputError
from flightsim.results.provenance import code_version, hash_files

NOT_OF_THE_CASE = ("boundaries", "events.add")  # files given beside it


def notes(config: Mapping[str, Any], provenance: Mapping[str, Any]) -> list[str]:
    """A sentence for each thing that is another now than when a run was made; none if all is the same."""
    return list(filter(None, (_code(provenance), _case(config, provenance))))


def of_all(runs: Iterable[tuple[Mapping[str, Any], Mapping[str, Any]]]) -> list[str]:
    """The same of many runs, each configuration with its provenance; runs that were made alike are looked at once."""
    alike = {(str(c.get("case")), str(p.get("code")), str(p.get("inputs"))): (c, p) for c, p in runs}
    return list(dict.fromkeys(said for config, about in alike.values() for said in notes(config, about)))


def _code(provenance: Mapping[str, Any]) -> str:
    version, code = str(provenance["flightsim"]), provenance.get("code")
    if version != __version__:
        return f"Made by flightsim {version}; this is {__version__}; figures may differ."
    if code not in (None, code_version()):
        return f"Made by another state of the code ({code}; this is {code_version()}); figures may differ."
    return ""


def _case(config: Mapping[str, Any], provenance: Mapping[str, Any]) -> str:
    written = {n: d for n, d in (provenance.get("inputs") or {}).items() if n not in NOT_OF_THE_CASE}
    try:
        now = hash_files(find_case(str(config.get("case", ""))), written)
    except (InputError, OSError):  # it is gone: whoever needs it says so
        return ""
    changed = [
        name if name in now else f"{name} (gone)" for name in written if now.get(name) != written[name]
    ]
    if not changed:
        return ""
    return f"The case was changed since the runs were made: {', '.join(changed)}; maps and care may not fit."
