"""Pictures of graphs, and runs of graphs as data and as text. Reads nodes, changes nothing."""

from autograd.viz.dot import draw_dot
from autograd.viz.explanation import Solution, explain
from autograd.viz.folding import Box, Folded, GraphTooLarge, Link, fold
from autograd.viz.page import Page, stepper
from autograd.viz.picture import Picture, graph
from autograd.viz.recording import Backward, Contribution, Edge, Recording, Step, record

__all__ = [
    "Backward", "Box", "Contribution", "Edge", "Folded", "GraphTooLarge", "Link", "Page", "Picture", "Recording",
    "Solution", "Step", "draw_dot", "explain", "fold", "graph", "record", "stepper",
]  # fmt: skip
