"""Attacks on an export: what a reader with all its tables, the rules of its making and a solver can work out.

The attacker knows what each number stands for, how counts add up (who shelters in an area arrived there; flows are part
of arrivals and of people displaced; all who are displaced are somewhere) and how numbers are rounded. The same attacks
succeed where counts are not rounded, which is tested too.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog
from scipy.sparse import coo_array

import toys
from flightsim.export import disclosure, folder, shared
from flightsim.needs import standards, study, tables
from flightsim.needs.people import People
from flightsim.results.runs import load
from flightsim.world import RUNGS

pytestmark = pytest.mark.slow  # runs of the toy case

SMALL = 100.0
WEEK = 7
LEAST_WIDTH = 40.0  # people between the ends of what a small count may be; without any link it is 49
EXACT = 0.5
Key = tuple[object, ...]
Counts = dict[Key, float]
KINDS = {"arrived": "arrivals_persons", "left": "displaced_persons"}


def needs_of(path: Path, scenario: str | None = None) -> tables.Needs:
    return tables.reckon(study.read(path, toys.source, scenario), tables.Asked(standards.read()))


@cache
def swept() -> tuple[tables.Needs, ...]:
    """Needs of single runs: three seeds; the first again with the border open, and with a ceasefire from day 9."""
    opened = toys.run(toys.three_runs().parent / "open", f"days={toys.DAYS}", "seed=1", "border=open")
    calm = ("events.ceasefire=holds", "events.ceasefire_from=2020-01-09")
    ceased = toys.run(toys.three_runs().parent / "calm", f"days={toys.DAYS}", "seed=1", *calm)
    return tuple(needs_of(path) for path in (*by_seed(), opened, ceased))


def by_seed() -> list[Path]:
    """The runs of seeds 1, 2 and 3."""
    return sorted(
        (path for path in toys.three_runs().iterdir() if path.is_dir()), key=lambda path: load(path).seed
    )


def week_ends(people: People) -> list[int]:
    """Day numbers on which weeks end; the last is that of the run."""
    return sorted({*range(WEEK - 1, len(people.days), WEEK), len(people.days) - 1})


def truth(needs: tables.Needs) -> Counts:
    """The exact counts of one run: of each day who is where, of each week what adds up since the start."""
    scene = needs.study.first
    p, found = scene.people, {}
    flows = load(scene.paths[0]).flows
    came = p.arrivals[0].cumsum(axis=0)
    for w, day in enumerate(week_ends(p)):
        for a, area in enumerate(p.area_id):
            for d in range(w * WEEK, day):
                found |= {("daily", w, area, r, d): p.sheltered[0, d, a, i] for i, r in enumerate(RUNGS)}
            found |= {("stays", w, area, r): p.sheltered[0, day, a, i] for i, r in enumerate(RUNGS)}
            found["arrived", w, area] = came[day, a]
            found["left", w, area] = p.displaced[0, day, a]
        found["road", w] = (p.elsewhere - p.waiting)[0, day]
        found["waiting", w], found["abroad", w] = p.waiting[0, day], p.abroad[0, day]
        so_far = flows[flows["week"] <= p.days[day]].groupby(disclosure.PAIR)["persons"].sum()
        found |= {("flow", w, o, d): float(n) for (o, d), n in so_far.items() if n > 0}
    return {key: float(value) for key, value in found.items()}


def shown(told: Mapping[str, pd.DataFrame], needs: tables.Needs, keys: Iterator[Key]) -> Counts:
    """The same counts as the tables of an export of that run give them; 0 where there is no row."""
    p, code = needs.study.first.people, needs.study.world.areas.code_column
    ends, found = list(p.days[week_ends(p)]), Counts()
    for row in told["sheltered_persons"].itertuples():
        day = p.days.get_loc(row.date)
        where: Key = (day // WEEK, getattr(row, code), row.shelter)
        key: Key = ("stays", *where) if row.date in ends else ("daily", *where, day)
        found[key] = float(row.persons)
    outside = {"on the road": "road", "waiting at a crossing": "waiting", "abroad": "abroad"}
    for row in told["elsewhere"].itertuples():
        if row.date in ends:
            found[outside[str(row.where)], ends.index(row.date)] = float(row.persons)
    for w, end in enumerate(ends):
        for kind, name in KINDS.items():
            so_far = told[name][told[name]["week_to"] <= end].groupby(code)["persons"].sum()
            found |= {(kind, w, area): float(n) for area, n in so_far.items()}
        rows = told["flows"][told["flows"]["week_to"] <= end]
        pairs = rows.groupby([f"origin_{code}", f"destination_{code}"])["persons"].sum()
        found |= {("flow", w, o, d): float(n) for (o, d), n in pairs.items()}
    return {key: found.get(key, 0.0) for key in keys}


@dataclass
class Attack:
    """Unknown counts between bounds, and how they add up: the lowest and highest that any sum of them can be."""

    lowest: Counts
    highest: Counts

    def __post_init__(self) -> None:
        self.at = {key: i for i, key in enumerate(self.lowest)}
        self.at_most: list[Counts] = []  # sums that are 0 or less
        self.equal: list[Counts] = []  # sums that are 0
        self._link()
        self.inequalities, self.equations = self._matrix(self.at_most), self._matrix(self.equal)

    def _link(self) -> None:
        weeks = sorted({int(str(key[1])) for key in self.at})
        for w in weeks:
            of = {kind: [k for k in self.at if k[:2] == (kind, w)] for kind in ("stays", "flow", "left")}
            gone = [("road", w), ("waiting", w), ("abroad", w)]
            self.equal.append(dict.fromkeys([*of["stays"], *gone], 1.0) | dict.fromkeys(of["left"], -1.0))
            for area in sorted({str(k[2]) for k in of["left"]}):
                parts = {
                    "stays": [k for k in of["stays"] if k[2] == area],
                    "come": [k for k in of["flow"] if k[3] == area],
                    "go": [k for k in of["flow"] if k[2] == area],
                }
                for part, whole in (("stays", "arrived"), ("come", "arrived"), ("go", "left")):
                    self.at_most.append(dict.fromkeys(parts[part], 1.0) | {(whole, w, area): -1.0})
        by_day: dict[Key, Counts] = {}
        for key in self.at:
            if key[0] == "daily":  # who is there on a day arrived by the end of its week
                by_day.setdefault((*key[1:3], key[4]), {("arrived", *key[1:3]): -1.0})[key] = 1.0
        self.at_most += by_day.values()
        for kind, w, *rest in self.at:
            later: Key = (kind, int(str(w)) + 1, *rest)
            if kind in (*KINDS, "flow") and later in self.at:
                self.at_most.append({(kind, w, *rest): 1.0, later: -1.0})

    def allows(self, counts: Counts) -> bool:
        """Whether these counts fit all that the attacker holds true."""
        inside = all(self.lowest[k] <= v <= self.highest[k] for k, v in counts.items())
        sums = [sum(c * counts[k] for k, c in row.items()) for row in self.at_most]
        return inside and max(sums) <= 0 and all(
            sum(c * counts[k] for k, c in row.items()) == 0 for row in self.equal
        )  # fmt: skip

    def between(self, asked: Counts) -> tuple[float, float]:
        """The lowest and highest value of a sum."""
        goal = np.zeros(len(self.at))
        for key, c in asked.items():
            goal[self.at[key]] = c
        ends = []
        for sign in (1.0, -1.0):
            found = linprog(
                sign * goal,
                A_ub=self.inequalities,
                b_ub=np.zeros(len(self.at_most)),
                A_eq=self.equations,
                b_eq=np.zeros(len(self.equal)),
                bounds=[(self.lowest[k], self.highest[k]) for k in self.at],
            )
            assert found.status == 0, found.message
            ends.append(sign * float(found.fun))
        return ends[0], ends[1]

    def _matrix(self, rows: list[Counts]) -> coo_array:
        cells = [(i, self.at[key], c) for i, row in enumerate(rows) for key, c in row.items()]
        row, column, value = zip(*cells, strict=True)
        return coo_array((value, (row, column)), shape=(len(rows), len(self.at))).tocsr()


def small_counts(counts: Counts) -> Iterator[tuple[Counts, float]]:
    """Every sum that a table shows a number for and that is really 1 to 99 people: cells, weeks, areas, pairs."""
    for key, value in counts.items():
        before: Key = (key[0], int(str(key[1])) - 1, *key[2:])
        if 0 < value < SMALL:
            yield {key: 1.0}, value
        if key[0] in (*KINDS, "flow") and before in counts and 0 < value - counts[before] < SMALL:
            yield {key: 1.0, before: -1.0}, value - counts[before]
    areas: dict[Key, list[Key]] = {}
    for key in counts:
        if key[0] in ("stays", "daily"):
            areas.setdefault((*key[:3], *key[4:]), []).append(key)
    for cells in areas.values():
        if 0 < (whole := sum(counts[key] for key in cells)) < SMALL:
            yield dict.fromkeys(cells, 1.0), whole


def widths(attack: Attack, counts: Counts) -> np.ndarray:
    """How far apart the ends of each small count are; that the truth lies between them is checked."""
    found = []
    for asked, value in small_counts(counts):
        low, high = attack.between(asked)
        assert low - 1e-6 <= value <= high + 1e-6
        found.append(high - low)
    return np.array(found)


def from_rounded(numbers: Counts) -> Attack:
    return Attack(
        {k: max(v - 50.0, 0.0) for k, v in numbers.items()}, {k: v + 49.0 for k, v in numbers.items()}
    )


def from_blanks(counts: Counts) -> Attack:
    """An export that only hides counts of 1 to 99."""
    hidden = {k for k, v in counts.items() if 0 < v < SMALL}
    return Attack(
        {k: 1.0 if k in hidden else v for k, v in counts.items()},
        {k: SMALL - 1 if k in hidden else v for k, v in counts.items()},
    )


class TestLinearProgramming:
    """Across tables and weeks of one run: stocks, arrivals, people displaced, flows, people elsewhere."""

    @pytest.mark.parametrize("number", range(5))
    def test_no_small_count_is_found(self, number: int) -> None:
        needs = swept()[number]
        counts = truth(needs)
        attack = from_rounded(shown(folder.all_tables(needs), needs, iter(counts)))
        assert attack.allows(counts)
        found = widths(attack, counts)
        assert len(found) >= 100
        assert (found >= LEAST_WIDTH).all()

    def test_it_finds_them_where_small_counts_are_only_hidden(self) -> None:
        counts = truth(swept()[0])
        attack = from_blanks(counts)
        assert attack.allows(counts)
        assert (widths(attack, counts) < EXACT).sum() >= 2

    def test_it_reads_them_where_nothing_is_rounded(self, monkeypatch: pytest.MonkeyPatch) -> None:
        needs = swept()[0]
        counts = truth(needs)
        monkeypatch.setattr(disclosure, "rounded", lambda persons: persons)
        assert shown(folder.all_tables(needs), needs, iter(counts)) == counts


class TestFilling:
    def test_a_total_less_its_parts_is_nothing(self) -> None:
        """Of one run: each total is the sum of what is shown, so that nothing is left for what is not."""
        for needs in swept():
            told = folder.all_tables(needs)
            stays = told["sheltered_persons"].pivot_table(
                index="shelter", columns=["date", "adm3_pcode"], values="persons", fill_value=0
            )
            assert (stays.drop("all").sum() == stays.loc["all"]).all()
            whole = told["sheltered_persons_total"].set_index(["shelter", "date"])["persons"]
            sums = stays.T.groupby("date").sum().T.stack()
            assert (whole.sort_index() == sums[sums > 0].sort_index()).all()
            runs = told["run_totals"].set_index("adm3_pcode")
            for name in KINDS.values():
                by_area = told[name].groupby("adm3_pcode")["persons"].sum()
                assert (by_area.reindex(runs.index, fill_value=0) == runs[name]).all()

    def test_hidden_cells_would_be_filled(self) -> None:
        """Where exact tables only hide cells of 1 to 99 people, many stand alone beside a total."""
        p = swept()[0].study.first.people
        hidden = (p.sheltered[0] > 0) & (p.sheltered[0] < SMALL)
        alone = (hidden.sum(axis=2) == 1) & (p.sheltered[0].sum(axis=2) >= SMALL)
        assert alone.sum() > 5


def other_runs(people: People, random: np.random.Generator) -> People:
    """People with other exact counts that round to the same numbers."""

    def other(persons: np.ndarray) -> np.ndarray:
        numbers = disclosure.rounded(persons)
        return np.asarray(random.integers(np.maximum(numbers - 50, 0), numbers + 50), float)

    def growing(persons: np.ndarray) -> np.ndarray:
        return np.maximum.accumulate(other(persons), axis=1)

    at_start = (people.present - people.sheltered.sum(axis=-1))[:, :1] + people.displaced[:, :1]
    sheltered, displaced, waiting = other(people.sheltered), growing(people.displaced), other(people.waiting)
    return replace(
        people,
        sheltered=sheltered,
        displaced=displaced,
        present=sheltered.sum(axis=-1) + at_start - displaced,
        in_frost=other(people.in_frost),
        arrivals=np.diff(growing(people.arrivals.cumsum(axis=1)), axis=1, prepend=0.0),
        waiting=waiting,
        elsewhere=waiting + other(people.elsewhere - people.waiting),
        abroad=other(people.abroad),
    )


class TestTwins:
    """All tables of a run, needs, gaps, money and chances too, are those of every run with the same rounded counts."""

    def differing(self, monkeypatch: pytest.MonkeyPatch) -> set[str]:
        """Names of the tables that tell two sweeps of the same rounded counts from each other."""
        needs, random = toys.needs(), np.random.default_rng(5)
        twin = needs.of_people(lambda people: other_runs(people, random))
        p, q = needs.study.first.people, twin.study.first.people
        assert (p.sheltered != q.sheltered).mean() > 0.5
        assert (disclosure.rounded(p.sheltered) == disclosure.rounded(q.sheltered)).all()
        own = folder.all_tables(needs)

        def with_other_flows(path: Path) -> SimpleNamespace:
            flows = load(path).flows.sort_values([*disclosure.PAIR, "week"])
            pairs = [flows[key] for key in disclosure.PAIR]
            so_far = np.floor(flows["persons"].groupby(pairs).cumsum() / 100 + 0.5) * 100
            moved = (so_far - 50).clip(lower=0)  # the least that rounds to the same
            return SimpleNamespace(flows=flows.assign(persons=moved.groupby(pairs).diff().fillna(moved)))

        monkeypatch.setattr(disclosure, "load", with_other_flows)
        others = folder.all_tables(twin)
        assert set(own) == set(others)
        return {name for name, frame in own.items() if not frame.equals(others[name])}

    def test_are_not_told_apart(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert self.differing(monkeypatch) == set()

    def test_would_be_told_apart(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(disclosure, "protected", lambda needs: needs)
        found = self.differing(monkeypatch)
        assert {"sheltered_persons", "arrivals_persons", "needs", "gaps", "money", "elsewhere"} <= found


class TestSeveralExports:
    def test_scenarios_show_the_same_of_what_they_share(self) -> None:
        """What two scenarios have in common has one number in both, so that the one hides what the other hides."""
        cells = []
        for needs in (swept()[0], swept()[4]):
            p, code = needs.study.first.people, needs.study.world.areas.code_column
            told = folder.all_tables(needs)["sheltered_persons"]
            numbers = told.set_index(["date", code, "shelter"])["persons"]
            cells.append({
                (d, a, i): (p.sheltered[0, d, a, i], numbers.get((p.days[d], area, rung), 0))
                for d in range(len(p.days))
                for a, area in enumerate(p.area_id)
                for i, rung in enumerate(RUNGS)
            })  # fmt: skip
        common = [k for k, (exact, _) in cells[0].items() if 0 < exact == cells[1][k][0] and exact < SMALL]
        assert 20 < len(common) < len(cells[0]) / 2
        assert all(cells[0][k] == cells[1][k] for k in common)

    def test_two_runs_together_show_what_each_shows(self) -> None:
        """What stands in the export of two seeds is worked out from the two exports of one: it adds nothing."""
        runs = by_seed()[:2]
        keys = ["date", "adm3_pcode", "shelter"]
        single = [
            folder.all_tables(needs)["sheltered_persons"].set_index(keys)["persons"] for needs in swept()[:2]
        ]
        pair = needs_of(runs[0])
        scene = replace(
            pair.study.first,
            people=both_of(*(needs.study.first.people for needs in swept()[:2])),
            paths=tuple(runs),
        )
        together = shared.tables(
            disclosure.protected(replace(pair, study=replace(pair.study, scenes=(scene,))))
        )["sheltered_persons"].set_index(keys)["persons"]
        parts = together[together.index.get_level_values("shelter") != "all"]
        middle = sum(each.reindex(parts.index, fill_value=0).to_numpy(float) for each in single) / 2
        assert (parts.to_numpy(float) == disclosure.rounded(np.asarray(middle))).all()

    def test_a_shorter_run_shows_the_same(self) -> None:
        """A second export with fewer days: every count of the days in both has one number, so differences are 0."""
        long = swept()[0]
        short = needs_of(toys.run(toys.three_runs().parent / "short", "days=14", "seed=1"))
        exact = truth(short)
        assert {k: truth(long)[k] for k in exact if k[1] == 0} == {
            k: v for k, v in exact.items() if k[1] == 0
        }
        told = [shown(folder.all_tables(n), n, iter(exact)) for n in (long, short)]
        assert told[0] == told[1]


def both_of(one: People, two: People) -> People:
    """Two runs of one scenario as one sweep."""
    joined = {
        name: np.concatenate([getattr(one, name), getattr(two, name)])
        for name in (
            "sheltered",
            "present",
            "in_frost",
            "arrivals",
            "displaced",
            "elsewhere",
            "waiting",
            "abroad",
        )
    }
    return replace(one, **joined)


class TestEdges:
    """Why everybody present is not rounded for itself: 1,098 people at the start, 49 leave, nobody comes."""

    def people(self) -> People:
        one = swept()[0].study.first.people
        empty = {name: np.zeros((1, 1, 1)) for name in ("in_frost", "arrivals")}
        gone = {name: np.zeros((1, 1)) for name in ("elsewhere", "waiting", "abroad")}
        return replace(
            one, days=one.days[:1], area_id=one.area_id[:1], sheltered=np.zeros((1, 1, 1, 6)), beyond_care_share=None,
            present=np.full((1, 1, 1), 1049.0), displaced=np.full((1, 1, 1), 49.0), **empty, **gone,
        )  # fmt: skip

    def test_rounded_for_itself_it_gives_the_49_away(self) -> None:
        people = self.people()
        present, left = (
            disclosure.rounded(people.present)[0, 0, 0],
            disclosure.rounded(people.displaced)[0, 0, 0],
        )
        least = max(1098 - (present + 49), left - 50, 0)
        most = min(1098 - (present - 50), left + 49)
        assert least == most == 49

    def test_as_it_is_it_does_not(self) -> None:
        """It is the number at the start less the number who left: the same for 0 to 49 who left."""
        people = self.people()
        told = {
            disclosure.rounded_people(
                replace(people, present=1098.0 - gone, displaced=gone)
            ).present[0, 0, 0]
            for gone in (np.full((1, 1, 1), float(n)) for n in range(50))
        }  # fmt: skip
        assert told == {1100.0}
