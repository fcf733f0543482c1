"""flightsim: how people flee, by road, household by household; modelled, not observed.

From Python (docs/python.md): ``run``, ``sweep``, ``simulation`` and ``load``.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # for editors; at run time they come when asked for, so that `flightsim --help` stays quick
    from flightsim.notebook import load, run, simulation, sweep

__version__ = "0.1.0"
__all__ = ["__version__", "load", "run", "simulation", "sweep"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from flightsim import notebook

        return getattr(notebook, name)
    raise AttributeError(f"module 'flightsim' has no attribute '{name}'")


def __dir__() -> list[str]:
    """What an editor or a notebook offers after ``fs.``."""
    return sorted(__all__)
