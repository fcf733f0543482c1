"""NAME=VALUE on the command line: what is understood, and what is said of what is not."""

import pytest

from flightsim.config import compose
from flightsim.errors import InputError


def complaint(*overrides: str, many: bool = False) -> str:
    with pytest.raises(InputError) as caught:
        compose.jobs(overrides, many=many)
    return "\n".join(caught.value.complaints)


def labels(*overrides: str) -> list[str]:
    return [job.label for job in compose.jobs(overrides, many=True)]


def test_values_and_options_are_changed() -> None:
    (job,) = compose.jobs(["days=3", "border=open", "events.keep=[reported]", "case='a (b)'"])
    assert job.label == ""
    assert job.config["days"] == 3
    assert job.config["border"]["policy"] == "open"
    assert job.config["events"]["keep"] == ["reported"]
    assert job.config["case"] == "a (b)"


def test_the_last_word_counts() -> None:
    (job,) = compose.jobs(["days=3", "border=open", "days=4", "border=closed"])
    assert job.config["days"] == 4
    assert job.config["border"]["policy"] == "closed"


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        ("dayz=3", "did you mean 'days'?"),
        ("boarder=open", "did you mean 'border'?"),
        ("event.keep=[reported]", "did you mean 'events'?"),
        ("events.kep=[reported]", "did you mean 'keep'?"),
        ("border=opne", "did you mean 'open'?"),
        ("experiment=idlib_dec19", "did you mean 'idlib_dec2019'?"),
        ("hazard=null", "there is: bombardment, none"),
        ("days", "expected NAME=VALUE"),
        ("=3", "expected NAME=VALUE"),
        ("days==3", "cannot be read"),
        ("case=a(b)", "\"case='a(b)'\""),
        ("+days=3", "write 'days=3'"),
        ("+border=open", "write border=OPTION"),
        ("+dayz=3", "did you mean 'days'?"),
        ("++dayz=3", "did you mean 'days'?"),
        ("~days", "nothing can be taken away"),
        ("border@other=open", "'@' is not used here"),
        ("days=???", "days has no value"),
    ],
)
def test_a_slip_is_answered_with_the_cure(override: str, expected: str) -> None:
    told = complaint(override)
    assert expected in told
    assert "\n" not in told


def test_all_slips_are_told_at_once() -> None:
    told = complaint("dayz=3", "border=opne", "hydra.run.dir=x").splitlines()
    assert len(told) == 3


@pytest.mark.parametrize(
    "override", ["hydra.run.dir=x", "hydra/sweeper=optuna", "hydra={a: 1}", "hydra.verbose=true"]
)
def test_hydras_own_settings_are_out_of_reach(override: str) -> None:
    assert "only hydra/launcher" in complaint(override)


def test_a_launcher_that_is_not_there_is_refused_not_ignored() -> None:
    compose.jobs(["hydra/launcher=basic"])
    assert "launcher" in complaint("hydra/launcher=joblib")


@pytest.mark.parametrize(
    "value", ["${oc.env:HOME}", "'${oc.env:HOME}'", "a${oc.env:HOME}b", "'${oc.decode:${name}}'"]
)
def test_an_interpolation_may_only_name_another_value(value: str) -> None:
    (job,) = compose.jobs(["name=${case}_again"])
    assert job.config["name"] == "idlib_again"
    assert "only another value's name" in complaint(f"name={value}")


@pytest.mark.parametrize(
    "target", ["os.system", "flightsim.files.atomic.shutil.rmtree", "flightsim.os.System.x", "3"]
)
def test_a_part_from_elsewhere_is_refused(target: str) -> None:
    assert "expected a part of flightsim" in complaint(f"hazard._target_={target}")


def test_a_sweep_is_the_product_of_its_lists() -> None:
    assert labels("border=closed,open", "days=3", "seed=range(1,4)") == [
        f"border={border} seed={seed}" for border in ("closed", "open") for seed in (1, 2, 3)
    ]
    assert labels("hazard=glob(*,exclude=n*)") == ["hazard=bombardment"]
    assert labels("events.keep=[reported],[derived]") == ["events.keep=[reported]", "events.keep=[derived]"]
    assert labels("days=3") == [""]


def test_a_sweep_without_m_is_refused() -> None:
    assert "several runs" in complaint("border=closed,open")


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        ("seed=interval(1,3)", "range(start,stop,step)"),
        ("border=open,clsed", "did you mean 'closed'?"),
        ("border=glob(x*)", "nothing at all"),
        ("seed=range(1,1000000)", "more than 10,000 runs"),
    ],
)
def test_a_bad_sweep_is_refused_whole(override: str, expected: str) -> None:
    assert expected in complaint(override, many=True)
