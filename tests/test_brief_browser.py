"""The brief in a real browser: nothing fetched, no error, no overflow, two pages of A4, text that can be read.

Needs playwright and a Chromium that is installed; left out without them.
"""

import re
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import made_sweeps
import toys
from flightsim.brief import language, page, subject
from flightsim.config import compose
from flightsim.needs import standards, tables

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")

PHONE, TABLET, DESK = 360, 800, 1280
A4_PX = 703  # between the margins, at 96 dots an inch
LEAST_CONTRAST, LEAST_LARGE = 4.5, 3.0  # WCAG 2 AA; large is 24 px, or 18.66 px bold
LONG = "a scenario whose name goes on and on until it has no end in sight"

OVERFLOWS = """() => [...document.querySelectorAll('body *')].filter(e => !e.closest('svg')).filter(e => {
  const box = e.getBoundingClientRect(), wide = document.documentElement.clientWidth;
  return box.width > 1 && (box.right > wide + 1 || box.left < -1);
}).map(e => e.tagName + '.' + e.className + ': ' + e.textContent.slice(0, 40))"""

CONTRASTS = """() => {
  const rgb = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const part = v => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
  const light = c => 0.2126 * part(c[0]) + 0.7152 * part(c[1]) + 0.0722 * part(c[2]);
  const ground = e => {
    for (; e; e = e.parentElement) {
      const c = rgb(getComputedStyle(e).backgroundColor);
      if (c.length === 3 || c[3] > 0) return c;
    }
    return [255, 255, 255];
  };
  const own = e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
  return [...document.querySelectorAll('body *')].filter(e => own(e) && e.getBoundingClientRect().width > 1)
    .filter(e => !['TITLE', 'title', 'STYLE'].includes(e.tagName)).map(e => {
      const style = getComputedStyle(e), svg = !!e.closest('svg');
      const ink = rgb(svg ? style.fill : style.color), under = svg ? [255, 255, 255] : ground(e);
      const [a, b] = [light(ink), light(under)].sort((x, y) => y - x);
      const size = parseFloat(style.fontSize);
      return {text: e.textContent.trim().slice(0, 30), ratio: (a + 0.05) / (b + 0.05),
              large: size >= 24 || (size >= 18.66 && +style.fontWeight >= 700)};
    });
}"""


@cache
def defaults() -> dict[str, Any]:
    return dict(compose.jobs([])[0].config)


def read(folder: Path) -> subject.Subject:
    return subject.read(
        folder,
        toys.source,
        tables.Asked(standards.read()),
        subject.Order(defaults=defaults(), question="Why? " * 50),
    )


@pytest.fixture(scope="module")
def briefs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One scenario with three runs; and more scenarios than are shown, with long names."""
    folder = tmp_path_factory.mktemp("briefs")
    many = {
        "closed": ["border=closed"], f"{LONG} 1": ["border=open"], f"{LONG} 2": ["shelter.site_room=2"],
        f"{LONG} 3": ["shelter.room=2"], "<script>": ["border=women_and_children"], "six": ["hazard.strength=2"],
    }  # fmt: skip
    sweep = made_sweeps.real(folder / "sweep", many, 2, "days=12", "population.scale=0.3")
    found = {}
    for name, source in (("one", toys.three_runs()), ("many", sweep)):
        read_once = read(source)
        for code in language.shipped():
            found[f"{name} {code}"] = path = folder / f"{name}.{code}.html"
            path.write_text(page.page(read_once, language.read(code)), encoding="utf-8")
    return found


KEYS = [f"{name} {code}" for name in ("one", "many") for code in language.shipped()]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def opened(browser: Any) -> Iterator[Any]:
    """A page that keeps what it asked for and what it complained of."""
    tab = browser.new_page(viewport={"width": DESK, "height": 900})
    tab.asked, tab.said = [], []
    tab.on("request", lambda request: tab.asked.append(request.url))
    tab.on("console", lambda message: tab.said.append(message.text))
    tab.on("pageerror", lambda error: tab.said.append(str(error)))
    yield tab
    tab.close()


@pytest.mark.parametrize("key", KEYS)
def test_opens_without_a_word_and_without_a_request(key: str, briefs: dict[str, Path], opened: Any) -> None:
    opened.goto(briefs[key].as_uri())
    assert opened.said == []
    assert [url for url in opened.asked if not url.startswith("data:")] == [briefs[key].as_uri()]
    assert opened.evaluate("document.scripts.length") == 0


@pytest.mark.parametrize("key", KEYS)
def test_fits_a_phone_a_tablet_and_a_desk(key: str, briefs: dict[str, Path], opened: Any) -> None:
    opened.goto(briefs[key].as_uri())
    for width in (PHONE, TABLET, DESK):
        opened.set_viewport_size({"width": width, "height": 800})
        assert opened.evaluate("document.documentElement.scrollWidth") <= width
        assert opened.evaluate(OVERFLOWS) == []


@pytest.mark.parametrize("key", KEYS)
def test_letters_on_a_phone_are_not_too_small(key: str, briefs: dict[str, Path], opened: Any) -> None:
    opened.set_viewport_size({"width": PHONE, "height": 800})
    opened.goto(briefs[key].as_uri())
    sizes = opened.evaluate("""() => [...document.querySelectorAll('p, li, td, th, small, figcaption')].map(
        e => parseFloat(getComputedStyle(e).fontSize))""")
    assert min(sizes) >= 11
    drawn = opened.evaluate("""() => [...document.querySelectorAll('svg text')].map(
        e => parseFloat(getComputedStyle(e).fontSize) * e.ownerSVGElement.getScreenCTM().a)""")
    assert min(drawn) >= 7


@pytest.mark.parametrize("key", KEYS)
def test_prints_on_two_pages(key: str, briefs: dict[str, Path], opened: Any) -> None:
    opened.goto(briefs[key].as_uri())
    printed = opened.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", printed)) == 2
    opened.emulate_media(media="print")
    opened.set_viewport_size({"width": A4_PX, "height": 1000})
    assert opened.evaluate("document.documentElement.scrollWidth") <= A4_PX
    assert opened.evaluate(OVERFLOWS) == []


@pytest.mark.parametrize("key", KEYS)
def test_text_stands_out_from_its_ground(key: str, briefs: dict[str, Path], opened: Any) -> None:
    opened.goto(briefs[key].as_uri())
    found = opened.evaluate(CONTRASTS)
    assert len(found) > 50
    faint = [f for f in found if f["ratio"] < (LEAST_LARGE if f["large"] else LEAST_CONTRAST)]
    assert not faint


def test_arabic_runs_from_right_to_left(briefs: dict[str, Path], opened: Any) -> None:
    opened.goto(briefs["one ar"].as_uri())
    key, wide = opened.evaluate("""() => [document.querySelector('.keys li').getBoundingClientRect().right,
        document.querySelector('.keys').getBoundingClientRect().right]""")
    assert abs(key - wide) < 1  # the first figure stands at the right
