"""The README's picture: the map of its first command, twenty runs with their medians.

Takes two or three minutes; writes docs/figures/idlib_dec2019.png.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from flightsim import cli

PICTURE = Path(__file__).resolve().parents[2] / "docs" / "figures" / "idlib_dec2019.png"


def main() -> None:
    """Make the runs and keep their map."""
    with tempfile.TemporaryDirectory() as folder:
        code = cli.main(["run", "replicates=20", "population.scale=0.1", f"results='{folder}'"])
        if code:
            raise SystemExit(code)
        shutil.copyfile(Path(folder) / "map.png", PICTURE)
    print(PICTURE)


if __name__ == "__main__":
    main()
