"""Whole files and folders, or none."""

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from flightsim.errors import InputError
from flightsim.files import atomic


def test_text_is_written_whole(tmp_path: Path) -> None:
    atomic.write_text(tmp_path / "a.txt", "one ×\n")
    atomic.write_text(tmp_path / "a.txt", "two\n")
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == "two\n"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_a_failed_file_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    atomic.write_text(tmp_path / "a.txt", "old")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match=r"cannot write .*a\.txt: the disk is full"):
        atomic.write_text(tmp_path / "a.txt", "new")
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]
    assert (tmp_path / "a.txt").read_text() == "old"


def test_folder_appears_whole(tmp_path: Path) -> None:
    with atomic.whole_folder(tmp_path / "deep" / "run") as folder:
        (folder / "a").write_text("1")
        assert not (tmp_path / "deep" / "run").exists()
        assert folder.name.startswith(".run.unfinished-")
    assert (tmp_path / "deep" / "run" / "a").read_text() == "1"
    assert [p.name for p in (tmp_path / "deep").iterdir()] == ["run"]
    assert (tmp_path / "deep" / "run").stat().st_mode == (tmp_path / "deep").stat().st_mode


@pytest.mark.parametrize("trouble", [KeyboardInterrupt, ValueError])
def test_folder_is_removed_when_the_block_fails(tmp_path: Path, trouble: type[BaseException]) -> None:
    def begin() -> None:
        with atomic.whole_folder(tmp_path / "run") as folder:
            (folder / "a").write_text("1")
            raise trouble

    with pytest.raises(trouble):
        begin()
    assert list(tmp_path.iterdir()) == []


def test_an_existing_folder_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "mine").write_text("x")
    with pytest.raises(InputError, match="not overwritten"), atomic.whole_folder(tmp_path / "run"):
        pass
    assert (tmp_path / "run" / "mine").read_text() == "x"


def test_a_killed_process_leaves_no_folder_and_is_swept(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from flightsim.files.atomic import whole_folder\n"
        f"with whole_folder(Path({str(tmp_path)!r}) / 'run') as f:\n"
        "    (f / 'a').write_text('1'); print('ready', flush=True); time.sleep(60)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(atomic.__file__).parents[2])}
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, env=environment) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        child.send_signal(signal.SIGKILL)
        child.wait()
    assert not (tmp_path / "run").exists()
    (left,) = tmp_path.iterdir()
    made_before(left, seconds=5)
    with atomic.whole_folder(tmp_path / "another") as folder:
        (folder / "a").write_text("2")
    assert [p.name for p in tmp_path.iterdir()] == ["another"]


def made_before(path: Path, seconds: float) -> None:
    long_ago = time.time() - seconds
    os.utime(path, (long_ago, long_ago))


def test_what_is_being_written_is_left_alone(tmp_path: Path) -> None:
    with atomic.whole_folder(tmp_path / "run") as folder:
        (folder / "a").write_text("1")
        made_before(folder, seconds=600)
        atomic.check_writable(tmp_path)  # another command begins there
        with atomic.alone_in(tmp_path):
            assert (folder / "a").read_text() == "1"
    assert (tmp_path / "run" / "a").read_text() == "1"


def test_what_another_machine_writes_is_left_alone_for_an_hour(tmp_path: Path) -> None:
    theirs = tmp_path / ".run.unfinished-abcdef-x1"
    theirs.mkdir()
    made_before(theirs, seconds=600)
    atomic.check_writable(tmp_path)
    assert theirs.exists()
    made_before(theirs, seconds=2 * atomic.STALE_SECONDS)
    atomic.check_writable(tmp_path)
    assert not theirs.exists()


def test_half_written_files_are_removed_by_the_next_command(tmp_path: Path) -> None:
    left = tmp_path / f".runs.csv.unfinished-{atomic._machine()}-x1"
    left.write_text("half")
    mine = tmp_path / "notes.unfinished"
    mine.write_text("mine")
    with atomic.alone_in(tmp_path):
        assert {path.name for path in tmp_path.iterdir()} == {".lock", "notes.unfinished"}


def test_the_lock_takes_nobodys_file(tmp_path: Path) -> None:
    (tmp_path / "theirs").write_text("theirs")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / ".lock").write_text("mine")
    with atomic.alone_in(tmp_path / "mine"):
        pass
    assert (tmp_path / "mine" / ".lock").read_text() == "mine"
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked" / ".lock").symlink_to(tmp_path / "theirs")
    with pytest.raises(InputError, match="a link"), atomic.alone_in(tmp_path / "linked"):
        pass
    assert (tmp_path / "theirs").read_text() == "theirs"


def test_a_file_too_large_for_the_system_is_told_plainly(tmp_path: Path) -> None:
    """A limit on file size is as near to a full disk as a test can come without a disk."""
    code = (
        "import resource, signal; from pathlib import Path; from flightsim.files.atomic import *\n"
        "from flightsim.errors import InputError\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        f"folder = Path({str(tmp_path)!r}) / 'run'\n"
        "try:\n"
        "    with whole_folder(folder) as f: write_bytes(f / 'a', bytes(5000))\n"
        "except InputError as e: print(e)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(atomic.__file__).parents[2])}
    said = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True
    ).stdout
    assert "cannot write" in said
    assert "larger than this system allows" in said
    assert list(tmp_path.iterdir()) == []


def test_places_one_cannot_write_to(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(InputError, match=r"cannot write .*: a part of that path is a file"):
            atomic.check_writable(folder)
    atomic.check_writable(tmp_path / "new" / "deep")
    assert list((tmp_path / "new" / "deep").iterdir()) == []


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a file system that takes no folders")
def test_read_only_place_even_for_root() -> None:
    with pytest.raises(InputError, match="cannot write /proc/"):
        atomic.check_writable(Path("/proc/flightsim"))
