"""How every figure of the demos looks: one type, one grid, colours that colour-blind readers can tell apart.

Nothing depends on colour alone: classes differ by marker, curves by line and by a label at their end.
"""

from __future__ import annotations

from typing import Any

from matplotlib.colors import LinearSegmentedColormap

# Okabe and Ito's colours
BLUE, ORANGE, INK, GREY = "#0072B2", "#D55E00", "#222222", "#6b6b6b"
SHADE = "#f3f3f3"  # behind what a figure points at

# negative scores blue, positive ones orange, zero white
BLUE_TO_ORANGE = LinearSegmentedColormap.from_list("blue to orange", ["#7FB8DA", "#FFFFFF", "#F3B183"])

STYLE: dict[Any, Any] = {
    "figure.constrained_layout.use": True,
    "savefig.dpi": 150,
    "savefig.bbox": "tight",
    "savefig.pad_inches": 0.15,
    "font.size": 11,
    "text.color": INK,
    "axes.titlesize": 13,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 12,
    "axes.labelcolor": INK,
    "axes.edgecolor": GREY,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e6e6e6",
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "lines.linewidth": 2,
    "legend.frameon": False,
}
