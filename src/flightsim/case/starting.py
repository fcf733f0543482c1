"""What a new case begins with: a small invented one that runs at once, and its columns explained."""

from __future__ import annotations

import json
from importlib import resources

from flightsim.case import guide
from flightsim.case.manifest import MANIFEST

README = """\
# {name}

A case folder of flightsim, begun with invented rows: three places, one border. It runs as it is:

    flightsim case check {path}
    flightsim run case={path} name=mine

1. Replace the rows of the tables in a spreadsheet and save each as *CSV UTF-8* with commas. A good order: `areas.csv`,
   `places.csv`, `roads.csv`, `crossings.csv`, `shelter.csv`, `sites.csv`, `facilities.csv`, `events.csv`,
   `observations.csv`. The order of rows means nothing; a table that you have nothing for keeps its header alone.
2. Change `manifest.yaml`, a text file: the period, the country, who holds places, the licence of each file.
3. Say `flightsim case check {path}` again and again: it tells everything that is wrong at once, with file, row and
   column, what is odd, and draws a map.

Dates are written as 2019-12-31; hours are local, 0 to 23. Numbers are written as 5000 or 12.5, without thousands
separators. Ids consist of letters, digits, `.`, `-`, `_`, `:` and `/`. For maps, `outlines.geojson` (polygons with
`area_id`) and `lines.geojson` (lines with `name` and `kind`, `border` or `road`) may be added, with their licence in
the manifest.

{tables}

## manifest.yaml

{manifest}
"""


def new_case(name: str, path: str) -> dict[str, str]:
    """The text of every file of a new case, by file: tables with example rows, a manifest with comments, a README.

    ``path`` is how the case is asked for on a command line.
    """
    inside = resources.files("flightsim.case").joinpath("template")
    files = {each.name: each.read_text(encoding="utf-8") for each in inside.iterdir() if each.is_file()}
    files[MANIFEST] = files[MANIFEST].replace("name: NAME", f"name: {json.dumps(name, ensure_ascii=False)}")
    told = {"tables": guide.tables(), "manifest": guide.manifest()}
    return files | {"README.md": README.format(name=name, path=path, **told)}
