"""Colours, markers and lines that colour-blind readers can tell apart. Imports Matplotlib inside functions only."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from matplotlib.colors import LinearSegmentedColormap

__all__ = [
    "AMBER", "BLUE", "COLOURS", "CYCLE", "GREEN", "GREY", "INK", "MARKERS", "ORANGE", "PURPLE", "SHADE", "SKY",
    "YELLOW", "blue_to_orange", "readable", "white_to_blue",
]  # fmt: skip

LineStyle: TypeAlias = str | tuple[float, tuple[float, ...]]

# Okabe and Ito's colours
BLUE, ORANGE, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
SKY, AMBER, YELLOW = "#56B4E9", "#E69F00", "#F0E442"  # YELLOW is too pale for a line on white
INK, GREY = "#222222", "#6b6b6b"  # what is written, and what frames it
SHADE = "#f3f3f3"  # behind what a figure points at

# Classes and curves take these in turn. Seven colours against five kinds of line: 35 different pairs.
COLOURS = (BLUE, ORANGE, GREEN, PURPLE, AMBER, SKY, INK)
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", "p", ">")
LINES: tuple[LineStyle, ...] = ("-", (0, (5, 1.5)), (0, (1, 1)), (0, (6, 1.5, 1, 1.5)), (0, (9, 1.5)))
CYCLE = tuple((COLOURS[i % 7], LINES[i % 5]) for i in range(35))


def blue_to_orange(*, pale: bool = True) -> LinearSegmentedColormap:
    """Return the colour map from blue (negative) over white (zero) to orange (positive); pale, one can draw on it.

    >>> [round(float(part), 2) for part in blue_to_orange()(0.5)[:3]]
    [1.0, 1.0, 1.0]
    """
    from matplotlib.colors import LinearSegmentedColormap

    ends = ["#7FB8DA", "#FFFFFF", "#F3B183"] if pale else [BLUE, "#FFFFFF", ORANGE]
    return LinearSegmentedColormap.from_list("blue to orange", ends, N=257)


def white_to_blue() -> LinearSegmentedColormap:
    """Return the colour map from white (nothing) to dark blue (most), whose lightness falls evenly.

    >>> [round(float(part), 2) for part in white_to_blue()(0)[:3]]
    [1.0, 1.0, 1.0]
    """
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("white to blue", ["#FFFFFF", "#A9CDE5", "#3F94C6", BLUE, "#003A5C"])


def readable(colour: str) -> str:
    """Return the colour, darkened until letters in it stand out from white by a contrast of 4.5 to 1.

    From: the Web Content Accessibility Guidelines 2.2, success criterion 1.4.3.

    >>> readable(BLUE), readable(YELLOW)
    ('#0072b2', '#7b7522')
    """
    from matplotlib.colors import to_hex, to_rgb

    red, green, blue = to_rgb(colour)
    while 1.05 / (0.05 + luminance((red, green, blue))) < 4.5:
        red, green, blue = 0.95 * red, 0.95 * green, 0.95 * blue
    return to_hex((red, green, blue))


def luminance(rgb: tuple[float, float, float]) -> float:
    """Return how bright a colour looks, from 0 (black) to 1 (white)."""
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in rgb]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
