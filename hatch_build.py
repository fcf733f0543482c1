"""The build writes down the commit that a wheel is made from, for the provenance of its runs.

A source distribution carries the file, so that a wheel built from it knows the commit, too.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

INSIDE = "flightsim/_commit.txt"  # read by flightsim.results.provenance
IN_SOURCES = "src/" + INSIDE  # where a source distribution has it


class CommitHook(BuildHookInterface):
    """Adds the file to the wheel; the source tree stays as it is. Without git there is none."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Before the wheel is put together."""
        if version == "editable":
            return  # then the checkout is asked itself
        commit = commit_of(Path(self.root))
        if commit and not (Path(self.root) / IN_SOURCES).exists():
            file = Path(tempfile.mkdtemp()) / "commit.txt"
            file.write_text(commit + "\n", encoding="utf-8")
            build_data["force_include"][str(file)] = IN_SOURCES if self.target_name == "sdist" else INSIDE


def commit_of(folder: Path) -> str:
    """The commit checked out in ``folder``, ``+changes`` if edited; blank if it is not the top of a checkout."""
    top, head = _git(folder, "rev-parse", "--show-toplevel"), _git(folder, "rev-parse", "HEAD")
    if not head or not top or Path(top).resolve() != folder.resolve():
        return ""
    return head + ("+changes" if _git(folder, "status", "--porcelain", "--untracked-files=no") else "")


def _git(folder: Path, *words: str) -> str:
    try:
        run = subprocess.run(["git", "-C", str(folder), *words], capture_output=True, text=True, timeout=5)
    except (OSError, subprocess.SubprocessError):
        return ""
    return run.stdout.strip() if run.returncode == 0 else ""
