"""What moves the model's answers, and what does each mechanism do? Rewrites docs/sensitivity.md and its figures.

    python experiments/sensitivity/run.py                    some 750 runs: half an hour on two idle cores
    python experiments/sensitivity/run.py --paths 2 --base 8 --replicates 2 --scale 0.02
                                                             quick, for a look; writes the page all the same

Stopped at any moment, the same command goes on: runs that are there are not made again. SALib makes the designs and
their analysis: pip install 'flightsim[sensitivity]'.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import ablation
import design
import numpy as np
import pandas as pd
import pictures
import winter
from design import LUCK, OTHER_LUCK, OUTCOMES, Setting

from flightsim.plots import style

HERE = Path(__file__).resolve().parent
DOCS = HERE.parents[1] / "docs"
SEEDS = 10  # with which the spread by luck is measured
REFIT_SEEDS = 2
LISTED = 15  # parameters in the page's table of effects


def noise(setting: Setting, points: np.ndarray, effects_of_path: pd.DataFrame) -> pd.DataFrame:
    """How much is luck, a row an outcome.

    ``seeds``: the base run with ten seeds. ``floor``: the mean size that an effect of nothing but luck would show:
    the first path is walked again with another seed, and the spread of the differences, as of a normal error,
    gives it. ``hourly``: what steps of six hours instead of one change, with the same seeds.
    """
    base = setting.config()
    seeds = setting.outcomes([{**base, "seed": seed} for seed in range(1, SEEDS + 1)], "seeds")
    hourly = [{**base, "seed": seed, "step_hours": 1} for seed in range(1, SEEDS + 1)]
    steps = seeds - setting.outcomes(hourly, "hourly steps")
    ranges = design.varied(base)
    other = [{**config, "seed": OTHER_LUCK} for config in design.configs_at(base, ranges, points)]
    again = setting.outcomes(other, "other luck")
    rows = []
    for outcome in OUTCOMES:
        one, two = (
            design.effects_along(points, found[outcome].to_numpy()) for found in (effects_of_path, again)
        )
        error = np.sqrt(np.mean((one - two) ** 2) / 2)  # of one effect, from two seeds
        rows.append({"outcome": outcome, "mean": seeds[outcome].mean(), "seeds": seeds[outcome].std(ddof=1),
                     "floor": error * np.sqrt(2 / np.pi), "hourly": steps[outcome].mean()})  # fmt: skip
    return pd.DataFrame(rows)


def morris(setting: Setting, paths: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Every parameter's effects, and the noise."""
    base = setting.config()
    ranges = design.varied(base)
    names = list(ranges)
    points = design.morris_points(names, paths)
    found = setting.outcomes(design.configs_at(base, ranges, points), "Morris")
    one_path = len(names) + 1
    return design.morris_effects(points, names, found), noise(setting, points[:one_path], found[:one_path])


def sobol(setting: Setting, names: list[str], base: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The indices of the strongest parameters, and the outcomes over their priors."""
    config = setting.config()
    ranges = {name: design.varied(config)[name] for name in names}
    points = design.sobol_points(names, base)
    found = setting.outcomes(design.configs_at(config, ranges, points), "Sobol")
    return design.sobol_indices(names, found), found


def number(value: float) -> str:
    """A number at sensible length."""
    size = abs(value)
    return f"{value:,.0f}" if size >= 100 else f"{value:.1f}" if size >= 1 else f"{value:.3f}"


def markdown(table: pd.DataFrame) -> str:
    """A table in Markdown."""
    rows = [list(table.columns), ["---"] * len(table.columns)]
    rows += [
        [number(x) if isinstance(x, float) else str(x) for x in row] for row in table.itertuples(index=False)
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def by_outcome(table: pd.DataFrame, names: list[str], cell) -> str:
    """A row a parameter, a column an outcome; ``cell`` writes one of the table's rows."""
    wide = pd.DataFrame({"parameter": [f"`{name}`" for name in names]})
    for outcome, (title, unit) in OUTCOMES.items():
        rows = table[table["outcome"] == outcome].set_index("parameter").loc[names]
        wide[f"{title.split(',')[0]}, {unit}"] = [cell(row) for row in rows.to_dict("records")]
    return markdown(wide)


def noise_table(found: pd.DataFrame, spread: pd.DataFrame | None) -> str:
    """How much is luck and, with Sobol's runs, how much the parameters."""
    shown = pd.DataFrame({"outcome": [", ".join(OUTCOMES[o]) for o in found["outcome"]]})
    columns = {
        "mean": "base run, mean of ten seeds",
        "seeds": "standard deviation over seeds",
        "hourly": "change by steps of six hours instead of one",
        "floor": "effect that chance alone would show",
    }
    for column, name in columns.items():
        shown[name] = found[column].to_numpy()
    if spread is not None:
        shown["5 to 95 % over the strongest parameters' priors"] = [
            " to ".join(number(float(x)) for x in np.quantile(spread[o], [0.05, 0.95]))
            for o in found["outcome"]
        ]
    return markdown(shown)


def ablation_table(found: pd.DataFrame) -> str:
    """A row a scenario, a column a score: the ensemble's, in bold where the change is clear."""
    wide = pd.DataFrame({"scenario": found["scenario"].unique()})
    for what, (title, unit) in ablation.SCORES.items():
        rows = found[found["score"] == what]
        whole = what == "patterns"
        cells = [
            (str(int(row["value"])) if whole else number(row["value"]), row["clear"])
            for row in rows.to_dict("records")
        ]
        wide[f"{title}{f', {unit}' if unit else ''}"] = [
            f"**{text}**" if clear else text for text, clear in cells
        ]
    return markdown(wide)


def refit_table(found: pd.DataFrame) -> str:
    """A row a scenario, at the level of violence where its CRPS is lowest."""
    best = found[found["best"]]
    wide = pd.DataFrame({"scenario": best["scenario"], f"best `{ablation.KNOB}`": best[ablation.KNOB]})
    for day in winter.DAYS:
        wide[winter.COLUMNS[day]] = best[day]
    for what, (title, unit) in ablation.SCORES.items():
        whole = what == "patterns"
        wide[f"{title}{f', {unit}' if unit else ''}"] = best[what].astype(int) if whole else best[what]
    return markdown(wide)


def winter_table(found: pd.DataFrame) -> str:
    """A row a scenario: people displaced by four days, in the open at the end, movements per person in February."""
    wide = found[["scenario"]].copy()
    for column, title in winter.COLUMNS.items():
        wide[title] = [
            "-" if np.isnan(x) else f"{x:.2f}" if column == "moves" else f"{round(x, -3):,.0f}"
            for x in found[column]
        ]
    return markdown(wide)


def write_page(found: dict[str, str]) -> None:
    """Put each block between its marks in docs/sensitivity.md."""
    page = DOCS / "sensitivity.md"
    text = page.read_text(encoding="utf-8")
    for name, new in found.items():
        marks = f"<!-- {name} -->", f"<!-- end of {name} -->"
        text = re.sub(f"(?s){marks[0]}.*?{marks[1]}", lambda _, m=marks, n=new: f"{m[0]}\n{n}\n{m[1]}", text)
    page.write_text(text, encoding="utf-8")


def listed(names: dict[str, str]) -> str:
    """What is not varied, by reason."""
    reasons: dict[str, list[str]] = {}
    for name, reason in names.items():
        reasons.setdefault(reason, []).append(f"`{name}`")
    return "\n".join(f"- {reason}: {', '.join(same)}" for reason, same in reasons.items())


def sobol_block(indices: pd.DataFrame | None, names: list[str]) -> str:
    """The figure and the table of indices, or that there are none."""
    if indices is None:
        return "Not made for this page: the runs take longest. `--base 16` makes them, for " + ", ".join(
            f"`{name}`" for name in names
        )
    table = by_outcome(
        indices,
        names,
        lambda r: (
            f"{r['alone']:.2f} ± {r['alone_half_interval']:.2f}; {r['in_all']:.2f} ± {r['in_all_half_interval']:.2f}"
        ),
    )
    return f"![Shares of variance](figures/sensitivity_sobol.png)\n\nAlone; in all:\n\n{table}"


def how_made(setting: Setting, asked: argparse.Namespace, about: dict) -> str:
    """What the page rests on: version, runs, scale, seeds."""
    k = len(design.varied(setting.config()))
    sobol_runs = asked.base * (asked.strongest + 2)
    sobol_said = f"Sobol': {asked.strongest} parameters, {sobol_runs} runs; " if asked.base else ""
    return (
        f"flightsim {about['flightsim']} (commit {str(about.get('commit'))[:10]}), 1 December 2019 to 8 March "
        f"2020.\n"
        f"Morris: {asked.paths} paths through {k} parameters, {asked.paths * (k + 1)} runs; {sobol_said}at "
        f"{setting.scale:g} of the households, seed {LUCK}, in steps of {design.STEP_HOURS} hours.\n"
        f"Without each mechanism: {asked.replicates} seeds at 0.1 of the households, in steps of {ablation.STEP_HOURS} "
        "hours, parameters not drawn."
    )


def main() -> None:
    """Run what is missing, and write the page, the tables beside this script and the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--scale", type=float, default=0.03, help="share of households in Morris' and Sobol's runs"
    )
    parser.add_argument("--paths", type=int, default=4, help="of Morris")
    parser.add_argument("--base", type=int, default=16, help="of Sobol: a power of 2, or 0: none")
    parser.add_argument("--strongest", type=int, default=8, help="parameters for Sobol")
    parser.add_argument("--replicates", type=int, default=5, help="seeds of each mechanism switched off")
    parser.add_argument("--workers", type=int)
    asked = parser.parse_args()
    setting = Setting(HERE / "results" / "runs", asked.scale, asked.workers)
    swept = ablation.sweep(HERE / "results" / f"ablation_{asked.replicates}", 0.1, asked.replicates)
    reports = ablation.reports(swept)
    without = ablation.table(reports)
    anew = ablation.refit(ablation.refit_sweep(HERE / "results" / "refit", 0.1, REFIT_SEEDS))
    effects, luck = morris(setting, asked.paths)
    names = design.strongest(effects, asked.strongest)
    indices, spread = sobol(setting, names, asked.base) if asked.base else (None, None)
    about = reports[ablation.WHOLE].board.ensemble.runs[0].provenance
    courses = winter.table(reports)
    write(without, anew, courses, effects, luck, indices)
    with style.looks():
        pictures.courses(reports, DOCS / "figures" / "sensitivity_winter.png")
    write_page({
        "made": how_made(setting, asked, about),
        "not varied": listed(design.not_varied(setting.config())),
        "chance": noise_table(luck, spread),
        "morris": effects_table(effects),
        "sobol": sobol_block(indices, names),
        "winter": winter_table(courses),
        "ablation": ablation_table(without),
        "anew": refit_table(anew),
        "turned": markdown(ablation.turned(reports)),
    })  # fmt: skip


def effects_table(effects: pd.DataFrame) -> str:
    """The strongest parameters' effects."""
    order = design.strongest(effects, LISTED)
    return by_outcome(effects, order, lambda r: f"{number(r['size'])} ± {number(r['half_interval'])}")


def write(
    without: pd.DataFrame,
    anew: pd.DataFrame,
    courses: pd.DataFrame,
    effects: pd.DataFrame,
    luck: pd.DataFrame,
    indices: pd.DataFrame | None,
) -> None:
    """The tables beside this script, and the figures."""
    tables = {"ablation": without, "refit": anew, "winter": courses, "morris": effects, "luck": luck,
              "sobol": indices}  # fmt: skip
    for name, table in tables.items():
        if table is not None:
            table.to_csv(HERE / f"{name}.csv", index=False, float_format="%.6g", lineterminator="\n")
    with style.looks():
        floor = luck.set_index("outcome")["floor"].to_dict()
        pictures.morris(effects, floor, DOCS / "figures" / "sensitivity_morris.png")
        pictures.without(without, DOCS / "figures" / "sensitivity_ablation.png")
        if indices is not None:
            pictures.sobol(indices, DOCS / "figures" / "sensitivity_sobol.png")


if __name__ == "__main__":
    main()
