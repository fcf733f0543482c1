"""The page: what it gets, whom it answers, and in a real browser what a click shows."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import toys
from flightsim import cli, dotted, results, scenario
from flightsim.cli import explore as command
from flightsim.config import compose
from flightsim.errors import InputError
from flightsim.explore import course, levers, server, terrain, trial, why
from flightsim.explore.trial import Trial
from flightsim.results import record
from flightsim.world import SITE

pytestmark = pytest.mark.slow  # whole runs

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((path for name in BROWSERS if (path := shutil.which(name))), "")
MISSING = [name for name in ("playwright", *server.NEEDED) if not server._there(name)]
ENDS_WITHIN_S = 90


@pytest.fixture(scope="module")
def run() -> Path:
    return sorted(toys.three_runs().iterdir())[0]


@pytest.fixture(scope="module")
def config() -> dict[str, Any]:
    (job,) = compose.jobs(["experiment=toy", "days=12"])
    return levers.quick(job.config, scenario.from_config(job.config).world)


@pytest.fixture(scope="module")
def tried(config: dict[str, Any]) -> Trial:
    return trial.run(config)


class TestWhatThePageIsTold:
    def test_nothing_finer_than_a_sub_district(self, tried: Trial) -> None:
        world = tried.scenario.world
        areas = [why.of_area(tried.results, world, a) for a in world.areas.area_id]
        told = json.dumps([tried.course, terrain.of_world(world), areas])
        for name in (*world.places.place_id, *world.facilities.facility_id):
            assert f'"{name}"' not in told
        towns = {h["town"] for h in tried.course["hospitals"]}
        assert towns == {world.places.name[p] for p in world.facilities.place[world.facilities.is_hospital]}
        assert "household" not in tried.course

    def test_every_day_and_area_is_there(self, tried: Trial) -> None:
        areas, days = len(tried.scenario.world.areas), tried.scenario.clock.days
        assert len(tried.course["days"]) == days
        for name in ("sheltered", "displaced", "filled"):
            assert np.array(tried.course[name], dtype=object).shape == (days, areas)
        assert all(
            len(h["working"]) == days and max(h["working"]) <= h["all"] for h in tried.course["hospitals"]
        )
        displaced = tried.results.series("displaced_persons").to_numpy()
        assert np.abs(np.array(tried.course["totals"]["displaced"]) - displaced).max() <= 50
        assert displaced[-1] > 0

    def test_small_counts_are_not_told(self) -> None:
        assert course.counts([0, 0.4, 1, 99, 100, 283_512]).tolist() == [
            0,
            0,
            course.FEW,
            course.FEW,
            100,
            280_000,
        ]

    def test_room_that_is_taken_is_a_share(self, tried: Trial) -> None:
        shares = [s for row in tried.course["filled"] for s in row if s is not None]
        assert shares
        assert 0 <= min(shares) <= max(shares) <= 1
        room = record.room_left(tried.results, tried.scenario.world)
        assert room[0, :, SITE].sum() > 0

    def test_flows_lead_from_one_area_to_another(self, tried: Trial) -> None:
        world = tried.scenario.world
        found = [flow for week in tried.course["flows"] for flow in week]
        assert found
        for start, end, persons in found:
            assert start != end
            assert max(start, end) < len(world.areas) + len(world.crossings)
            assert persons >= 100

    def test_the_front_is_where_places_were_taken(self, tried: Trial) -> None:
        world = tried.scenario.world
        held = record.held(tried.results, world)
        days = [d for d in range(len(held) - 1) if (held[d + 1] != held[d]).any()]
        assert [f["day"] for f in tried.course["fronts"]] == days

    def test_who_left_adds_up(self, tried: Trial) -> None:
        world = tried.scenario.world
        displaced = tried.results.rows("displaced_persons")
        last = displaced[displaced["time"] == tried.results.days[-1]].set_index("area_id")["value"]
        area = str(last.idxmax())
        told = why.of_area(tried.results, world, area)
        assert told["displaced"] == int(course.counts(np.array(last[area])))
        assert sum(row["persons"] for row in told["causes"]) == pytest.approx(last[area], rel=0.05)
        assert sum(row["share"] for row in told["to"]) == pytest.approx(1, abs=0.05)
        assert len(told["departures"]) == tried.scenario.clock.days


class TestTryingOtherwise:
    def test_a_lever_that_stays_changes_nothing(self, config: dict[str, Any], tried: Trial) -> None:
        again = trial.run(dotted.changed(config, {"hazard.strength": 1.00, "name": "another name"}))
        assert again is not tried
        assert again.course == tried.course  # the same households, the same seed

    def test_a_lever_changes_the_course(self, config: dict[str, Any], tried: Trial) -> None:
        calm = trial.run(dotted.changed(config, {"hazard.strength": 0.0}))
        assert calm.course["totals"]["displaced"][-1] < tried.course["totals"]["displaced"][-1]

    def test_what_was_run_is_not_run_again(self, config: dict[str, Any], tried: Trial) -> None:
        assert trial.run(config) is tried

    def test_progress_is_told_and_nobody_waits_in_vain(self, config: dict[str, Any]) -> None:
        told: list[float] = []
        other = dotted.changed(config, {"seed": 77})
        with pytest.raises(trial.GivenUp):
            trial.run(other, told.append, lambda: len(told) < 3)
        assert told == sorted(told)
        assert len(told) == 3

    def test_levers_are_of_the_configuration(self, config: dict[str, Any]) -> None:
        rows = {row["name"]: row for row in levers.for_page(config)}
        assert rows["hazard.strength"]["own"] == 1.0
        assert ["holds", "the first one holds"] in rows["events.ceasefire"]["choices"]
        far = levers.for_page(dotted.changed(config, {"hazard.strength": 7}))
        assert next(row["high"] for row in far if row["name"] == "hazard.strength") == 7
        (job,) = compose.jobs(["experiment=toy", "hazard=none", "shelter=unlimited"])
        names = {lever.name for lever in levers.offered(job.config)}
        assert not any(name.startswith(("hazard.", "shelter.")) for name in names)
        for row in rows.values():  # every value that the page offers is one that the model takes
            for value in [choice[0] for choice in row["choices"] or []] or [row["low"], row["high"]]:
                scenario.from_config(dotted.changed(config, {row["name"]: value}))

    def test_a_quick_run_is_small(self) -> None:
        (job,) = compose.jobs([])
        quick = levers.quick(job.config, scenario.from_config(job.config).world)
        assert quick["population"]["scale"] == 0.02
        assert quick["step_hours"] == levers.STEP_HOURS
        assert job.config["step_hours"] == 1  # the original stays


class TestWhomItAnswers:
    @pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.4", "example.org", ""])
    def test_no_other_host(self, host: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert cli.main(["explore", "toy", "--host", host]) == 2
        assert "for this machine only" in capsys.readouterr().err

    @pytest.mark.parametrize(
        ("kind", "query", "headers", "status"),
        [
            ("http", "token=T", {}, 200),
            ("http", "", {"cookie": "a=b; flightsim_8765=T"}, 200),
            ("http", "", {}, 403),
            ("http", "token=t", {}, 403),
            ("http", "", {"cookie": "flightsim_8766=T"}, 403),
            ("http", "token=T", {"host": "evil.example:8765"}, 403),
            ("http", "token=T", {"host": "["}, 400),
            ("http", "token=T", {"host": ""}, 403),
            ("http", "token=T", {"origin": "http://127.0.0.1:8765"}, 200),
            ("http", "token=T", {"origin": "http://127.0.0.1:9999"}, 403),
            ("websocket", "token=T", {"origin": "http://127.0.0.1:8765"}, 200),
            ("websocket", "token=T", {"origin": "http://127.0.0.1:9999"}, 4403),
            ("websocket", "token=T", {"origin": "http://evil.example"}, 4403),
            ("websocket", "token=T", {"origin": "null"}, 4403),
            ("websocket", "token=T", {}, 4403),
            ("websocket", "", {"origin": "http://127.0.0.1:8765"}, 4403),
        ],
    )
    def test_only_its_own_page_with_its_token(
        self, kind: str, query: str, headers: dict[str, str], status: int
    ) -> None:
        sent: list[dict[str, Any]] = []

        async def app(scope: Any, receive: Any, send: Any) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": [(b"x", b"y")]})

        async def send(message: Any) -> None:
            sent.append(message)

        headers = {"host": "127.0.0.1:8765", **headers}
        scope = {
            "type": kind,
            "server": ("127.0.0.1", 8765),
            "query_string": query.encode(),
            "headers": [(k.encode(), v.encode()) for k, v in headers.items()],
        }
        asyncio.run(server.only_own(app, "T")(scope, None, send))
        assert sent[0].get("status") == (status if status < 1000 else None)
        assert sent[0].get("code") == (status if status > 1000 else None)
        if status < 1000:
            assert set(server.NO_FRAMES) <= set(sent[0]["headers"])
        if status == 200:
            assert (b"x", b"y") in sent[0]["headers"]
            assert (b"set-cookie", b"flightsim_8765=T; HttpOnly; SameSite=Strict; Path=/") in sent[0][
                "headers"
            ]

    def test_a_port_that_is_taken(self) -> None:
        with server.free_port("127.0.0.1", 0) as taken:
            taken.listen()
            with pytest.raises(InputError, match="--port 0"):
                server.free_port("127.0.0.1", taken.getsockname()[1])


class TestBadInput:
    def said(self, capsys: pytest.CaptureFixture[str], *words: str) -> str:
        assert cli.main(["explore", *words]) == 2
        err = capsys.readouterr().err
        assert "Traceback" not in err
        return err

    def test_without_the_extra(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(server, "_there", lambda name: name != "solara")
        assert "pip install 'flightsim[explore]'" in self.said(capsys, "toy")

    @pytest.fixture(autouse=True)
    def _with_the_extra(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(server, "_there", lambda name: True)
        monkeypatch.setattr(server, "serve", lambda *_, **__: pytest.fail("it was served"))

    def test_what_it_cannot_show(self, run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert "did you mean 'idlib'" in self.said(capsys, "idlb")
        assert "there is nothing of that name" in self.said(capsys, "results/none")
        assert "expected one case or one folder" in self.said(capsys, "toy", "idlib")
        assert "a run that was made is as it is" in self.said(capsys, str(run), "seed=2")
        assert "it holds 3" in self.said(capsys, str(toys.three_runs()))
        assert "did you mean" in self.said(capsys, "toy", "hazard.strenght=2")
        cut = tmp_path / "cut"
        shutil.copytree(run, cut)
        (cut / "households.parquet").unlink()
        assert "lacks households.parquet" in self.said(capsys, str(cut))

    def test_results_of_another_version(
        self, run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        old = tmp_path / "old"
        shutil.copytree(run, old)
        text = (old / "config.yaml").read_text()
        (old / "config.yaml").write_text(text.replace("strength:", "might:", 1))
        toys.sealed(old)
        assert "hazard.might is no parameter" in self.said(capsys, str(old))
        (old / "config.yaml").write_text(text)
        toys.sealed(old)
        provenance = json.loads((old / "provenance.json").read_text()) | {"flightsim": "0.0.1"}
        (old / "provenance.json").write_text(json.dumps(provenance))
        asked = command._asked([str(old)], "light")
        assert asked.results is not None
        assert "ade by flightsim 0.0.1" in capsys.readouterr().err


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A page of the toy case, served as a user would."""
    words = ["explore", "experiment=toy", "days=10", "--port", "0", "--no-open"]
    path = os.pathsep.join(p for p in sys.path if p)
    with subprocess.Popen(
        [sys.executable, "-m", "flightsim.cli", *words],
        stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": path},
        cwd=tmp_path_factory.mktemp("desk"),
    ) as served:  # fmt: skip
        assert served.stdout is not None
        yield served.stdout.readline().split()[0]
        served.terminate()


@pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}")
@pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium on this machine")
def test_a_click_in_a_browser_shows_who_left(address: str, tmp_path: Path) -> None:
    from playwright.sync_api import sync_playwright

    asked_for, errors = [], []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1400, "height": 900}, reduced_motion="reduce")
        page.set_default_timeout(1000 * ENDS_WITHIN_S)
        page.on("request", lambda request: asked_for.append(request.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        for _ in range(50):  # it answers once Solara is loaded
            try:
                page.goto(address)
                break
            except Exception:
                page.wait_for_timeout(500)
        page.wait_for_selector(".fs-area")
        assert "Modelled, not observed" in page.inner_text("body")
        area = page.locator(".fs-area").first
        area.click(force=True)
        page.wait_for_selector(".fs-place h2")
        assert area.get_attribute("aria-label") in page.inner_text(".fs-place h2")

        day = page.inner_text(".fs-time output")
        page.locator(".fs-time input").fill("3")
        assert page.inner_text(".fs-time output") != day
        page.click(".fs-play")
        page.wait_for_function("Number(document.querySelector('.fs-time input').value) > 3")

        page.locator("[data-lever='hazard.strength'] input").fill("0")
        page.click(".fs-run")
        page.wait_for_selector("figure[data-run='1']")
        assert "With your changes" in page.inner_text(".fs-numbers")
        page.screenshot(path=tmp_path / "page.png", full_page=True)
        browser.close()
    assert (tmp_path / "page.png").stat().st_size > 20_000
    assert not errors
    strangers = [url for url in asked_for if not url.startswith((address, "data:", "blob:"))]
    assert not strangers


def test_the_page_needs_no_households_of_others(run: Path) -> None:
    found = results.load(run)
    found.check_tables("measures", "flows")
    assert trial.of_results(found).course["days"][0] == found.days[0].date().isoformat()
