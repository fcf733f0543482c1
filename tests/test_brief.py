"""The brief: what is in it, what is not, its languages, and what is refused."""

import json
import re
import shutil
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml

import made_sweeps
import toys
from flightsim import cli
from flightsim.brief import language, page, subject, svg, wording
from flightsim.brief.frame import ticks
from flightsim.comparison.folder import compare
from flightsim.config import compose
from flightsim.errors import InputError
from flightsim.export import folder
from flightsim.needs import standards, tables
from flightsim.results.history import history_until
from flightsim.validation import patterns

pytestmark = pytest.mark.slow  # whole commands

SCRIPT = "<script>alert(1)</script>"
FORMULA = '=HYPERLINK("a") & "b'


@cache
def defaults() -> dict:
    return dict(compose.jobs([])[0].config)


def read(folder: Path, **order: object) -> subject.Subject:
    asked = tables.Asked(standards.read())
    return subject.read(folder, toys.source, asked, subject.Order(**{"defaults": defaults(), **order}))


@cache
def one_scenario() -> subject.Subject:
    return read(toys.three_runs())


@pytest.fixture(scope="module")
def sweep(tmp_path_factory: pytest.TempPathFactory) -> Path:
    names = {"closed": ["border=closed"], SCRIPT: ["border=open"], FORMULA: ["shelter.site_room=2"]}
    return made_sweeps.real(tmp_path_factory.mktemp("sweep"), names, 2, "days=14", "population.scale=0.5")


@cache
def html(code: str) -> str:
    return page.page(one_scenario(), language.read(code))


class Texts(HTMLParser):
    """All text and all attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self._style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self._style = tag == "style"
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        self._style = False

    def handle_data(self, data: str) -> None:
        if not self._style:
            self.text.append(data)


def texts(whole: str) -> Texts:
    found = Texts()
    found.feed(whole)
    return found


class TestPage:
    @pytest.mark.parametrize("code", language.shipped())
    def test_stands_alone(self, code: str) -> None:
        found = texts(html(code))
        assert not {"script", "img", "iframe", "object", "embed", "base", "form"} & set(found.tags)
        links = [
            v for name, v in found.attributes if name in ("href", "src", "srcset", "action", "xlink:href")
        ]
        assert links == ["data:,"]
        assert not [name for name, _ in found.attributes if name.startswith("on")]
        styles = re.findall(r"<style>(.*?)</style>", html(code), re.DOTALL)
        assert not re.search(r"@import|url\((?!#)", "".join(styles))
        assert len(html(code).encode()) < 400_000

    @pytest.mark.parametrize("code", language.shipped())
    def test_says_all_that_a_brief_has_to(self, code: str) -> None:
        t = language.read(code)
        said = " ".join("".join(texts(html(code)).text).split())
        for key in ("banner", "head_question", "head_scenario", "head_key", "head_curve", "head_map", "head_ladder",
                    "head_needs", "head_chances", "head_checks", "head_assumed", "head_cannot", "not_for"):  # fmt: skip
            assert t(key) in said, key

    @pytest.mark.parametrize("code", language.shipped())
    def test_every_picture_and_table_says_that_it_is_modelled(self, code: str) -> None:
        t = language.read(code)
        whole = html(code)
        pictures = re.findall(r'<svg viewBox[^>]*role="img".*?</svg>', whole, re.DOTALL)
        assert len(pictures) >= 3
        assert all(t("stamp_short") in picture for picture in pictures)
        captions = re.findall(r'class="stamped">([^<]*)<', whole)
        assert len(captions) >= 4
        assert all(wording.rests_on(one_scenario(), t) == caption for caption in captions)

    def test_direction_and_language(self) -> None:
        assert '<html lang="ar" dir="rtl">' in html("ar")
        assert '<html lang="en" dir="ltr">' in html("en")

    def test_names_of_the_country_are_in_its_letters(self) -> None:
        areas = one_scenario().world.areas
        arrived = one_scenario().arrived.dropna().idxmax()
        row = areas.area_id.index(str(arrived))
        assert areas.name[row] in html("en")
        if areas.name_local[row]:
            assert areas.name_local[row] in html("ar")

    def test_the_same_twice(self) -> None:
        assert page.page(one_scenario(), language.read("en")) == html("en")

    def test_one_run_has_no_ranges_and_no_chances(self, tmp_path: Path) -> None:
        found = read(toys.run(tmp_path, "days=10"))
        t = language.read("en")
        told = page.page(found, t)
        assert t("banner_more_one") in told
        assert t("chances_one_run") in told
        assert not re.search(r'class="range"', told)


class TestScenarios:
    @pytest.mark.slow
    def test_side_by_side_and_escaped(self, sweep: Path) -> None:
        for code in language.shipped():
            whole = page.page(read(sweep), language.read(code))
            assert "<script" not in whole
            assert "&lt;script&gt;alert(1)&lt;/script&gt;" in whole
            assert "HYPERLINK(&#34;a&#34;)" in whole
            assert language.read(code)("head_beside") in whole

    def test_what_two_pairs_say_is_not_called_sure(self, sweep: Path) -> None:
        assert 'small class="clear"' not in page.page(read(sweep), language.read("en"))

    def test_a_question_is_only_text(self, sweep: Path) -> None:
        whole = page.page(read(sweep, question="<b onclick=x>Why?</b>"), language.read("en"))
        assert "&lt;b onclick=x&gt;Why?" in whole

    def test_one_of_them(self, sweep: Path) -> None:
        found = read(sweep, scenario=SCRIPT)
        assert found.material.scenarios == (SCRIPT,)
        assert language.read("en")("head_beside") not in page.page(found, language.read("en"))

    @pytest.mark.slow
    def test_of_a_comparison(self, sweep: Path, tmp_path: Path) -> None:
        mine = tmp_path / "sweep"
        shutil.copytree(sweep, mine)
        compare([mine], baseline=SCRIPT)
        found = read(mine / "comparison")
        assert found.scene.name == found.material.baseline == SCRIPT
        shutil.move(mine, tmp_path / "elsewhere")  # its folder is named beside it no more
        assert read(tmp_path / "elsewhere" / "comparison").scene.name == SCRIPT

    def test_differences_only(self, sweep: Path) -> None:
        found = read(sweep)
        assert wording.differences(found, "closed") == []
        assert wording.differences(found, SCRIPT) == ["border.policy=open"]


class TestDisclosure:
    def test_circles_do_not_hide_the_shades(self) -> None:
        """Those who left an area are a ring, so that the shade of those who are there is seen through it."""
        rule = next(
            line for line in (page.HERE / "page.css").read_text().splitlines() if line.startswith("svg .left")
        )
        assert "fill: none" in rule

    def test_no_small_number_of_people_on_the_map(self) -> None:
        told = re.findall(r"<path[^>]*><title>([^<:]+): ([^<]+)</title>", html("en"))
        assert told
        for _, number in told:
            digits = re.sub(r"[^\d.]", "", number)
            assert number == "fewer than 100" or "million" in number or float(digits) >= 100

    def test_one_quantity_has_one_number_in_the_brief_and_the_export(self) -> None:
        found = one_scenario()
        told = folder.all_tables(found.needs)["run_totals"].set_index("adm3_pcode")
        for name, values in (
            ("arrivals_persons", found.arrived),
            ("displaced_persons", found.displaced_from),
        ):
            assert values[told.index].tolist() == told[name].tolist()
        assert (found.people.sheltered % 100 == 0).all()

    def test_nothing_finer_than_a_sub_district(self) -> None:
        world = one_scenario().world
        areas = {*world.areas.name, *world.areas.name_local}
        said = " ".join(texts(html("en")).text)
        finer = [name for name in world.places.name if name not in areas and len(name) > 4]
        assert not [name for name in finer if re.search(rf"\b{re.escape(name)}\b", said)]


class TestLanguage:
    def test_numbers(self) -> None:
        t = language.read("en")
        assert [t.about(v) for v in (0, 40, 283_512, 1_140_000)] == [
            "none",
            "fewer than 100",
            "280,000",
            "1.1 million",
        ]
        assert [t.amount(v) for v in (4, 0.25, 960, 2.4e9)] == ["4", "0.2", "960", "2.4 billion"]
        assert t("runs", 1) == "1 run"
        assert t("runs", 2) == "2 runs"

    def test_arabic_counts_in_five_forms(self) -> None:
        t = language.read("ar")
        forms = {t("days", n).replace(str(n), "").strip() for n in (1, 2, 3, 14, 100)}
        assert len(forms) == 5

    def test_another_language_is_one_file(self, tmp_path: Path) -> None:
        content = yaml.safe_load((language.FOLDER / "en.yaml").read_text(encoding="utf-8"))
        content |= {"code": "de", "name": "Deutsch", "thousands": ".", "decimal": ","}
        content["texts"]["banner"] = "Modelliert, nicht beobachtet."
        path = tmp_path / "de.yaml"
        path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
        t = language.read(str(path))
        assert t.about(283_512) == "280.000"
        assert "Modelliert, nicht beobachtet." in page.page(one_scenario(), t)

    def test_all_that_is_wrong_is_said(self, tmp_path: Path) -> None:
        content = yaml.safe_load((language.FOLDER / "en.yaml").read_text(encoding="utf-8"))
        content["direction"] = "up"
        content["months"] = ["January"]
        del content["texts"]["banner"]
        content["texts"]["baner"] = "x"
        content["texts"]["range"] = "{middle} {secret}"
        content["texts"]["between"] = "{low.__class__}"
        path = tmp_path / "bad.yaml"
        path.write_text(yaml.safe_dump(content), encoding="utf-8")
        with pytest.raises(InputError) as refused:
            language.read(str(path))
        said = "\n".join(refused.value.complaints)
        for part in (
            "'up'",
            "12 names",
            "banner is missing",
            "did you mean 'banner'",
            "{secret}",
            "not a plain name",
        ):
            assert part in said, part

    def test_no_such_language(self) -> None:
        with pytest.raises(InputError, match="there is no language 'en_GB'"):
            language.read("en_GB")

    def test_texts_without_a_rest(self) -> None:
        """Every text is used: a translator's work is not wasted."""
        source = "\n".join(
            path.read_text() for path in (page.HERE).glob("*.*") if path.suffix in (".py", ".j2")
        )
        made = ("question_", "case_", "scenario_", "border_", "key_", "rung_", "need_", "outcome_", "verdict_",
                "pattern_", "cannot_")  # fmt: skip
        english = language.read("en").texts
        assert not [key for key in english if not key.startswith(made) and f'"{key}"' not in source]


class TestChecks:
    def test_history(self) -> None:
        config = defaults()
        assert history_until(config).year == 9999
        assert history_until(config | {"border": {"policy": "open"}}) is None
        until = history_until(
            config | {"events": {**config["events"], "violence": "goes_on", "known_until": "2019-12-23"}}
        )
        assert str(until) == "2019-12-22"

    def test_ticks_are_round(self) -> None:
        assert ticks(1.9e6) == [0, 500_000, 1_000_000, 1_500_000]
        assert ticks(0) == [0]

    def test_elements_are_escaped(self) -> None:
        assert svg.tag("text", "<b>", class_='"x') == '<text class="&#34;x">&lt;b&gt;</text>'


class TestCommand:
    def test_two_languages(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        target = tmp_path / "out.html"
        assert cli.main(["brief", str(toys.three_runs()), "--language", "en,ar", f"to={target}"]) == 0
        written = [Path(line) for line in capsys.readouterr().out.splitlines()]
        assert [path.name for path in written] == ["out.en.html", "out.ar.html"]
        assert all("</html>" in path.read_text(encoding="utf-8") for path in written)
        assert cli.main(["brief", str(toys.three_runs()), "--language", "en,ar", "--to", str(target)]) == 0

    def test_somebody_elses_file_is_left(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        target = tmp_path / "mine.html"
        target.write_text("<p>mine</p>")
        assert cli.main(["brief", str(toys.three_runs()), "--to", str(target)]) == 2
        assert "in the way" in capsys.readouterr().err
        assert target.read_text() == "<p>mine</p>"

    def test_not_yet_written(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (tmp_path / "r" / ".abc.unfinished-1").mkdir(parents=True)
        assert cli.main(["brief", str(tmp_path / "r")]) == 2
        assert "still being written" in capsys.readouterr().err
        assert not list((tmp_path / "r").glob("*.html"))

    def test_a_missing_measure(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        import pandas as pd

        run = toys.run(tmp_path, "days=6")
        table = pd.read_parquet(run / "measures.parquet")
        table[table["measure"] != "present_persons"].to_parquet(run / "measures.parquet")
        assert cli.main(["brief", str(run), "--to", str(tmp_path / "b.html")]) == 2
        assert capsys.readouterr().err
        assert not (tmp_path / "b.html").exists()

    def test_another_version_is_noted(self, tmp_path: Path) -> None:
        run = toys.run(tmp_path, "days=6")
        about = json.loads((run / "provenance.json").read_text())
        (run / "provenance.json").write_text(json.dumps(about | {"flightsim": "0.0.1"}))
        whole = page.page(read(run), language.read("en"))
        assert "from results of flightsim 0.0.1" in whole
        assert "Written by flightsim 0.0.1" in whole

    def test_outlines_without_a_sub_district(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        ring = [[0, 0], [1, 0], [1, 1], [0, 0]]
        feature = {"type": "Feature", "properties": {"ADM3_PCODE": "XX1"},
                   "geometry": {"type": "Polygon", "coordinates": [ring]}}  # fmt: skip
        path = tmp_path / "b.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
        target = tmp_path / "b.html"
        words = ["brief", str(toys.three_runs()), f"boundaries={path}", "--to", str(target)]
        assert cli.main(words) == 2
        assert "has no polygon" in capsys.readouterr().err
        assert not target.exists()

    def test_a_standard_with_a_wrong_unit(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        path = tmp_path / "s.yaml"
        path.write_text("water:\n  value: 20\n  unit: gallons/person/day\n")
        words = ["brief", str(toys.three_runs()), f"standards={path}", "--to", str(tmp_path / "b.html")]
        assert cli.main(words) == 2
        assert "litres/person/day" in capsys.readouterr().err

    def test_a_day_that_is_not_there(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        words = ["brief", str(toys.three_runs()), "--from", "2031-01-01", "--to", str(tmp_path / "b.html")]
        assert cli.main(words) == 2
        assert "expected a day of the runs" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["en", "ar"])
def test_every_pattern_of_the_winter_has_its_words(name: str) -> None:
    texts = yaml.safe_load(
        (Path(language.__file__).parent / "texts" / f"{name}.yaml").read_text(encoding="utf-8")
    )
    known = {key for part in texts.values() if isinstance(part, dict) for key in part} | set(texts)
    assert not {f"pattern_{pattern.__name__}" for pattern in patterns.PATTERNS} - known
