"""How a loop becomes machine code: numba's only door.

With ``NUMBA_DISABLE_JIT=1`` the loops run uncompiled and do the same, slowly.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import numpy as np

Function = TypeVar("Function", bound=Callable[..., Any])


@contextmanager
def _out_of_sight(module: str) -> Iterator[None]:
    """What looks for a module that nobody has imported yet finds none; whoever asks later does."""
    if module in sys.modules:
        yield
        return
    sys.modules[module] = None  # type: ignore[assignment]  # Python's own mark for this
    try:
        yield
    finally:
        del sys.modules[module]


# a fifth of a second, for `np.inner` in compiled loops: there is none
with _out_of_sight("scipy"), _out_of_sight("scipy.linalg"):
    import numba
    import numba.np.arraymath  # numba would before its first loop, when scipy may be found again


def compiled(function: Function) -> Function:
    """The function as machine code, kept for the next run where there is a folder to keep it in."""
    if getattr(numba.config, "DISABLE_JIT", False):
        plain: Any = np.errstate(over="ignore")(
            function
        )  # what is multiplied in 32 bits is meant to run over
        return plain  # type: ignore[no-any-return]
    try:
        made: Any = numba.njit(cache=True)(function)
    except RuntimeError:  # neither the package's folder nor the user's can be written
        made = numba.njit(function)
    return made  # type: ignore[no-any-return]
