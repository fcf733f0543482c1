"""The docs build as a site, without network and without a warning."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("sphinx", reason="the site needs the extra docs")
pytest.importorskip("myst_parser", reason="the site needs the extra docs")
ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.slow
def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    site = tmp_path / "site"
    words = [
        "-q",
        "-W",
        "--keep-going",
        "-b",
        "html",
        "-d",
        str(tmp_path / "trees"),
        str(ROOT / "docs"),
        str(site),
    ]
    built = subprocess.run(
        [sys.executable, "-m", "sphinx", *words], capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stderr
    pages = {
        page.relative_to(site).with_suffix("").as_posix(): page.read_text("utf-8")
        for page in site.rglob("*.html")
    }
    written = [
        page.relative_to(ROOT / "docs").with_suffix("").as_posix() for page in (ROOT / "docs").rglob("*.md")
    ]
    assert not set(written) - set(pages)
    assert "gather_pressure" in pages["api"], "docstrings are there"
    loaded = re.compile(r"<(?:script|img|link|iframe)[^>]+(?:src|href)=\"(?:https?:)?//")
    assert not [name for name, text in pages.items() if loaded.search(text)], (
        "a page asks the network for something"
    )
