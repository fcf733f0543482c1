"""The text of a table whose encoding nobody gives: by its byte order mark, by what can be read, by its letters."""

from __future__ import annotations

import codecs

from flightsim.case.text_files import Unreadable

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
ARABIC, WESTERN = "cp1256", "cp1252"
HIGH = 0x80  # bytes from here on are letters beyond ASCII
SAMPLE_BYTES = 4_000


def text_of(raw: bytes) -> tuple[str, str]:
    """The text, and how it was encoded. Unreadable if no encoding known here fits."""
    name = next((name for mark, name in MARKS if raw.startswith(mark)), "") or _without_mark(raw)
    try:
        text = raw.decode(name).lstrip("\ufeff")  # some tools put two marks
    except UnicodeDecodeError as problem:
        raise Unreadable(
            f"begins as {name}, but byte {problem.start:,} is not; save it as CSV UTF-8"
        ) from None
    if "\0" in text:
        raise Unreadable("holds NUL characters, so it is no table as text; save it as CSV UTF-8")
    return text, name


def is_guess(encoding: str) -> bool:
    """Whether the encoding was found by its letters only, so that somebody should look at the names."""
    return encoding in (ARABIC, WESTERN)


def _without_mark(raw: bytes) -> str:
    sample = raw[:SAMPLE_BYTES]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) > len(sample) / 8:  # in UTF-16 every second byte of separators and digits is zero
        return "utf-16-le" if odd > even else "utf-16-be"
    try:
        raw.decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError:
        return ARABIC if _in_words(raw) else WESTERN


def _in_words(raw: bytes) -> bool:
    """Whether most bytes beyond ASCII stand beside each other: words of a script of its own, not accents."""
    high = [byte >= HIGH for byte in raw]
    beside = sum(
        here and (before or after)
        for before, here, after in zip([False, *high[:-1]], high, [*high[1:], False], strict=True)
    )
    try:
        raw.decode(WESTERN)
    except UnicodeDecodeError:
        return True
    return beside > sum(high) / 2
