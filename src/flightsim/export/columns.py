"""Every column that is exported: its HXL tag, and what it holds. HXL tags stand in a second header row."""

from __future__ import annotations

import re

from flightsim.world import Areas

COLUMNS: dict[str, tuple[str, str]] = {
    "scenario": ("#meta+scenario", "scenario of the model; nothing of it is observed"),
    "date": ("#date", "day; stocks at its end"),
    "week_from": ("#date+start", "first day of the week, counted from the start of the run"),
    "week_to": ("#date+end", "last day of the week, or of the run"),
    "where": ("#loc+type", "outside every area: waiting at a crossing, on the road, or abroad"),
    "shelter": ("#group+shelter", "shelter: host, rented, site, collective, unfinished, open, or all"),
    "persons": ("#affected+idps+ind+median", "displaced people, median over the runs; to 100"),
    "persons_low": ("#affected+idps+ind+p05", "5 % of the runs are below"),
    "persons_high": ("#affected+idps+ind+p95", "95 % of the runs are below"),
    "stock": (
        "#affected+idps+ind+stock+median",
        "displaced people there at the end of the week, median over the runs; to 100",
    ),
    "stock_low": ("#affected+idps+ind+stock+p05", "5 % of the runs are below; under 100 given as 0"),
    "stock_high": ("#affected+idps+ind+stock+p95", "95 % of the runs are below"),
    "arrivals": (
        "#affected+idps+ind+arrivals+week+median",
        "arrivals (movements) in the week, median over the runs; to 100",
    ),
    "arrivals_low": (
        "#affected+idps+ind+arrivals+week+p05",
        "5 % of the runs are below; under 100 given as 0",
    ),
    "arrivals_high": ("#affected+idps+ind+arrivals+week+p95", "95 % of the runs are below"),
    "displaced_from_here": (
        "#affected+idps+ind+origin+week+median",
        "people displaced from here for the first time in the week, median over the runs; to 100",
    ),
    "displaced_from_here_low": (
        "#affected+idps+ind+origin+week+p05",
        "5 % of the runs are below; under 100 given as 0",
    ),
    "displaced_from_here_high": ("#affected+idps+ind+origin+week+p95", "95 % of the runs are below"),
    "arrivals_so_far": (
        "#affected+idps+ind+arrivals+cumulative",
        "the weeks' arrivals added up",
    ),
    "arrivals_persons": (
        "#affected+idps+ind+arrivals+median",
        "arrivals (movements) over the run; to 100",
    ),
    "displaced_persons": (
        "#affected+idps+ind+origin+median",
        "people displaced from here over the run; to 100",
    ),
    "sector": ("#sector", "sector of the response"),
    "need": ("#indicator+code", "what is needed"),
    "meaning": ("#indicator+name", "the same in words"),
    "unit": ("#indicator+unit", "unit of the amounts"),
    "for_whom": ("#group+need", "for which people it is reckoned"),
    "needed": ("#indicator+need+num+median", "amount needed, median over the runs"),
    "needed_low": ("#indicator+need+num+p05", "5 % of the runs are below"),
    "needed_high": ("#indicator+need+num+p95", "95 % of the runs are below"),
    "worst_day": ("#date+worst", "day on which most is needed"),
    "needed_worst_day": ("#indicator+need+num+worst+median", "amount needed on that day, median"),
    "needed_worst_day_low": ("#indicator+need+num+worst+p05", "5 % of the runs are below"),
    "needed_worst_day_high": ("#indicator+need+num+worst+p95", "95 % of the runs are below"),
    "needed_end": ("#indicator+need+num+end+median", "amount needed at the end, median"),
    "needed_end_low": ("#indicator+need+num+end+p05", "5 % of the runs are below"),
    "needed_end_high": ("#indicator+need+num+end+p95", "95 % of the runs are below"),
    "capacity_end": ("#capacity+num+end", "what there is at the end; blank: not known"),
    "gap_most": (
        "#indicator+gap+num+worst+median",
        "largest amount short on one day, median; blank: not known",
    ),
    "gap_most_low": ("#indicator+gap+num+worst+p05", "5 % of the runs are below"),
    "gap_most_high": ("#indicator+gap+num+worst+p95", "95 % of the runs are below"),
    "gap_end": ("#indicator+gap+num+end+median", "amount short at the end, median; blank: not known"),
    "gap_end_low": ("#indicator+gap+num+end+p05", "5 % of the runs are below"),
    "gap_end_high": ("#indicator+gap+num+end+p95", "95 % of the runs are below"),
    "breach_early": ("#date+breach+p05", "capacity falls short from: early (5 % of the runs sooner)"),
    "breach_median": (
        "#date+breach+median",
        "capacity falls short from: middle of the runs; blank: it does not",
    ),
    "breach_late": (
        "#date+breach+p95",
        "capacity falls short from: late (95 % sooner); blank: some runs never",
    ),
    "runs_breached": ("#meta+runs+breached", "runs in which the capacity falls short"),
    "capacity_source": ("#meta+source", "where the capacity is from"),
    "more_than_persons": ("#indicator+threshold+num", "trigger: more than so many people arrive"),
    "from": ("#date+start", "first day"),
    "to": ("#date+end", "last day"),
    "within_days": ("#indicator+lead+num", "length of the window in days"),
    "runs_over": ("#meta+runs+over", "runs in which it happened"),
    "chance": (
        "#indicator+chance+num",
        "share of the runs, given the scenario; README.txt says what varied between them",
    ),
    "chance_low": ("#indicator+chance+num+p05", "what so few runs can tell, lower end"),
    "chance_high": ("#indicator+chance+num+p95", "what so few runs can tell, upper end"),
    "what": ("#indicator+name", "what the money is for"),
    "cluster": ("#sector", "cluster; the split is an assumption to edit"),
    "usd": ("#value+usd+median", "US dollars, median over the runs"),
    "usd_low": ("#value+usd+p05", "5 % of the runs are below"),
    "usd_high": ("#value+usd+p95", "95 % of the runs are below"),
    "local": ("#value+local+median", "the same in the country's money, at the rate of the case"),
    "local_low": ("#value+local+p05", "5 % of the runs are below"),
    "local_high": ("#value+local+p95", "95 % of the runs are below"),
    "currency": ("#value+currency+code", "the country's money"),
    "runs": (
        "#meta+runs",
        "runs of the model, each with its own random seed; README.txt says what else varied between them",
    ),
}
"""By column: tag and meaning. Those that say where (``adm3_pcode``, ``origin_adm3_name`` …) are in `about`."""

WHERE = re.compile(
    r"(?:(?P<end>origin|destination)_)?adm(?P<level>[1-4])_(?P<what>pcode|name)(?:_(?P<language>\w+))?"
)
ENDS = {"origin": "of the home at the start", "destination": "of arrival"}
LANGUAGES = {
    "ar": "Arabic",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "pt": "Portuguese",
    "uk": "Ukrainian",
}


def about(column: str, areas: Areas) -> tuple[str, str]:
    """HXL tag and meaning of a column of a table; KeyError if it is none."""
    if (found := WHERE.fullmatch(column)) is None:
        return COLUMNS[column]
    end, level, language = found["end"], int(found["level"]), found["language"]
    tag, noun = f"#adm{level}", areas.levels[level - 1].noun.one
    if found["what"] == "pcode":
        whose = f"P-code of the {noun}"
        return (f"{tag}+{end}+code", f"{whose} {ENDS[end]}") if end else (f"{tag}+code", whose)
    if end:
        return f"{tag}+{end}+name", "its name"
    if language is None and level < areas.level:
        return f"{tag}+name+i_en", noun
    return f"{tag}+name+i_{language or 'en'}", f"{noun}, {language_name(language or 'en')} name"


def language_name(code: str) -> str:
    """What a language is called in English; the code itself if it is not one of a few."""
    return LANGUAGES.get(code, code)
