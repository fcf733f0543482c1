"""Ten thousand random worlds, case folders and results folders: does anything break, or pass as true that is not?

    python experiments/verification/random_worlds.py                   10,000 of each: an hour; docs/verification.md
    python experiments/verification/random_worlds.py --examples 500    fewer

The properties are those of the tests, which try 200 of each: small worlds with all parts, control that flips, captures
with closures and cuts in the same hour; files of a case and of results changed at random. What is found becomes a test.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "verification.md"
TRIED = {
    "random worlds, after every step": "test_properties.py::test_what_must_hold_after_every_step",
    "case folders, changed": "test_case_reading.py::test_whatever_is_in_the_files_it_is_read_or_refused",
    "results folders, changed": "test_mutations.py::test_results_that_were_changed_are_refused_or_what_they_were",
}


def main() -> int:
    """Try, print, put the figures into the page."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--examples", type=int, default=10_000)
    examples = parser.parse_args().examples
    lines, failed = ["| what | tried | outcome | minutes |", "|---|---|---|---|"], False
    for what, test in TRIED.items():
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", "--hypothesis-show-statistics",
             str(ROOT / "tests" / test)],
            env={**os.environ, "FLIGHTSIM_EXAMPLES": str(examples)}, capture_output=True, text=True, cwd=ROOT,
        )  # fmt: skip
        passing = re.findall(r"(\d+) passing examples", done.stdout)
        tried = sum(map(int, passing))
        outcome = "none failed" if done.returncode == 0 else "failed"
        if done.returncode:
            failed = True
            print(done.stdout[-3000:])
        lines.append(f"| {what} | {tried:,} | {outcome} | {(time.monotonic() - began) / 60:.0f} |")
        print(lines[-1], flush=True)
    if not failed:
        write(lines)
    return int(failed)


def write(lines: list[str]) -> None:
    """Put the table into the page."""
    text = PAGE.read_text(encoding="utf-8")
    begin, end = "<!-- random -->", "<!-- end of random -->"
    head, _, rest = text.partition(begin)
    PAGE.write_text("\n".join([head + begin, *lines, end + rest.partition(end)[2]]), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
