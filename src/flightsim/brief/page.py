"""A brief on two pages: one HTML file without a script, a font or a picture from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from flightsim import __version__
from flightsim.brief import checks, curve, figures, ladder, whereabouts, wording
from flightsim.brief.language import FIRST, Language
from flightsim.brief.subject import Subject
from flightsim.errors import InputError
from flightsim.files.atomic import plain_errors, write_text
from flightsim.plots import style
from flightsim.results.findings import unchecked_after
from flightsim.world import RUNGS

HERE = Path(__file__).parent
NAME, ENDINGS = "brief", (".html", ".htm")
GENERATOR = '<meta name="generator" content="flightsim '


def write(subject: Subject, languages: Sequence[Language], target: Path) -> list[Path]:
    """Write a file a language, all or none; earlier briefs are replaced, other files are in the way: InputError."""
    paths = [place(target, language, len(languages)) for language in languages]
    for path in paths:
        _check_free(path)
    pages = [page(subject, language) for language in languages]
    for path, text in zip(paths, pages, strict=True):
        write_text(path, text)
    return paths


def place(target: Path, language: Language, count: int) -> Path:
    """Where the brief of a language goes: ``target`` itself, or beside it with the language's code."""
    if target.suffix not in ENDINGS:
        return target / (f"{NAME}.html" if language.code == FIRST else f"{NAME}.{language.code}.html")
    return target if count == 1 else target.with_suffix(f".{language.code}{target.suffix}")


def folder_of(target: Path) -> Path:
    """The folder that a brief goes into; InputError if ``target`` is a file of another kind."""
    if target.suffix in ENDINGS:
        return target.parent
    if target.exists() and not target.is_dir():
        raise InputError(f"{target} is a file; expected a folder, or a name that ends in .html")
    return target


def page(subject: Subject, t: Language) -> str:
    """The whole file."""
    t = t.of_areas(subject.world.areas.noun)
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.from_string((HERE / "page.html.j2").read_text(encoding="utf-8"))
    return template.render(t=t, version=__version__, css=_css(), **_contents(subject, t)) + "\n"


def _contents(subject: Subject, t: Language) -> dict[str, Any]:
    """What goes into the page, by name."""
    days, runs = subject.days, subject.people.runs
    end, stamp, short = t.day_year(days[-1]), wording.rests_on(subject, t), t("stamp_short")
    points = checks.reports(subject)
    last = unchecked_after(subject.world.observations, days[-1].date())
    beside, chances = figures.beside(subject, t), figures.chances(subject, t)
    totals = checks.totals(subject, t)
    drawn, map_legend = whereabouts.draw(subject, t, short)
    return {
        "title": wording.title(subject, t),
        "period": t("period", start=t.day_year(days[0]), end=end),
        "banner": t("banner_more", runs=t("runs", runs)) if runs > 1 else t("banner_more_one"),
        "checked": wording.checked(subject, t),
        "question": wording.question(subject, t),
        "scenario": wording.scenario(subject, t),
        "scenario_name": wording.called(subject.scene.name, t),
        "stamp": stamp,
        "keys": figures.key_figures(subject, t),
        "curve": curve.draw(subject, t, short),
        "curves": [wording.called(name, t) for name in curve.shown(subject)],
        "curve_caption": t("caption_curve" if runs > 1 else "caption_curve_one"),
        "unchecked": wording.unchecked(subject, last if points else None, t),
        "reported": bool(points),
        "pace": curve.has_pace(subject),
        "map": drawn,
        "map_legend": map_legend,
        "map_caption": t("caption_map", end=end),
        "ladder": ladder.draw(subject, t, short),
        "ladder_legend": ladder.legend(subject, t),
        "ladder_caption": t("caption_ladder", end=end),
        "needs": figures.needs_rows(subject, t),
        "needs_caption": t("caption_needs", end=end),
        "chances": chances,
        "chances_caption": t("caption_chances", persons=chances["persons"], start=chances["start"])
        if chances
        else "",
        "beside": beside,
        "beside_caption": _beside_caption(beside, t),
        "totals": totals,
        "near": curve.draw(subject, t, short, near=True) if len(totals) > 1 else "",
        "seen": checks.seen(subject, t),
        "assumed": wording.assumed(subject, t),
        "cannot": wording.cannot(subject, t),
        **_sources(subject, t),
    }


def _beside_caption(beside: Mapping[str, Any] | None, t: Language) -> str:
    if beside is None:
        return ""
    told = [t("caption_beside", first=beside["first"])]
    told += [t("caption_beside_pairs")] if beside["pairs"] else []
    told += [t("beside_more", beside["more"])] if beside["more"] else []
    return " ".join(told)


def _sources(subject: Subject, t: Language) -> dict[str, str]:
    """Who made it with what, out of whose data."""
    tables = subject.world.manifest.get("tables") or {}
    parts = (
        part.strip() for about in tables.values() for part in str(about.get("attribution", "")).split(";")
    )
    sources = [part.replace("(c)", "©") for part in dict.fromkeys(parts) if part]
    file = subject.order.boundaries
    return {
        "made_by": t("made_by", version=__version__, results=", ".join(subject.needs.study.versions)),
        "boundaries": t("boundaries_user", file=Path(file).name) if file else t("boundaries_case"),
        "data_of": t("data_of", sources="; ".join(sources)) if sources else "",
    }


def _css() -> Markup:
    """The looks, with the colours that all figures share."""
    colours = {
        "ink": style.INK, "faint": style.FAINT_INK, "people": style.PEOPLE, "leaving": style.LEAVING,
        "moving": style.MOVING, "captured": style.CAPTURED, "land": style.LAND,
        **dict(zip(("one", "two", "three"), style.SCENARIOS, strict=False)),  # beside the first; dashes tell them, too
        **{f"r-{rung}": style.RUNG_COLOURS[rung] for rung in RUNGS},
    }  # fmt: skip
    root = ":root{" + "".join(f"--{name}:{value};" for name, value in colours.items()) + "}\n"
    return Markup(root + (HERE / "page.css").read_text(encoding="utf-8"))  # our own file, and constants


def _check_free(path: Path) -> None:
    """Nothing is there, or an earlier brief."""
    with plain_errors(path):
        if not path.exists():
            return
        known = path.is_file() and GENERATOR in path.read_text(encoding="utf-8", errors="replace")[:2000]
    if not known:
        raise InputError(
            f"{path} is in the way: flightsim did not write it; choose another place with --to FILE"
        )
