"""The texts, numbers and dates of one language, from one file; another language is another file."""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from flightsim import words
from flightsim.case.text_files import read_yaml
from flightsim.errors import Complaints, InputError, nearest
from flightsim.needs.people import quantiles
from flightsim.world import AREA, Floats, Noun

FOLDER = Path(__file__).parent / "texts"
FIRST = "en"
HEAD = ("code", "name", "direction", "plural", "thousands", "decimal", "digits", "months", "months_short")
AREAS = "areas"  # may be left out: then the case's own word is used
AREA_WORDS = ("a", "the", "counted")
AREA_FIELDS = {"area", "the_area"}
RIGHT_TO_LEFT = ("ar", "ckb", "fa", "he", "ps", "ur")
SMALL = 100  # below it a count is not told; as in words.about
WESTERN = "0123456789"
FEW = range(3, 11)  # of Arabic plurals, as MANY
MANY = range(11, 100)


def _arabic(n: int) -> str:
    small = {0: "zero", 1: "one", 2: "two"}.get(n)
    return small or ("few" if n % 100 in FEW else "many" if n % 100 in MANY else "other")


PLURALS: dict[str, Callable[[int], str]] = {
    "none": lambda _: "other",
    "one": lambda n: "one" if n == 1 else "other",
    "arabic": _arabic,
}
"""Rules by which a language chooses a form for a number of things; a form that is not given is ``other``."""


@dataclass(frozen=True)
class Language:
    """One language: call it with the name of a text and what goes into it."""

    code: str
    name: str
    direction: str  # ltr | rtl
    plural: str
    thousands: str
    decimal: str
    digits: str
    months: tuple[str, ...]
    months_short: tuple[str, ...]
    texts: Mapping[str, Any]
    areas: Mapping[str, Any] = field(default_factory=dict)  # words for areas, by the case's English word
    noun: Noun = AREA  # what the case calls its areas, in English

    def of_areas(self, noun: Noun) -> Language:
        """The same language, for a case that calls its areas so."""
        return replace(self, noun=noun)

    def __call__(self, key: str, n: int | None = None, /, **inside: Any) -> str:
        """The text of that name; ``n`` chooses among its plural forms and stands in it as {n}."""
        text = self._form(self.texts[key], n)
        if n is not None:
            inside["n"] = self.whole(n)
        own = self._area_words()
        return str(text).format(**{"area": own["a"], "the_area": own["the"], **inside})

    def counted_areas(self, n: int) -> str:
        """So many areas, in the word that the case or the language has for them: 3 communes."""
        own = self._area_words()
        return str(self._form(own["counted"], n)).format(n=self.whole(n), area=own["a"])

    def _form(self, text: Any, n: int | None) -> Any:
        """Of several forms that for so many."""
        if not isinstance(text, Mapping):
            return text
        return text.get(PLURALS[self.plural](n if n is not None else 0), text["other"])

    def _area_words(self) -> Mapping[str, Any]:
        """This language's words for the case's areas; the case's own if it has none."""
        one, many = self.noun.one, self.noun.many
        own = {"a": one, "the": one, "counted": {"one": "{n} " + one, "other": "{n} " + many}}
        found: Mapping[str, Any] = self.areas.get(one, self.areas.get("other", own))
        return found

    def reads(self, code: str) -> bool:
        """Whether readers of this language read names of that one: the same, or both written from right to left."""
        return code == self.code or (self.direction == "rtl" and code in RIGHT_TO_LEFT)

    def has(self, key: str) -> bool:
        """Whether there is such a text."""
        return key in self.texts

    def whole(self, value: float, digits: int = 0) -> str:
        """A number as it is, with so many decimals at most."""
        text = f"{value:,.{digits}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
        marks = {",": self.thousands, ".": self.decimal, **dict(zip(WESTERN, self.digits, strict=True))}
        return "".join(marks.get(letter, letter) for letter in text)

    def about(self, value: float) -> str:
        """Two significant figures: 280,000; 1.1 million; fewer than 100; none."""
        rounded = abs(words.headline(value))
        if rounded == 0:
            return self("none")
        if rounded < SMALL:
            return self("fewer_than_100")
        return self.amount(rounded)

    def amount(self, value: float) -> str:
        """Two significant figures of anything that is not people: small amounts are shown."""
        rounded = words.headline(value)
        for size, name in ((1e9, "billion"), (1e6, "million")):
            if abs(rounded) >= size:
                return self(name, number=self.whole(rounded / size, 1))
        return self.whole(rounded, 0 if abs(rounded) >= 10 else 1)

    def short(self, value: float, most: float) -> str:
        """A tick of an axis."""
        if most >= 1e6 and value:
            return self("million_short", number=self.whole(value / 1e6, 2))
        return self.whole(value)

    def spread(self, values: Floats, told: Callable[[float], str] | None = None) -> str:
        """The median over some runs, and in brackets the range if two figures can tell it from that."""
        tell = told or self.about
        middle, low, high = (tell(float(v)) for v in quantiles(np.asarray(values, float)))
        return middle if low == high else self("range", middle=middle, low=low, high=high)

    def share(self, part: float) -> str:
        """A share as a natural frequency: 4 in 10."""
        tenths = round(10 * part)
        if 0 < tenths < 10:
            return self("in_ten", number=self.whole(tenths))
        return self("nearly_none" if tenths == 0 else "nearly_all")

    def day(self, when: Any) -> str:
        """A date without its year."""
        d = _date(when)
        return self("day", day=self.whole(d.day), month=self.months[d.month - 1])

    def day_year(self, when: Any) -> str:
        """A date with its year."""
        d = _date(when)
        year = self.whole(d.year).replace(self.thousands, "")
        return self("day_year", day=self.whole(d.day), month=self.months[d.month - 1], year=year)

    def day_short(self, when: Any) -> str:
        """A date on an axis or in a table."""
        d = _date(when)
        return self("day", day=self.whole(d.day), month=self.months_short[d.month - 1])

    def listing(self, items: list[str]) -> str:
        """Items one after the other."""
        return self("comma").join(items)


def read(name: str) -> Language:
    """A shipped language by its code, or a file of one's own; InputError says all that is wrong with it."""
    path = Path(name) if name.endswith((".yaml", ".yml")) else FOLDER / f"{name}.yaml"
    if path.parent == FOLDER and not path.is_file():
        known = shipped()
        raise InputError(
            f"there is no language '{name}'{nearest(name, known)}; there are {', '.join(known)}, "
            "or the path of a file (.yaml) of your own"
        )
    content = _content(path)
    english = _content(FOLDER / f"{FIRST}.yaml")
    complaints = Complaints(at_most=20)
    _check(content, english, path, complaints)
    complaints.raise_if_any()
    head = {key: content[key] for key in HEAD}
    head |= {key: tuple(map(str, content[key])) for key in ("months", "months_short")}
    return Language(**head, texts=content["texts"], areas=content.get(AREAS) or {})


def shipped() -> list[str]:
    """Codes of the languages that come with flightsim, English first."""
    return sorted((path.stem for path in FOLDER.glob("*.yaml")), key=lambda code: (code != FIRST, code))


def _content(path: Path) -> dict[str, Any]:
    content = read_yaml(path)
    if not isinstance(content, dict) or not isinstance(content.get("texts"), dict):
        raise InputError(f"{path} is no language: expected {', '.join(HEAD)} and texts")
    return content


def _check(content: dict[str, Any], english: dict[str, Any], path: Path, complaints: Complaints) -> None:
    for key in HEAD:
        if key not in content:
            complaints.add(f"{path}: {key} is missing")
    allowed = {"direction": ("ltr", "rtl"), "plural": tuple(PLURALS)}
    for key, values in allowed.items():
        if key in content and content[key] not in values:
            complaints.add(f"{path}: {key} is {content[key]!r}; expected one of {', '.join(values)}")
    for key in ("months", "months_short"):
        if not isinstance(content.get(key, []), list) or len(content.get(key, [""] * 12)) != 12:
            complaints.add(f"{path}: {key} is not a list of 12 names")
    if len(str(content.get("digits", WESTERN))) != len(WESTERN):
        complaints.add(f"{path}: digits is {content['digits']!r}; expected ten letters such as '{WESTERN}'")
    _check_areas(content.get(AREAS) or {}, path, complaints)
    mine, theirs = content["texts"], english["texts"]
    for key in theirs:
        if key not in mine:
            complaints.add(f"{path}: the text {key} is missing; in English “{theirs[key]}”")
    for key, text in mine.items():
        if key not in theirs:
            complaints.add(f"{path}: {key} is no text of a brief{nearest(str(key), theirs)}")
            continue
        _check_text(str(key), text, theirs[key], path, complaints)


def _check_areas(areas: Any, path: Path, complaints: Complaints) -> None:
    """Each word for areas has its forms, and its count says what goes into it."""
    if not isinstance(areas, dict):
        complaints.add(
            f"{path}: {AREAS} is {areas!r}; expected words for areas, each with {', '.join(AREA_WORDS)}"
        )
        return
    for word, forms in areas.items():
        if not isinstance(forms, dict) or set(forms) != set(AREA_WORDS):
            complaints.add(f"{path}: {AREAS}, {word}: expected {', '.join(AREA_WORDS)}")
            continue
        _check_text(f"{AREAS}, {word}", forms["counted"], "{n}", path, complaints)


def _check_text(key: str, text: Any, english: Any, path: Path, complaints: Complaints) -> None:
    """The same things go into a text as into the English one, and plural forms have a last one."""
    if isinstance(text, dict) and "other" not in text:
        complaints.add(f"{path}: {key} has no form 'other'")
    known = AREA_FIELDS.union(*map(_fields, _forms(english)))
    for form in _forms(text):
        try:
            strange = _fields(form) - known
        except ValueError as problem:
            complaints.add(f"{path}: {key}: {problem}")
            continue
        if strange:
            complaints.add(f"{path}: {key} has {{{', '.join(sorted(strange))}}}, which nothing goes into")


def _forms(text: Any) -> list[str]:
    return [str(form) for form in text.values()] if isinstance(text, dict) else [str(text)]


def _fields(text: str) -> set[str]:
    """Names in braces; ValueError for other things in braces, which could reach into the program."""
    found = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    if bad := [name for name in found if not name.isidentifier()]:
        raise ValueError(f"{{{bad[0]}}} is not a plain name")
    return found


def _date(when: Any) -> date:
    return date.fromisoformat(str(when)[:10])
