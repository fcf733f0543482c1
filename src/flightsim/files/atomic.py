"""Files and folders written whole or not at all: a temporary name, synced to disk, then renamed."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flightsim.errors import InputError

try:
    import fcntl
except ImportError:  # not on Windows
    fcntl = None  # type: ignore[assignment]

STALE_SECONDS = 3600.0  # what a killed run left behind is swept when older than this; *assumption*
LOCK, UNFINISHED = ".lock", ".unfinished"
FORBIDDEN = frozenset('/\\:*?"<>|\0\n')  # in the name of a folder, on one system or another

_CAUSES = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EFBIG: "the file would be larger than this system allows",
    errno.EROFS: "the file system is read-only",
    errno.EACCES: "this user may not write there",
    errno.EPERM: "this user may not write there",
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
        raise InputError(f"cannot write {path}: {cause}") from problem


def check_writable(folder: Path) -> None:
    """Make ``folder`` if need be and prove that a folder can be made in it; InputError if not.

    Asked before a run, so that nobody waits for results that cannot be kept.
    """
    with plain_errors(folder):
        if folder.exists() and not folder.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, "not a folder")
        folder.mkdir(parents=True, exist_ok=True)
        Path(tempfile.mkdtemp(prefix=".flightsim-check-", dir=folder)).rmdir()


@contextmanager
def alone_in(folder: Path, tidy: bool = True) -> Iterator[None]:
    """Hold ``folder`` for this process alone; InputError if another has it. Ends with the process, killed or not.

    With ``tidy``, what killed processes left there half-written is removed, at the beginning and at a good end, when
    nobody can be at it any more.
    """
    check_writable(folder)
    with (folder / LOCK).open("w") as file:
        if fcntl is not None:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise InputError(
                    f"another flightsim is at work in {folder}; wait for it, or stop it"
                ) from None
            except OSError:  # some network file systems have no locks; then nothing may be removed either
                tidy = False
            if tidy:
                _remove_unfinished(folder)
        yield
        if tidy and fcntl is not None:
            _remove_unfinished(folder)


def _remove_unfinished(folder: Path) -> None:
    for path in folder.glob(f".*{UNFINISHED}-*"):
        shutil.rmtree(path, ignore_errors=True)
    for path in folder.glob(f".*{UNFINISHED}"):
        path.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write a whole text file (UTF-8) at ``path``, replacing what was there only when it is safe on disk."""
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path, content: bytes) -> None:
    """Write a whole file at ``path``, replacing what was there only when it is safe on disk."""
    with plain_errors(path):
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=UNFINISHED, dir=path.parent)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.chmod(0o666 & ~_umask())
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        _sync(path.parent)


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """A hidden sibling of ``folder`` to fill. It gets its name when the block ends well, is removed if not.

    A process killed in between leaves the hidden folder at most, swept by a later write of the same name;
    ``folder`` itself is there whole or not at all. If ``folder`` exists, InputError, and it is not touched.
    """
    with plain_errors(folder):
        if folder.exists():
            raise InputError(f"{folder} exists already; it is not overwritten")
        folder.parent.mkdir(parents=True, exist_ok=True)
        _sweep(folder)
        temporary = Path(tempfile.mkdtemp(prefix=_prefix(folder), dir=folder.parent))
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
        aside = Path(tempfile.mkdtemp(prefix=_prefix(folder), dir=folder.parent))
        try:
            with whole_folder(aside / folder.name) as temporary:
                yield temporary
            if folder.exists():
                folder.rename(aside / "before")
            (aside / folder.name).rename(folder)
            _sync(folder.parent)
        finally:
            shutil.rmtree(aside, ignore_errors=True)


def _prefix(folder: Path) -> str:
    return f".{folder.name}{UNFINISHED}-"


def _sweep(folder: Path) -> None:
    """Remove what runs of the same name left when they were killed, once it is surely abandoned."""
    for path in folder.parent.iterdir():
        if path.name.startswith(_prefix(folder)) and time.time() - path.stat().st_mtime > STALE_SECONDS:
            shutil.rmtree(path, ignore_errors=True)


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
