"""What is wrong with the input: all of it at once, each with the nearest right name."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Sequence


class InputError(Exception):
    """Bad input from the user; ``complaints`` lists every trouble found, a sentence each."""

    def __init__(self, complaints: Iterable[str] | str) -> None:
        self.complaints = [complaints] if isinstance(complaints, str) else list(complaints)
        super().__init__("\n".join(self.complaints))

    def __reduce__(self) -> tuple[type[InputError], tuple[list[str]]]:
        return (InputError, (self.complaints,))  # worker processes hand errors back by pickling


def nearest(name: object, known: Iterable[object], likeness: float = 0.6) -> str:
    """The closest known name as a hint, ``" (did you mean 'x'?)"``, or nothing if none is that alike."""
    name = str(name)[:80]  # matching takes time that grows with the square of the length
    options = [str(k) for k in known]
    by_lower = {option.lower(): option for option in options}
    found = difflib.get_close_matches(name.lower(), by_lower, n=1, cutoff=likeness)
    if not found:
        return ""
    said = by_lower[found[0]]  # a name out of a file may hold what no terminal should be sent
    return (
        f" (did you mean '{said if said.isprintable() else said.encode('unicode_escape').decode('ascii')}'?)"
    )


def no_such_area(name: str, names: Sequence[str], codes: Sequence[str], one: str, many: str) -> str:
    """Why a name is no area's: there is none, or there are several, whose P-codes are given.

    ``names`` and ``codes``: those of the areas, in the same order; ``one`` and ``many``: what the case calls them.
    """
    several = [code for own, code in zip(names, codes, strict=True) if own.casefold() == name.casefold()]
    if several:
        return (
            f"'{name}' is the name of {len(several)} {many}; choose one by its P-code: {', '.join(several)}"
        )
    return f"there is no {one} '{name}'{nearest(name, [*names, *codes])}"


class Complaints:
    """A list of troubles, collected first and raised together; beyond ``at_most`` they are only counted."""

    def __init__(self, at_most: int | None = None) -> None:
        self.texts: list[str] = []
        self.at_most = at_most
        self.n_more = 0

    @property
    def full(self) -> bool:
        """No more texts are kept: no need to look for the nearest right name."""
        return self.at_most is not None and len(self.texts) >= self.at_most

    def add(self, text: str) -> None:
        """Note one trouble."""
        if self.full:
            self.n_more += 1
        else:
            self.texts.append(text)

    def collect(self, checked: Callable[..., object], *arguments: object) -> None:
        """Note the troubles that a check raises, and go on."""
        try:
            checked(*arguments)
        except InputError as error:
            self.texts.extend(error.complaints)

    def raise_if_any(self) -> None:
        """Raise InputError with everything noted so far, if there is anything."""
        if self.texts:
            raise InputError(self.texts + ([f"... and {self.n_more:,} more"] if self.n_more else []))
