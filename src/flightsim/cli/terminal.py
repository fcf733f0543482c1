"""What the commands share: printing, telling of errors, exit codes, signals, a progress bar."""

from __future__ import annotations

import errno
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flightsim.errors import InputError

DONE, FAILED, REFUSED, STOPPED = 0, 1, 2, 130
SECONDS_A_LINE = 60.0  # in a log
_stopped = threading.Event()


class OutputLost(Exception):
    """Standard output cannot be written: nobody reads it, or it goes to a full disk."""

    def __init__(self, cause: OSError) -> None:
        super().__init__(cause.strerror)
        self.unread = isinstance(cause, BrokenPipeError)  # `flightsim describe | head`


def say(text: object, end: str = "\n") -> None:
    """Print on standard output, at once: a trouble with it is kept apart from one with the results."""
    try:
        print(text, end=end, flush=True)
    except OSError as error:
        raise OutputLost(error) from error


def note(text: str) -> None:
    """Say on standard error what is no part of the result."""
    try:
        print(f"flightsim: {text}", file=sys.stderr, flush=True)
    except OSError:  # nobody reads it, or it goes to a full disk: no reason to stop
        give_up_errors()


def give_up_errors() -> None:
    """Send standard error nowhere from now on; it may have been closed before this program began."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115


def end_without_output(lost: OutputLost) -> int:
    """The results are not concerned, but whoever asked cannot be told of them here."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python flushes it once more at the end
    if lost.unread:
        return FAILED
    print(f"flightsim: standard output cannot be written: {lost}", file=sys.stderr)
    return REFUSED


def stopped() -> bool:
    """Whether Ctrl-C was pressed, even if the exception was lost on its way."""
    return _stopped.is_set()


def tell(error: BaseException) -> int:
    """Say on standard error what went wrong, in words; the exit code that fits."""
    if os.environ.get("FLIGHTSIM_DEBUG") == "1":
        import traceback

        traceback.print_exception(error)
    code = REFUSED
    if (
        isinstance(error, KeyboardInterrupt) or _stopped.is_set()
    ):  # a library may have made another error of it
        lines, code = ["stopped; the run that was under way left nothing behind"], STOPPED
    elif isinstance(error, InputError):
        lines = error.complaints
    elif isinstance(error, OSError):
        lines = [_trouble(error)]
    elif isinstance(error, MemoryError):
        lines = ["not enough memory; population.scale=0.1 needs about a tenth"]
    else:
        lines = [f"the run failed: {type(error).__name__}: {error}"]
        lines.append("FLIGHTSIM_DEBUG=1 shows where")
        code = FAILED
    for line in lines:
        note(line)
    return code


def _trouble(error: OSError) -> str:
    """An operating system's error in one line: where, what, and what can be done."""
    cures = {
        errno.ENOSPC: "make room, or choose another place with results=DIR",
        errno.EDQUOT: "make room, or choose another place with results=DIR",
        errno.EACCES: "choose another place with results=DIR",
        errno.EPERM: "choose another place with results=DIR",
        errno.EROFS: "choose another place with results=DIR",
    }
    where = f"{error.filename}: " if error.filename else ""
    cure = f"; {cures[error.errno]}" if error.errno in cures else ""
    return f"{where}{error.strerror or error}{cure}"


@contextmanager
def progress_bar(name: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal, nothing in a log; takes steps done and steps in all."""
    from tqdm import tqdm

    shape = "{desc} {percentage:3.0f} % |{bar}| {elapsed} gone, {remaining} left"
    with tqdm(desc=name, total=1, bar_format=shape, leave=False, disable=None, file=sys.stderr) as bar:

        def progress(done: int, steps: int) -> None:
            if stopped():  # the interrupt was lost in a callback whose exceptions Python ignores
                raise KeyboardInterrupt
            bar.total = steps
            bar.update(done - bar.n)

        yield progress


@contextmanager
def count_bar(name: str, slots: Callable[[], int]) -> Iterator[Callable[[int, int, int], None]]:
    """A bar for a whole sweep on a terminal, a line now and then in a log; takes runs done, failed and in all."""
    from tqdm import tqdm

    shape = "{desc} |{bar}| {elapsed} gone, {remaining} left"
    told = time.monotonic()
    with tqdm(desc=name, total=1, bar_format=shape, leave=False, disable=None, file=sys.stderr) as bar:

        def progress(done: int, failed: int, total: int) -> None:
            nonlocal told
            if stopped():
                raise KeyboardInterrupt
            text = f"{done} of {total} runs done, {min(slots(), total - done)} running, {failed} failed"
            if bar.disable and time.monotonic() - told > SECONDS_A_LINE:
                told = time.monotonic()
                note(text)
            if not bar.n and done:
                bar.initial = done  # those that were there already say nothing of the time left
            bar.total = total
            bar.set_description_str(f"{name}: {text}", refresh=False)
            bar.update(done - bar.n)
            bar.refresh()

        yield progress


@contextmanager
def answering_signals() -> Iterator[None]:
    """Remember a Ctrl-C, and let a polite end (SIGTERM, SIGHUP) clean up as it does."""

    def interrupt(_number: int, _frame: object) -> None:
        _stopped.set()
        raise KeyboardInterrupt

    def end(number: int, _frame: object) -> None:
        raise SystemExit(128 + number)

    handlers = {"SIGINT": interrupt, "SIGTERM": end, "SIGHUP": end}
    _stopped.clear()
    previous = {}
    try:
        for name, handler in handlers.items():
            if number := getattr(signal, name, None):  # not every system has every signal
                previous[number] = signal.signal(number, handler)
    except ValueError:  # not the main thread, where signals cannot be answered
        pass
    try:
        yield
    finally:
        for number, before in previous.items():
            signal.signal(number, before)
