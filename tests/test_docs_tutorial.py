"""The tutorial is typed as it stands, in an empty folder with its files: every command prints what the page shows."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # whole commands

DOCS = Path(__file__).resolve().parents[1] / "docs"
STEP = re.compile(r"```yaml\n(?P<manifest>.*?)```|```csv\n(?P<crossings>.*?)```|"
                  r"```bash\n(?P<commands>.*?)```\n\n```text\n(?P<said>.*?)```", re.DOTALL)  # fmt: skip


def test_every_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for file in (DOCS / "tutorial").iterdir():
        shutil.copy(file, tmp_path)
    steps = list(STEP.finditer((DOCS / "tutorial.md").read_text(encoding="utf-8")))
    assert len(steps) == 8
    for step in steps:
        if step["manifest"]:
            (tmp_path / "velmora" / "manifest.yaml").write_text(step["manifest"], encoding="utf-8")
        elif step["crossings"]:
            (tmp_path / "velmora" / "crossings.csv").write_text(step["crossings"], encoding="utf-8")
        else:
            said = "".join(typed(line, tmp_path) for line in step["commands"].splitlines())
            assert _without_times(said.replace(str(tmp_path), "...")) == _without_times(step["said"])
    [runs] = (tmp_path / "results" / "velmora").iterdir()
    for command in ("validate", "needs", "brief"):
        typed(f"flightsim {command} {runs}", tmp_path)
    page = (runs / "brief.html").read_text(encoding="utf-8")
    assert "Velmora" in page
    assert "sub-district" not in page


def typed(line: str, folder: Path) -> str:
    """What a command prints that is typed in a folder."""
    program, *words = shlex.split(line)
    assert program == "flightsim"
    done = subprocess.run(
        [sys.executable, "-m", "flightsim", *words], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{line}: {done.stderr}"
    return done.stdout


def _without_times(text: str) -> str:
    """The same without the moment a sweep was made, which stands in its folder's name."""
    return re.sub(r"\d{4}-\d{2}-\d{2}_\d{6}", "NOW", text).strip()
