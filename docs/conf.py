"""How Sphinx makes a site of these pages: `make site`. Nothing is fetched, and a warning is an error."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import flightsim

project, author, copyright = "flightsim", "The flightsim contributors", "The flightsim contributors"
version = release = flightsim.__version__
extensions = ["myst_parser", "sphinx.ext.autodoc"]
root_doc = "README"
html_theme = "alabaster"
html_theme_options = {
    "description": "Who flees, when, by which road, where to, and what they find there",
    "page_width": "1080px",
    "sidebar_width": "240px",
}
html_copy_source = False
exclude_patterns = ["build"]
myst_heading_anchors = 4
default_role = "code"
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_default_options = {"members": True, "show-inheritance": True}
maximum_signature_line_length = 88
suppress_warnings = ["misc.highlighting_failure"]  # a session with `...` in it is no Python

HERE = Path(__file__).parent
CONTENTS = """

```{{toctree}}
:hidden:
:caption: {caption}

{pages}
```
"""


def _site_links(app: Any, docname: str, source: list[str]) -> None:
    """Links out of docs/ name the file instead; folders lead to the first page; the index gets its contents."""
    text = source[0]
    folder = (HERE / docname).parent

    def link(found: re.Match[str]) -> str:
        words, target = found.groups()
        path = (folder / target.partition("#")[0]).resolve()
        if re.match(r"[a-z]+:|#", target) or (path.is_relative_to(HERE) and path.is_file()):
            return found.group()
        if path.is_relative_to(HERE):  # a folder of pages
            return f"[{words}]({target.rstrip('/')}/{min(page.name for page in path.glob('*.md'))})"
        name = path.relative_to(HERE.parent).as_posix() if path.is_relative_to(HERE.parent) else target
        return f"{words} (`{name}`)" if name not in words else words

    text = re.sub(r"(?<!!)\[([^\]]+)\]\(([^)\s]+)\)", link, text)
    if docname == root_doc:
        listed = list(dict.fromkeys(re.findall(r"\]\((\w+)\.md\)", text)))
        decisions = sorted(f"decisions/{page.stem}" for page in (HERE / "decisions").glob("*.md"))
        for caption, pages in (("Pages", [*listed, "api"]), ("Decisions", decisions)):
            text += CONTENTS.format(caption=caption, pages="\n".join(pages))
    source[0] = text


def _plain(app: Any, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Docstrings are plain text with `code`: aligned lists stay as they are, other signs mean nothing."""
    found: list[str] = []
    for paragraph in re.split(r"\n\s*\n", "\n".join(lines).strip("\n")):
        rows = paragraph.split("\n")
        if any(re.search(r"^\s|\S {2,}\S", row) for row in rows):
            found += ["::", "", *(f"    {row}" for row in rows), ""]
        else:
            found += [*re.sub(r"(``.+?``|`[^`]+`)|([*_|\\])", _escaped, paragraph).split("\n"), ""]
    lines[:] = found


def _escaped(found: re.Match[str]) -> str:
    return found.group(1) or f"\\{found.group(2)}"


def _front_page(app: Any, exception: Exception | None) -> None:
    """The index of the pages is what one sees first."""
    if exception is None:
        shutil.copy(Path(app.outdir) / f"{root_doc}.html", Path(app.outdir) / "index.html")


def setup(app: Any) -> None:
    """Sphinx calls this."""
    app.connect("source-read", _site_links)
    app.connect("autodoc-process-docstring", _plain)
    app.connect("build-finished", _front_page)
