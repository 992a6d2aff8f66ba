"""Pictures of graphs. Reads nodes, changes nothing."""

from autograd.viz.dot import draw_dot

__all__ = ["draw_dot"]
