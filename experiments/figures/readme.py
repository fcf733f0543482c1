"""The README's picture: the map of the main job, as `flightsim run` draws it.

Takes about a minute; writes docs/figures/idlib_dec2019.png.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from flightsim import scenario
from flightsim.config import compose

PICTURE = Path(__file__).resolve().parents[2] / "docs" / "figures" / "idlib_dec2019.png"


def main() -> None:
    """Run the main job and keep its map."""
    with tempfile.TemporaryDirectory() as folder:
        (job,) = compose.jobs([f"results='{folder}'"])
        outcome = scenario.from_config(job.config).run()
        shutil.copyfile(outcome.path / "figures" / "map.png", PICTURE)
    print(outcome.summary)
    print(PICTURE)


if __name__ == "__main__":
    main()
