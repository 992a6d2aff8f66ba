"""How every figure of the demos looks: one type, one grid, colours that colour-blind readers can tell apart.

Nothing depends on colour alone: classes differ by marker, curves by line and by a label at their end. The colours
are those of `nn/plot/colours.py`.
"""

from __future__ import annotations

from typing import Any

from nn.plot import BLUE, GREY, INK, ORANGE, SHADE, blue_to_orange

__all__ = ["BLUE", "BLUE_TO_ORANGE", "GREY", "INK", "ORANGE", "SHADE", "STYLE"]

BLUE_TO_ORANGE = blue_to_orange()  # negative scores blue, positive ones orange, zero white

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
