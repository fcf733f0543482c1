"""Parts that are not flightsim's own: given as objects in Python, or registered by an installed package.

A package registers a class under the entry point group ``flightsim.parts``; its name begins with the group of the
configuration, as ``behaviour.patient = "my_rules.patience:Patient"``. Then ``_target_: my_rules.patience.Patient`` may
be written in a configuration. A file from a stranger can name nothing else: no code runs because a file says so.
"""

from __future__ import annotations

import dataclasses
import hashlib
import inspect
import linecache
import sys
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from flightsim.errors import InputError

GROUP = "flightsim.parts"
SOURCE = "_source_"  # in a configuration: the hash of the source of a class that is not flightsim's own
OURS = "flightsim."
GENERATED = "<string>"  # the file of code that stands in none


def registered(group: str | None = None) -> dict[str, Any]:
    """Entry points by what ``_target_`` says for them, of one group of the configuration or of all."""
    return {
        each.value.replace(":", "."): each
        for each in installed()
        if group is None or each.name.partition(".")[0] == group
    }


@cache
def installed() -> tuple[EntryPoint, ...]:
    """What installed packages register, looked up once: it takes milliseconds for every package there is."""
    return tuple(entry_points(group=GROUP))


def is_own(part: Any) -> bool:
    """Whether a part, or a class, was not written here."""
    kind = part if isinstance(part, type) else type(part)
    return not kind.__module__.startswith(OURS)


def is_object(section: Any) -> bool:
    """Whether a section of a configuration is a ready-made part, as only Python can give it."""
    return dataclasses.is_dataclass(section) and not isinstance(section, type)


def trouble_with(part: Any, group: str, options: tuple[type, ...]) -> str | None:
    """What keeps an object from being this group's part: it must answer what each of these kinds answers."""
    if isinstance(part, options):
        return None
    asked = set.intersection(*({n for n in dir(o) if callable(getattr(o, n))} for o in options))
    missing = sorted(n for n in asked if not n.startswith("_") and not callable(getattr(part, n, None)))
    if not missing:
        return None
    kinds = " or ".join(option.__name__ for option in options)
    return f"{group} is a {type(part).__name__} without {', '.join(missing)}; expected what {kinds} has"


def described(part: Any) -> dict[str, Any]:
    """A part as a section of a configuration: its class, its parameters and, if it is not ours, its source's hash.

    InputError if the source of a class that is not ours cannot be read: two runs of other rules could pass for one.
    """
    kind = type(part)
    found = {"_target_": f"{kind.__module__}.{kind.__qualname__}"}
    if is_own(kind):
        found[SOURCE] = _source_hash(kind)
    return found | {each.name: getattr(part, each.name) for each in dataclasses.fields(part)}


def _source_hash(kind: type) -> str:
    digest = hashlib.sha256()
    for each in kind.__mro__:
        if each is object or not is_own(each):
            continue
        source = _source(each)
        if not source:
            raise InputError(
                f"the source of {each.__name__} cannot be read; expected a class in a file, or in a notebook's cell "
                "with a method of its own, since its source is part of a run's fingerprint"
            )
        digest.update(source.encode())
    return digest.hexdigest()[:12]


def _source(kind: type) -> str:
    """The whole file or cell that a class stands in, since a rule may call what stands beside it; blank if unknown."""
    module = sys.modules.get(kind.__module__)
    if module is not None and getattr(module, "__file__", None):
        try:
            return inspect.getsource(module)
        except (OSError, TypeError):
            return ""
    own = [inspect.unwrap(getattr(each, "__func__", each)) for each in vars(kind).values()]
    # what dataclasses write themselves stands in "<string>" or, from Python 3.13 on, in their own module
    ours = [each for each in own if inspect.isfunction(each) and each.__module__ == kind.__module__]
    cells = dict.fromkeys(each.__code__.co_filename for each in ours)
    return "".join(line for cell in cells if cell != GENERATED for line in linecache.getlines(cell))
