"""Pictures of graphs, and runs of graphs as data and as text. Reads nodes, changes nothing."""

from autograd.viz.boxes import Box, Folded, Link
from autograd.viz.dot import draw_dot
from autograd.viz.explanation import Solution, explain
from autograd.viz.film import Film
from autograd.viz.folding import GraphTooLarge, fold
from autograd.viz.frames import Frame, Plane, frame
from autograd.viz.page import Page, stepper
from autograd.viz.picture import Picture, graph
from autograd.viz.recording import record
from autograd.viz.run import Backward, Contribution, Edge, Recording, Step

__all__ = [
    "Backward", "Box", "Contribution", "Edge", "Film", "Folded", "Frame", "GraphTooLarge", "Link", "Page", "Picture",
    "Plane", "Recording", "Solution", "Step", "draw_dot", "explain", "fold", "frame", "graph", "record", "stepper",
]  # fmt: skip
