"""Jobs given to a launcher of Hydra: submitit for Slurm, joblib, or any other whose package is installed."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from hydra import compose, initialize
from hydra.core.global_hydra import GlobalHydra
from hydra.core.plugins import Plugins
from hydra.core.utils import JobStatus
from hydra.types import HydraContext
from omegaconf import DictConfig, OmegaConf

from flightsim.config.overrides import LAUNCHER, gist
from flightsim.errors import InputError

T = TypeVar("T")


class Call:
    """What a job does: call a function with its own number. Pickled with the job."""

    def __init__(self, function: Callable[[int], Any]) -> None:
        self.function = function

    def __call__(self, config: DictConfig) -> Any:
        """Called by Hydra, where the job runs."""
        return self.function(int(config["job"]))


def name_of(chosen: Sequence[str]) -> str:
    """The launcher that the overrides choose: basic if they only change its settings."""
    named = [line.partition("=")[2] for line in chosen if line.partition("=")[0].lstrip("+") == LAUNCHER]
    return named[-1] if named else "basic"


def launch(
    chosen: Sequence[str], function: Callable[[int], T], n_jobs: int, folder: Path
) -> list[T | Exception]:
    """Call ``function`` with 0, 1, …, each as a job; their results, or the error of a job that failed.

    ``chosen`` are the overrides of Hydra; ``folder`` is where the launcher may keep its papers. The function
    must be importable by name where the job runs. Waits until all jobs are done.
    """
    quiet = ["hydra/job_logging=none", "hydra/hydra_logging=none", "hydra.output_subdir=null"]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="The version_base")
        hydra = initialize(config_path=None, job_name="flightsim", version_base="1.3")
    with hydra:
        try:
            config = compose(overrides=["hydra.mode=MULTIRUN", *quiet, *chosen], return_hydra_config=True)
            OmegaConf.update(config, "hydra.sweep.dir", str(folder))
            OmegaConf.update(config, "hydra.sweep.subdir", "${hydra.job.num}")
            context = HydraContext(GlobalHydra.instance().config_loader(), callbacks=_no_callbacks())
            launcher = Plugins.instance().instantiate_launcher(
                config=config, hydra_context=context, task_function=Call(function)
            )
        except Exception as error:  # an unknown setting of the launcher: Hydra has many kinds of exceptions
            raise InputError(f"{LAUNCHER}={name_of(chosen)} cannot be set up: {gist(error)}") from error
        returns = launcher.launch([[f"+job={job}"] for job in range(n_jobs)], initial_job_idx=0)
    return [_result(each) for each in returns]


def _no_callbacks() -> Any:
    from hydra._internal.callbacks import Callbacks  # HydraContext asks for it, and there is no public name

    return Callbacks()


def _result(each: Any) -> Any:
    """What a job returned, or why it did not."""
    if each.status == JobStatus.COMPLETED:
        return each.return_value
    error = each._return_value
    return error if isinstance(error, Exception) else RuntimeError(str(error))
