"""The scores of ``flightsim validate`` for the default, the best estimate and the posterior; and the page's tables."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pictures

from flightsim import __version__
from flightsim.case.observations import read_observations
from flightsim.case.reading import read_case
from flightsim.results.provenance import code_version
from flightsim.results.runs import load
from flightsim.validation.report import Report
from flightsim.validation.scores import ensemble
from flightsim.validation.scores.board import best_baseline, score, skill
from flightsim.validation.scores.counts import MODEL
from flightsim.validation.scores.ground import Ground
from flightsim.validation.scores.rolling import KNOWN
from flightsim.world import World


def table(paths: Mapping[str, Sequence[Path]], world: World) -> pd.DataFrame:
    """A row a score, a column a set of runs, and the best baseline."""
    columns: dict[str, pd.Series] = {}
    for name, found in paths.items():
        runs = ensemble.of_runs([load(path) for path in found])
        case = read_case(runs.case)
        observed = read_observations(case.folder, Ground(world, runs.runs[0].front).codes, case.world.persons)
        report = Report(score(runs, observed, world), world, own=True)
        columns[f"{name} ({len(found)} runs)"] = own = _scores(report)
        baseline = _baselines(report)
    together = pd.DataFrame({**columns, "best baseline": baseline}).reindex(own.index)
    return together.rename_axis("score").reset_index()


def _scores(report: Report) -> pd.Series:
    b, ahead = report.board, report.rolling
    row = b.model_totals
    told = report.patterns[report.patterns["verdict"] != "too short to tell"]
    own = ahead[(ahead["forecaster"] == MODEL) & (ahead["mode"] == KNOWN)]
    return pd.Series(
        {
            "totals: CRPS, people": row["crps_people"],
            "totals: mean error, people": row["mean_error_people"],
            "totals: weighted interval score, people": row["weighted_interval_score_people"],
            "totals: skill of the CRPS": skill(b.crps),
            "totals: inside the source's bounds, share": row["inside_source_bounds"],
            "totals: in the 90 % band, share": row["coverage_90"],
            "thresholds: Brier score": b.brier[MODEL],
            "places: share in the wrong place": b.misplaced[MODEL],
            **{f"up to {h} days ahead: CRPS, people": v for h, v in _by_horizon(own).items()},
            "patterns shown": float((told["verdict"] == "yes").sum()),
        }
    )


def _by_horizon(rows: pd.DataFrame) -> dict[int, float]:
    return {int(h): float(v) for h, v in rows.groupby("horizon_days")["crps_people"].min().items()}


def _baselines(report: Report) -> pd.Series:
    b, ahead = report.board, report.rolling
    others = ahead[(ahead["kind"] == "baseline") & (ahead["mode"] == KNOWN)]
    return pd.Series(
        {
            "totals: CRPS, people": best_baseline(b.crps)[1],
            "totals: skill of the CRPS": 0.0,
            "thresholds: Brier score": best_baseline(b.brier)[1],
            "places: share in the wrong place": best_baseline(b.misplaced)[1],
            **{f"up to {h} days ahead: CRPS, people": v for h, v in _by_horizon(others).items()},
        }
    )


def markdown(found: pd.DataFrame) -> str:
    """A table in Markdown; numbers at sensible length."""
    rows = [[str(name).replace("_", " ") for name in found.columns], ["---"] * len(found.columns)]
    rows += [[shown(cell) for cell in row] for row in found.itertuples(index=False)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def shown(cell: object) -> str:
    """A cell's text: people without decimals, others with three figures."""
    if isinstance(cell, bool | np.bool_):
        return "yes" if cell else "no"
    if not isinstance(cell, float):
        return str(cell).replace("|", "\\|")
    if pd.isna(cell):
        return ""
    return f"{cell:,.0f}" if abs(cell) >= 1000 else f"{cell:.3g}"


def as_reported(found: pd.DataFrame) -> pd.DataFrame:
    """The table of reports in people and per cent instead of logarithms."""
    columns = ["observed", "default", "best_estimate", "predicted_05", "predicted_95"]
    made = found[["report", *columns, "pit", "inside"]].copy()
    for column in columns:
        made[column] = [
            pictures.in_words(name, value) for name, value in zip(found["report"], found[column], strict=True)
        ]
    return made


def write_page(docs: Path, out: Path, tables: Mapping[str, pd.DataFrame]) -> None:
    """Put each table between its marks in docs/calibration.md, and the figures beside it."""
    page = docs / "calibration.md"
    text = page.read_text(encoding="utf-8")
    about = f"flightsim {__version__} (code {code_version()[:12]})."
    blocks = {name: markdown(found) for name, found in tables.items()}
    blocks |= {"made": about, "reports": markdown(as_reported(tables["reports"]))}
    for name, new in blocks.items():
        marks = f"<!-- {name} -->", f"<!-- end of {name} -->"
        text = re.sub(f"(?s){marks[0]}.*?{marks[1]}", lambda _, m=marks, n=new: f"{m[0]}\n{n}\n{m[1]}", text)
    page.write_text(text, encoding="utf-8")
    for name in pictures.FIGURES:
        shutil.copyfile(out / f"{name}.png", docs / "figures" / f"calibration_{name}.png")
