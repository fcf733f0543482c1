"""Values of a nested configuration by dotted name, as ``border.policy``: read, laid flat, and changed in a copy."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any


def flat(config: Any, name: str = "") -> dict[str, Any]:
    """Every value that is no section, by its dotted name; an empty section is a value."""
    if not isinstance(config, Mapping) or (name and not config):
        return {name: config}
    found: dict[str, Any] = {}
    for key, value in config.items():
        found |= flat(value, f"{name}.{key}" if name else str(key))
    return found


def get(config: Mapping[str, Any], name: str) -> Any:
    """The value of that name; None if there is none."""
    value: Any = config
    for key in name.split("."):
        if not isinstance(value, Mapping) or key not in value:
            return None
        value = value[key]
    return value


def changed(config: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """A copy with other values, by dotted name; the sections must be there. The one given is left as it is."""
    new = copy.deepcopy(dict(config))
    for name, value in values.items():
        *sections, last = name.split(".")
        inner = new
        for section in sections:
            inner = inner[section]
        inner[last] = value
    return new
