"""Folders of runs and of sweeps: what is measured, how it is written, and how it is read back."""

from flightsim.results.runs import Results, load

__all__ = ["Results", "load"]
