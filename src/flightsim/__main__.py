"""``python -m flightsim`` is the command ``flightsim``."""

import sys

from flightsim.cli import main

if __name__ == "__main__":
    sys.exit(main())
