"""Is anything lost when a command is killed? Killed at random moments, started again: the same bytes?

    python experiments/verification/kills.py               100 kills on the toy case: half an hour; docs/verification.md
    python experiments/verification/kills.py --kills 6     fewer; writes no page

SIGKILL as the out-of-memory killer sends it, SIGINT as Ctrl-C in a terminal does (to the workers, too), in turn over
run, sweep, compare, export, needs and brief. What a killed command left is there when the same command is given again.
"""

from __future__ import annotations

import argparse
import csv
import io
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "verification.md"
TOY = ["case=toy", "days=4", "step_hours=6", "population.scale=0.1", "figures=false"]
COMMANDS = {  # in a folder with a finished sweep, "made"
    "run": ["run", *TOY, "name=alone", "results=."],
    "sweep": ["run", *TOY, "replicates=3", "workers=2", "results=again"],
    "compare": ["compare", "made"],
    "export": ["export", "made"],
    "needs": ["needs", "made"],
    "brief": ["brief", "made"],
}
SIGNALS = {"SIGKILL": signal.SIGKILL, "SIGINT": signal.SIGINT}
PATIENCE_SECONDS = 180.0  # what takes longer hangs: undisturbed each takes seconds
CLOCK = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(\.\d+)?(Z|[+-]\d\d:\d\d)?|\"wall_seconds\": [\d.]+")
CLOCK_BYTES = re.compile(CLOCK.pattern.encode())
GROW = {".lock", "export.log"}  # a lock, and the log of exports, to which one that is given again adds a line
TEXTS = {".json", ".txt", ".md", ".html", ".yaml", ".log", ".svg"}


def main() -> int:
    """Kill, go on, compare; print the figures, and write the page when all kills were asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=100)
    kills = parser.parse_args().kills
    with tempfile.TemporaryDirectory(prefix="flightsim-kills-") as folder:
        counted, failures = tried(Path(folder), kills)
    print("\n".join(rows(counted)))
    print("\n".join(failures))
    if kills >= 100:
        write(counted)
    return 1 if failures else 0


def tried(folder: Path, kills: int) -> tuple[Counter[tuple[str, str]], list[str]]:
    """How many kills of each command were tried, came too late, were handled or failed; and what failed."""
    chance, counted, failures = random.Random(1), Counter[tuple[str, str]](), []
    source, work = folder / "source", folder / "work"
    source.mkdir()
    flightsim(source, ["run", *TOY, "replicates=2", "results=made", "workers=1"]).communicate()
    expected, seconds = {}, {}
    for name, words in COMMANDS.items():
        anew(source, work)
        began = time.monotonic()
        out, err = flightsim(work, words).communicate()
        seconds[name], expected[name] = time.monotonic() - began, contents(work)
        assert len(expected[name]) > len(contents(source)), f"{name} makes nothing: {out} {err}"
        anew(source, work)
        flightsim(work, words).communicate()
        assert not (said := what_differs(contents(work), expected[name])), f"{name}, undisturbed: {said}"
    for n in range(kills):
        name = list(COMMANDS)[n % len(COMMANDS)]
        sent = list(SIGNALS)[n // len(COMMANDS) % len(SIGNALS)]
        after = chance.uniform(0, seconds[name])
        anew(source, work)
        trouble, late = killed(work, COMMANDS[name], SIGNALS[sent], after)
        trouble = trouble or gone_on(work, COMMANDS[name], expected[name])
        outcome = "failed" if trouble else "late" if late else "handled"
        counted[name, outcome] += 1
        print(f"{n + 1:4} {name:8} {sent:8} after {after:5.2f} s: {outcome} {trouble}", flush=True)
        if trouble:
            failures.append(f"{name}, {sent} after {after:.2f} s: {trouble}")
    return counted, failures


def anew(source: Path, work: Path) -> None:
    """The folder as it was before any command, under the same name: products know where they stand."""
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(source, work)


def flightsim(folder: Path, words: list[str]) -> subprocess.Popen[str]:
    """A command as a user starts it, in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "flightsim", *words],
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


def killed(work: Path, words: list[str], sent: signal.Signals, after: float) -> tuple[str, bool]:
    """What is wrong with the end of a killed command, blank if nothing; and whether it had ended before."""
    process = flightsim(work, words)
    time.sleep(after)
    late = process.poll() is not None
    if not late:
        if sent == signal.SIGKILL:
            process.kill()
        else:
            os.killpg(process.pid, sent)
    try:
        _, err = process.communicate(timeout=PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return "it hung after the signal", late
    if sent == signal.SIGINT and "Traceback" in err and after > 1:  # before, Python itself is starting
        return f"a traceback: {err[-300:]}", late
    if not late and process.returncode not in (-sent, 128 + sent, 0):
        return f"exit code {process.returncode}: {err[-300:]}", late
    return "", late


def gone_on(work: Path, words: list[str], expected: dict[str, bytes]) -> str:
    """What is wrong after the same command was given again; blank if nothing."""
    process = flightsim(work, words)
    try:
        _, err = process.communicate(timeout=PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return "it hung when it was given again"
    if process.returncode != 0 or "Traceback" in err:
        return f"given again it ends with {process.returncode}: {err[-300:]}"
    return what_differs(contents(work), expected)


def what_differs(found: dict[str, bytes], expected: dict[str, bytes]) -> str:
    """Files that are missing, too many, or of other bytes; blank if there are none."""
    if found.keys() != expected.keys():
        return f"other files: {sorted(found.keys() ^ expected.keys())}"
    other = [name for name in found if found[name] != expected[name]]
    return f"other bytes in {', '.join(other)}" if other else ""


def contents(folder: Path) -> dict[str, bytes]:
    """Every file in a folder by its path, less the time of day and how long it took; half-written ones too."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name not in GROW)
    return {str(path.relative_to(folder)): timeless(path) for path in files}


def timeless(path: Path) -> bytes:
    raw = path.read_bytes()
    if path.name == "runs.csv":
        rows = list(csv.DictReader(io.StringIO(raw.decode())))
        return repr([{key: value for key, value in row.items() if key != "seconds"} for row in rows]).encode()
    if path.suffix == ".xlsx":  # a zip, whose members bear the hour
        with zipfile.ZipFile(path) as book:
            return repr([(n, CLOCK.sub("TIME", book.read(n).decode())) for n in book.namelist()]).encode()
    if path.suffix == ".gpkg":  # SQLite, with the hour of the last change as a text
        return CLOCK_BYTES.sub(b"TIME", raw)
    if path.suffix in TEXTS:
        return CLOCK.sub("TIME", raw.decode()).encode()
    return raw


def rows(counted: Counter[tuple[str, str]]) -> list[str]:
    """The table: a row a command, and all together."""
    lines = ["| command | tried | handled | it had ended before | failed |", "|---|---|---|---|---|"]
    for name in (*COMMANDS, "all"):
        of = [
            sum(counted[c, o] for c in COMMANDS if name in (c, "all")) for o in ("handled", "late", "failed")
        ]
        lines.append(f"| {name} | {sum(of)} | {' | '.join(map(str, of))} |")
    return lines


def write(counted: Counter[tuple[str, str]]) -> None:
    """Put the table into the page."""
    text = PAGE.read_text(encoding="utf-8")
    begin, end = "<!-- kills -->", "<!-- end of kills -->"
    head, _, rest = text.partition(begin)
    PAGE.write_text("\n".join([head + begin, *rows(counted), end + rest.partition(end)[2]]), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
