"""Colours that stand side by side can be told apart with any common colour blindness, on both grounds."""

import itertools
from dataclasses import fields

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from flightsim.errors import InputError
from flightsim.plots import colours, style

# What is left of linear sRGB without one kind of cone: Machado, Oliveira and Fernandes (2009), "A physiologically-based
# model for simulation of color vision deficiency", IEEE TVCG 15(6), severity 1.0.
SEEN = {
    "all cones": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
# sRGB to XYZ under D65, and its white (IEC 61966-2-1)
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
LEAST = (
    12.0  # CIE 1976 units; some 2.3 can just be seen side by side, areas in a picture need several times that
)
CONTRAST_OF_TEXT = 4.5  # WCAG 2.1, level AA


def linear(colour: str) -> np.ndarray:
    rgb = np.array(to_rgb(colour))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def lab(colour: str, cones: np.ndarray) -> np.ndarray:
    """CIE L*a*b* of a colour as somebody with these cones sees it."""
    xyz = TO_XYZ @ np.clip(cones @ linear(colour), 0, 1) / TO_XYZ.sum(axis=1)
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def apart(one: str, other: str, cones: np.ndarray) -> float:
    return float(np.linalg.norm(lab(one, cones) - lab(other, cones)))


def contrast(one: str, other: str) -> float:
    high, low = sorted((float(TO_XYZ[1] @ linear(c)) for c in (one, other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def meant(palette: colours.Palette, meaning: str) -> str:
    name, _, key = meaning.partition(".")
    value = getattr(palette, name)
    return value if isinstance(value, str) else value[int(key)] if key.isdigit() else value[key]


@pytest.mark.parametrize("theme", colours.PALETTES)
@pytest.mark.parametrize("eyes", SEEN)
@pytest.mark.parametrize("family", colours.FAMILIES)
def test_what_stands_side_by_side_can_be_told_apart(theme: str, eyes: str, family: str) -> None:
    palette = colours.PALETTES[theme]
    near = {
        (one, other): round(d)
        for one, other in itertools.combinations(colours.FAMILIES[family], 2)
        if (d := apart(meant(palette, one), meant(palette, other), SEEN[eyes])) < LEAST
    }
    assert not near


@pytest.mark.parametrize("theme", colours.PALETTES)
@pytest.mark.parametrize("eyes", SEEN)
def test_shades_go_one_way_from_few_to_many(theme: str, eyes: str) -> None:
    lightness = [lab(c, SEEN[eyes])[0] for c in colours.PALETTES[theme].shades(6)]
    steps = np.diff(lightness)
    assert (steps < -3).all() if theme == colours.LIGHT else (steps > 3).all()


@pytest.mark.parametrize("theme", colours.PALETTES)
def test_what_is_written_can_be_read(theme: str) -> None:
    palette = colours.PALETTES[theme]
    for ink in (palette.INK, palette.FAINT_INK):
        assert contrast(ink, palette.PAPER) >= CONTRAST_OF_TEXT


def test_the_checker_knows_red_from_green_only_with_all_cones() -> None:
    red, green = "#C45A4D", "#7E8A2C"
    assert apart(red, green, SEEN["all cones"]) > 3 * apart(red, green, SEEN["deuteranopia"])


def test_meanings_of_a_run_have_a_colour_each() -> None:
    for palette in colours.PALETTES.values():
        own = [
            palette.PEOPLE,
            palette.LEAVING,
            palette.MOVING,
            palette.TRAPPED,
            palette.CARE,
            palette.STRIKES,
        ]
        own += [palette.CAPTURED, palette.MET, palette.SHORT, *palette.RUNG_COLOURS.values()]
        assert len(set(own)) == len(own)
        assert palette.CAUSE_COLOURS["front"] == palette.CAPTURED
        assert palette.CAUSE_COLOURS["neighbours"] == palette.LEAVING


def test_no_other_module_chooses_colours() -> None:
    from pathlib import Path

    import flightsim

    source = Path(flightsim.__file__).parent
    hexes = [
        f"{file.relative_to(source)}: {line.strip()}"
        for file in source.rglob("*.py")
        if file.name != "colours.py"
        for line in file.read_text(encoding="utf-8").splitlines()
        if any(f"{q}#{d}" in line and len(line.split(f"{q}#")[1].split(q)[0]) in (3, 6, 8)
               and all(c in "0123456789abcdefABCDEF" for c in line.split(f"{q}#")[1].split(q)[0])
               for q in "\"'" for d in "0123456789abcdefABCDEF")
    ]  # fmt: skip
    assert not hexes


def test_a_theme_holds_inside_only() -> None:
    light = style.PAPER
    with colours.theme("dark"):
        assert style.PAPER == colours.PALETTES["dark"].PAPER != light
    assert light == style.PAPER
    with pytest.raises(InputError, match="did you mean 'dark'"), colours.theme("drak"):
        pass


def test_every_colour_is_written_in_full() -> None:
    for palette in colours.PALETTES.values():
        for each in fields(palette):
            value = getattr(palette, each.name)
            for colour in (
                [value] if isinstance(value, str) else getattr(value, "values", lambda v=value: v)()
            ):
                assert len(colour) == 7
                assert colour == colour.upper()


def test_sides_keep_their_own_colours_and_share_out_the_others() -> None:
    first, second = colours.PALETTES["light"].SCENARIOS[:2]
    assert colours.of_holders((), 2) == [first, second]
    assert colours.of_holders(("", "#AA3300"), 2) == [first, "#AA3300"]
    assert colours.of_holders((first, ""), 2)[1] not in (first, "")
