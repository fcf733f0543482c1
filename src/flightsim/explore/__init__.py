"""``flightsim explore``: a local page on which a run is looked at, and tried again with other levers."""
