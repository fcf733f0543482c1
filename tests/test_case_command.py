"""``flightsim case``: every subcommand says in its help what it does, with an example."""

import pytest

from flightsim import cli
from flightsim.cli.case import SUBCOMMANDS


@pytest.mark.parametrize("name", [module.__name__.rpartition("_")[2] for module in SUBCOMMANDS])
def test_each_subcommand_has_a_help_with_an_example(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["case", name, "--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert f"usage: flightsim case {name}" in said
    assert f"example:\n  flightsim case {name} " in said


def test_the_help_lists_the_subcommands(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["case", "--help"])
    said = capsys.readouterr().out
    assert all(f"\n    {module.__name__.rpartition('_')[2]} " in said for module in SUBCOMMANDS)


@pytest.mark.parametrize("words", [["case"], ["case", "chek", "toy"], ["case", "check"], ["case", "new"]])
def test_an_unknown_or_incomplete_subcommand_is_refused_with_code_2(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(words)
    assert ended.value.code == 2
    assert "usage: flightsim case" in capsys.readouterr().err
