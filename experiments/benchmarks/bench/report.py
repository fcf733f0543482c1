"""A report of several scripts: each writes the part under its own heading and leaves the others'."""

from __future__ import annotations

import re
from pathlib import Path


def write_part(file: Path, text: str) -> None:
    """Put ``text``, which begins with ``# Heading``, in place of the part of that heading, or at the end."""
    heading = text.splitlines()[0]
    old = file.read_text(encoding="utf-8") if file.exists() else ""
    parts = [part for part in re.split(r"^(?=# )", old, flags=re.MULTILINE) if part.strip()]
    new = text.rstrip() + "\n"
    at = next((i for i, part in enumerate(parts) if part.splitlines()[0] == heading), len(parts))
    parts[at : at + 1] = [new]
    file.write_text("\n".join(part.rstrip() + "\n" for part in parts), encoding="utf-8")
