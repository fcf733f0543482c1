"""How a loop becomes machine code: numba's only door.

With ``NUMBA_DISABLE_JIT=1`` the loops run uncompiled and do the same, slowly.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba
import numpy as np

Function = TypeVar("Function", bound=Callable[..., Any])


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
