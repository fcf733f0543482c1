"""Files and folders written whole or not at all: a temporary name, synced to disk, then renamed."""

from __future__ import annotations

import errno
import hashlib
import os
import platform
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from flightsim.errors import InputError

try:
    import fcntl
except ImportError:  # not on Windows
    fcntl = None  # type: ignore[assignment]

LOCKS: bool = fcntl is not None
STALE_SECONDS = 3600.0  # what another machine left is surely abandoned when older than this; *assumption*
YOUNG_SECONDS = 2.0  # what was made just now may not be held yet by the process that made it; *assumption*
LOCK, UNFINISHED = ".lock", ".unfinished"
CONTROL = frozenset(
    map(chr, [*range(32), *range(127, 160)])
)  # escape, carriage return, NUL: a terminal obeys them
FORBIDDEN = CONTROL | set('/\\:*?"<>|')  # in the name of a folder, on one system or another

_CAUSES = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EFBIG: "the file would be larger than this system allows",
    errno.EROFS: "the file system is read-only",
    errno.EACCES: "this user may not write there",
    errno.EPERM: "this user may not write there",
    errno.ELOOP: "it is a link, which is not followed",
    errno.ENOTDIR: "a part of that path is a file, not a folder",
    errno.ENAMETOOLONG: "the name is too long",
    errno.EIO: "the disk reports an error",
    errno.ENOTEMPTY: "another process has written it meanwhile",
    errno.EEXIST: "another process has written it meanwhile",
    errno.ENOENT: "there is no such folder and it could not be made",
}


def can_be_folder(name: str) -> bool:
    """Whether ``name`` alone can be a folder's, on any system, and stays inside the folder above it."""
    return bool(name.strip()) and name not in (".", "..") and not FORBIDDEN & set(name)


@contextmanager
def plain_errors(path: Path) -> Iterator[None]:
    """Turn what the system says about writing at ``path`` into an InputError a user understands."""
    try:
        yield
    except OSError as problem:
        cause = _CAUSES.get(problem.errno or 0, problem.strerror or str(problem))
        wanted = re.sub(
            rf"\.([^/\\]+){UNFINISHED}-[^/\\]*", r"\1", str(path)
        )  # not its hidden name until then
        raise InputError(f"cannot write {wanted}: {cause}") from problem


def check_writable(folder: Path) -> None:
    """Make ``folder`` if need be and prove that a folder can be made in it; InputError if not.

    Asked before a run, so that nobody waits for results that cannot be kept. What killed processes left there
    half-written is removed.
    """
    with plain_errors(folder):
        if folder.exists() and not folder.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, "not a folder")
        folder.mkdir(parents=True, exist_ok=True)
        Path(tempfile.mkdtemp(prefix=_prefix(folder / "check"), dir=folder)).rmdir()
        remove_unfinished(folder)


@contextmanager
def alone_in(folder: Path, tidy: bool = True) -> Iterator[Callable[[], None]]:
    """Hold ``folder`` for this process alone; InputError if another has it. Ends with the process, killed or not.

    What it gives removes what killed processes left there half-written; with ``tidy``, when none of ours can be at it
    any more, this is done at the beginning and at every end, too.
    """
    check_writable(folder)
    with plain_errors(
        folder / LOCK
    ):  # a link there, or what somebody keeps under that name, is never written to
        handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o666)
    with os.fdopen(handle, "r+b") as file:
        if LOCKS:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise InputError(
                    f"another flightsim is at work in {folder}; wait for it, or stop it"
                ) from None
            except OSError:  # some network file systems have no locks; then nothing may be removed either
                tidy = False

        def remove() -> None:
            remove_unfinished(folder, younger=tidy)

        remove()
        try:
            yield remove
        finally:
            remove()


def remove_unfinished(folder: Path, younger: bool = False) -> None:
    """Remove what killed processes left half-written in ``folder``, never what a running process is at.

    A process holds what it writes by a lock that the system takes from it when it ends, however it ends. Where such
    locks are not known, or another machine wrote, only what is older than an hour goes. ``younger``: what was made
    this moment, too.
    """
    with suppress(OSError):
        for path in folder.glob(f".*{UNFINISHED}*"):
            with suppress(OSError):  # somebody else removed it, or it is not ours to remove
                age = time.time() - path.stat().st_mtime
                if age > STALE_SECONDS or ((younger or age > YOUNG_SECONDS) and _is_abandoned(path)):
                    _remove(path)


def _is_abandoned(path: Path) -> bool:
    """Whether no process of this machine holds a half-written file or folder; False where that cannot be known."""
    if not LOCKS or f"{UNFINISHED}-{_machine()}-" not in path.name:
        return False
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(handle)
    return True


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _hold(handle: int) -> None:
    """Say that an open half-written file or folder is this process's, until it is closed."""
    if LOCKS:
        with suppress(OSError):  # no locks there: then it is safe for an hour
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)


@contextmanager
def _held_folder(folder: Path) -> Iterator[Path]:
    """A hidden sibling of ``folder`` that no other process removes while this one is at it."""
    temporary = Path(tempfile.mkdtemp(prefix=_prefix(folder), dir=folder.parent))
    if not LOCKS:  # Windows, which cannot open folders either
        yield temporary
        return
    handle = os.open(temporary, os.O_RDONLY)
    try:
        _hold(handle)
        yield temporary
    finally:
        os.close(handle)


def write_text(path: Path, text: str) -> None:
    """Write a whole text file (UTF-8) at ``path``, replacing what was there only when it is safe on disk."""
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path, content: bytes) -> None:
    """Write a whole file at ``path``, replacing what was there only when it is safe on disk."""
    with plain_errors(path):
        handle, name = tempfile.mkstemp(prefix=_prefix(path), dir=path.parent)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                _hold(handle)
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
                temporary.chmod(0o666 & ~_umask())
                if LOCKS:
                    temporary.replace(path)  # while it is held
            if not LOCKS:  # Windows renames no open file
                temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        _sync(path.parent)


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """A hidden sibling of ``folder`` to fill. It gets its name when the block ends well, is removed if not.

    A process killed in between leaves the hidden folder at most, removed by the next command that writes there;
    ``folder`` itself is there whole or not at all. If ``folder`` exists, InputError, and it is not touched.
    """
    with plain_errors(folder):
        if folder.exists():
            raise InputError(f"{folder} exists already; it is not overwritten")
        folder.parent.mkdir(parents=True, exist_ok=True)
        remove_unfinished(folder.parent)
        with _held_folder(folder) as temporary:
            try:
                yield temporary
                temporary.chmod(0o777 & ~_umask())
                for path in sorted(temporary.rglob("*")):
                    _sync(path)
                _sync(temporary)
                temporary.rename(folder)
            except BaseException:  # Ctrl-C too: nothing half-written stays
                shutil.rmtree(temporary, ignore_errors=True)
                raise
        _sync(folder.parent)


@contextmanager
def renewed_folder(folder: Path, mark: str) -> Iterator[Path]:
    """A folder of things that can be made again: as ``whole_folder``, but an earlier one is replaced.

    It is known by the file ``mark`` in it; anything else of that name is left as it is: InputError. The earlier
    folder stays until the new one is whole.
    """
    with plain_errors(folder):
        if folder.exists() and not (folder / mark).is_file():
            raise InputError(f"{folder} is in the way: flightsim did not write it (it holds no {mark})")
        folder.parent.mkdir(parents=True, exist_ok=True)
        remove_unfinished(folder.parent)
        with _held_folder(folder) as aside:
            try:
                with whole_folder(aside / folder.name) as temporary:
                    yield temporary
                if folder.exists():
                    folder.rename(aside / "before")
                (aside / folder.name).rename(folder)
                _sync(folder.parent)
            finally:
                shutil.rmtree(aside, ignore_errors=True)


def _prefix(path: Path) -> str:
    return f".{path.name}{UNFINISHED}-{_machine()}-"


@cache
def _machine() -> str:
    """A few digits for this machine: locks tell of its own processes only."""
    return hashlib.sha256(platform.node().encode()).hexdigest()[:6]


def _sync(path: Path) -> None:
    """Ask the system to put a file or a folder on disk now."""
    if os.name == "nt" and path.is_dir():  # Windows cannot open folders
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _umask() -> int:
    """The process's mask for new files (mkstemp and mkdtemp ignore it)."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
