"""The one way in which a text file from outside is read: an ordinary file of a size that can be, UTF-8, no NUL.

YAML is walked before anything is built of it, so that a few lines cannot stand for a billion values, nor a nest of
brackets end the process, nor a key that stands there twice win in silence.
"""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from flightsim.errors import InputError

MAX_FILE_BYTES = 100_000_000  # assumption: a case of the size of Syria stays far below
MAX_YAML_BYTES = 10_000_000  # assumption: settings are written by hand; a sweep of 10,000 scenarios has 2 MB
MAX_DEPTH = 50  # lists and keys inside each other; ours have 6
MAX_VALUES = 1_000_000  # with every alias written out
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times faster, where it is built in
NUMBER = re.compile(r"[-+]?(\d[\d_]*)?\.?\d[\d_]*([eE][-+]?\d+)?")
_NO_WAIT = getattr(os, "O_NONBLOCK", 0) | getattr(
    os, "O_NOCTTY", 0
)  # a pipe would wait for who writes into it


class Unreadable(InputError):
    """Why a file cannot be read: words that follow its name, ``"is not an ordinary file"``."""

    @property
    def why(self) -> str:
        """The words alone."""
        return self.complaints[0]


@contextmanager
def named(path: str | Path) -> Iterator[None]:
    """Put a file's name before the words of an Unreadable."""
    try:
        yield
    except Unreadable as problem:
        raise InputError(f"{path} {problem.why}") from None


def content(path: str | Path, at_most: int = MAX_FILE_BYTES, *, blank: bool = True) -> bytes:
    """What a file holds. Unreadable for a folder, pipe or device, what is too large, and with ``blank`` False empty."""
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | _NO_WAIT | getattr(os, "O_BINARY", 0)), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise Unreadable("is not an ordinary file")
            size = os.fstat(file.fileno()).st_size
            raw = (
                file.read(at_most + 1) if size <= at_most else b""
            )  # it may grow, or not say how large it is
    except IsADirectoryError:
        raise Unreadable("is not an ordinary file") from None
    except (OSError, ValueError) as problem:  # ValueError: a NUL in its name
        raise Unreadable(f"cannot be read: {getattr(problem, 'strerror', None) or problem}") from None
    if max(size, len(raw)) > at_most:
        size = max(size, len(raw))
        raise Unreadable(f"is too large: {size / 1e6:,.0f} MB; expected at most {at_most / 1e6:,.0f} MB")
    if not raw and not blank:
        raise Unreadable("is an empty file")
    return raw


def decoded(raw: bytes) -> str:
    """The text of bytes in UTF-8, with or without a byte order mark; Unreadable otherwise, or with a NUL in it."""
    try:
        found = raw.decode("utf-8").lstrip("\ufeff")  # some tools put two
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise Unreadable(
            f"line {line} is not UTF-8 (byte 0x{raw[error.start]:02x}); save it as UTF-8"
        ) from None
    if "\0" in found:
        line = found.count("\n", 0, found.index("\0")) + 1
        raise Unreadable(f"line {line} holds a NUL character; expected plain text")
    return found


def read_text(path: str | Path, what: str = "") -> str:
    """The text of a file; InputError that names it, and ``what`` it is for, if it cannot be read."""
    with named(f"{what}{path}"):
        return decoded(content(path))


def read_json(path: str | Path) -> Any:
    """What a JSON file holds; InputError that names it if it cannot be read."""
    with named(path):
        try:
            return json.loads(decoded(content(path)))
        except (ValueError, RecursionError) as problem:  # a JSONDecodeError is a ValueError
            why = "it is nested too deeply" if isinstance(problem, RecursionError) else str(problem)
            raise Unreadable(f"cannot be read as JSON: {why}") from None


def read_yaml(path: str | Path, what: str = "", *, text_keys: bool = False) -> Any:
    """What a YAML file holds (``from_yaml``); InputError with its name, and ``what`` it is, if it cannot be read."""
    with named(f"{what}{path}"):
        return from_yaml(decoded(content(path, MAX_YAML_BYTES)), text_keys=text_keys)


def from_yaml(text: str, *, text_keys: bool = False, loader: Any = LOADER) -> Any:
    """What a YAML text holds, None if nothing; Unreadable if it cannot be, or goes beyond what settings need.

    ``text_keys``: refuse keys that YAML makes another thing of than the text that was written, as NO, 01 or 1.10.
    """
    if len(text) > MAX_YAML_BYTES:
        raise Unreadable(
            f"is too large: {len(text) / 1e6:,.0f} MB; expected at most {MAX_YAML_BYTES / 1e6:,.0f} MB"
        )
    try:
        check_yaml(text, text_keys=text_keys, loader=loader)
        return yaml.load(text, loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}, column {mark.column + 1} " if mark else ""
        what = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise Unreadable(f"{where}cannot be read as YAML: {what}") from None
    except (RecursionError, ValueError, TypeError) as problem:  # a date that is none, a key that is a list
        raise Unreadable(f"cannot be read as YAML: {str(problem).splitlines()[0]}") from None


@dataclass
class _Node:
    """A list or a set of keys that is being walked."""

    anchor: str | None = None
    keys: set[str] | None = None  # of a set of keys: those seen
    at_key: bool = False
    n_values: int = 1  # with every alias written out
    line: int = 0


@dataclass
class _Walk:
    """What has been seen of a YAML text."""

    text_keys: bool
    resolver: Any
    sizes: dict[str, int] = field(default_factory=dict)  # of what an anchor stands for
    open: list[_Node] = field(default_factory=list)

    def add(self, n_values: int, line: int) -> None:
        """A value below whatever is open."""
        if not self.open:
            return
        above = self.open[-1]
        above.n_values += n_values
        above.at_key = above.keys is not None and not above.at_key
        if above.n_values > MAX_VALUES:
            raise Unreadable(f"line {line} stands for more than {MAX_VALUES:,} values; expected settings")

    def scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        above = self.open[-1] if self.open else None
        if above is not None and above.keys is not None and above.at_key:
            if event.value in above.keys and event.value != "<<":
                raise Unreadable(f"line {line}: {event.value[:40]!r} is there twice")
            above.keys.add(event.value)
            if self.text_keys and event.tag is None:
                self._check_key(event, line)
        if event.anchor:
            self.sizes[event.anchor] = 1
        self.add(1, line)

    def _check_key(self, event: yaml.ScalarEvent, line: int) -> None:
        tag = self.resolver.resolve(yaml.ScalarNode, event.value, event.implicit).rpartition(":")[2]
        if event.implicit[0] and NUMBER.fullmatch(event.value):  # 1e3 too, which is one of YAML 1.2
            tag = "number"
        if tag not in ("str", "merge"):
            raise Unreadable(
                f"line {line}: the name {event.value[:40]} is no text: YAML makes another thing of it ({tag}), as of "
                f"NO, null, 01 and 1.10; put quotes around it: '{event.value[:40]}'"
            )


def check_yaml(text: str, *, text_keys: bool = False, loader: Any = LOADER) -> None:
    """Unreadable if a YAML text is nested too deeply, repeats a key, or stands for more values than settings have."""
    walk = _Walk(text_keys, yaml.SafeLoader(""))
    for event in yaml.parse(text, loader):
        assert event.start_mark is not None
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in walk.sizes:
                inside = event.anchor in (node.anchor for node in walk.open)
                why = "stands inside itself" if inside else "stands for nothing that was named before"
                raise Unreadable(f"line {line} cannot be read as YAML: *{event.anchor} {why}")
            walk.add(walk.sizes[event.anchor], line)
        elif isinstance(event, yaml.ScalarEvent):
            walk.scalar(event, line)
        elif isinstance(event, yaml.CollectionStartEvent):
            if len(walk.open) >= MAX_DEPTH:
                raise Unreadable(f"line {line} is nested too deeply; expected at most {MAX_DEPTH} levels")
            is_keys = isinstance(event, yaml.MappingStartEvent)
            walk.open.append(_Node(event.anchor, set() if is_keys else None, is_keys, line=line))
        elif isinstance(event, yaml.CollectionEndEvent):
            node = walk.open.pop()
            if node.anchor:
                walk.sizes[node.anchor] = node.n_values
            walk.add(node.n_values, node.line)
