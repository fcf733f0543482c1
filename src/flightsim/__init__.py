"""flightsim: how people flee, by road, household by household; modelled, not observed."""

__version__ = "0.1.0"
