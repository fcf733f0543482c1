"""Words that readers stumbled over, and that must not come back: in messages, comments, configuration and pages.

Names in code are free; what is written in strings and comments is not.
"""

import io
import re
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
BETTER = {  # what is left behind, and what to write instead
    r"\benem(y|ies)\b": "a side hostile to those who flee, controlled by, hostile ground",
    r"\blucks?\b": "random seed, random numbers, draw; chance, where runs differ by nothing else",
    r"\b(is|are|was|were) told\b": "is reported, is shown, is given; kept apart, where two things are told apart",
    r"\bnought\b": "zero",
    r"\bdifferent (life|lives)\b": "leave at another time, go elsewhere, or find other shelter",
    r"\blived in\b": "inhabited; no people are modelled there",
    r"\bits CRPS is its absolute error": "one run gives no range",
    r"\bstands? otherwise\b": "with another setting",
    r"\btry it otherwise\b": "change settings",
    r"\btells it from\b": "named after the values that differ",
    r"\bof 24 hours\)": "at night (17:00-06:00)",
    r"\bas air strikes\b": "in air-strike equivalents",
    r"\blong and dull\b": "one row per time, area and group",
    r"\brefused by name\b": "the command stops and names the edited table",
    r"\btypos?\b": "typing error",
    r"\bgather the intent\b": "pressure builds until they leave",
}
QUOTED = re.compile(r"^\w*(\"\"\"|'''|\"|')(.*)\1$", re.DOTALL)


def written(file: Path) -> str:
    """What a file says to a reader, in one line: for Python its strings and comments, else all but hidden comments."""
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".py":
        said = []
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                said.append(token.string.lstrip("# "))
            elif token.type == tokenize.STRING:
                said.append(match[2] if (match := QUOTED.match(token.string)) else token.string)
            elif tokenize.tok_name[token.type] == "FSTRING_MIDDLE":  # from Python 3.12 on
                said.append(token.string)
        text = " ".join(said)
    return re.sub(r"\s+", " ", re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL))


def files() -> list[Path]:
    kinds = ("*.py", "*.md", "*.yaml", "*.vue", "*.j2", "*.html", "*.rst")
    folders = (ROOT / "src", ROOT / "conf", ROOT / "docs")
    return [
        ROOT / "README.md",
        *(file for top in folders for kind in kinds for file in sorted(top.rglob(kind))),
    ]


def left_behind(text: str) -> list[str]:
    """Each place where such a word stands, with what is around it and what is better."""
    return [
        f"'{text[max(0, found.start() - 40) : found.end() + 30]}': better: {better}"
        for pattern, better in BETTER.items()
        for found in re.finditer(pattern, text, re.IGNORECASE)
    ]


@pytest.mark.parametrize("file", files(), ids=lambda file: file.relative_to(ROOT).as_posix())
def test_words_left_behind_stay_behind(file: Path) -> None:
    assert not left_behind(written(file))


def test_they_are_found_in_strings_and_comments_over_lines_but_not_in_names(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text(
        'luck = ("""what\n is""" "told")  # the enemy\nother_luck = "nought"\n', encoding="utf-8"
    )
    found = left_behind(written(module))
    told, nought, enemy = (
        BETTER[rf"\b{word}\b"] for word in ("(is|are|was|were) told", "nought", "enem(y|ies)")
    )
    assert [line.partition("better: ")[2] for line in found] == [enemy, told, nought]
    page = tmp_path / "page.md"
    page.write_text("<!-- luck -->Three\nlucks, each from another\nluck.", encoding="utf-8")
    assert len(left_behind(written(page))) == 2
