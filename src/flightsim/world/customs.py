"""What a country calls its areas, and its money."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Noun:
    """What a thing is called, of one and of many: ``Noun("commune", "communes")``."""

    one: str
    many: str

    @classmethod
    def of(cls, one: str) -> Noun:
        """With the plural of an English word: ``county`` makes counties, ``parish`` parishes."""
        if one.endswith("y") and one[-2:-1] not in "aeiou":
            return cls(one, f"{one[:-1]}ies")
        return cls(one, f"{one}es" if one.endswith(("s", "x", "ch", "sh")) else f"{one}s")

    def counted(self, n: int) -> str:
        """``"1 commune"``, ``"1,200 communes"``."""
        return f"{n:,} {self.one if n == 1 else self.many}"


@dataclass(frozen=True)
class Currency:
    """The money of a country: its code, and how much of it one US dollar is."""

    code: str
    per_usd: float
