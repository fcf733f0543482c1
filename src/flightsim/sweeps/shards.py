"""One part of a sweep's runs, for one of many machines that do not know of each other."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from flightsim.errors import InputError


@dataclass(frozen=True)
class Shard:
    """Every ``of``-th run, beginning with run ``number`` (from 1), counted replicate by replicate."""

    number: int
    of: int

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    @property
    def folder(self) -> str:
        """The name of its own folder, below the sweep's."""
        return f"{self.number:0{len(str(self.of))}}-of-{self.of}"

    def has(self, run: int) -> bool:
        """Whether the run with this number (from 0) is its own; more replicates later change nothing in that."""
        return run % self.of == self.number - 1


def understood(value: Any) -> Shard | None:
    """The shard that ``3/100`` says; None of null. InputError otherwise."""
    if value is None:
        return None
    found = re.fullmatch(r"(\d{1,7})/(\d{1,7})", str(value))
    if not found or not 1 <= int(found[1]) <= int(found[2]):
        raise InputError(
            f"shard is {value!r}; expected a part such as 3/100, from 1/100 to 100/100, or null for all runs"
        )
    return Shard(int(found[1]), int(found[2]))
