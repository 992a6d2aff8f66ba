"""A page of one file that needs no network and no program: what a stepper and a film are.

Whatever runs or looks on the page is in the file and in its Content-Security-Policy; nothing else is allowed to.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from abc import ABC, abstractmethod
from html import escape
from importlib.resources import files
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

__all__ = ["OfflinePage", "file_text", "filled", "json_text", "script_of"]

SPACE = r" ?([=+*/?:<>&|,;(){}\[\]!-]) ?"  # that JavaScript does not need


class OfflinePage(ABC):
    """A page with a title, which is saved or shown in a notebook; ``str(page)`` is its HTML."""

    title: str

    @abstractmethod
    def __str__(self) -> str:
        raise NotImplementedError

    def save(self, path: str | Path) -> Path:
        """Write the page; the name ends in .html or .htm. Gives the path.

        Raises: ValueError for another suffix.
        """
        path = Path(path)
        if path.suffix.lower() not in (".html", ".htm"):
            raise ValueError(f"save({str(path)!r}): the name ends in .html")
        path.write_bytes(str(self).encode())
        return path

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:  # noqa: ARG002 (IPython's)
        frame = (
            f'<iframe title="{escape(self.title)}" sandbox="allow-scripts" width="100%" height="760" '
            f'style="border:0" srcdoc="{escape(str(self))}"></iframe>'
        )
        return {"text/html": frame, "text/plain": repr(self)}


def filled(template: str, look: str, script: str, style: str, parts: dict[str, str]) -> str:
    """A page of the file ``template`` with its parts, this style and this script, which are all its policy allows."""
    policy = (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; base-uri 'none'; form-action 'none'"
    )
    around = {"policy": policy, "look": look, "style": style, "script": script, "body": _filled(template, parts)}
    return _filled("offline.html", {**parts, **around})


def _filled(template: str, parts: dict[str, str]) -> str:
    return re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], file_text(template).rstrip())


def json_text(data: Any) -> str:
    """JSON that is safe inside a script element."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def script_of(*parts: str) -> str:
    """One program of the parts that all pages have and of these: files in script/ by name, or JavaScript."""
    texts = [file_text(f"script/{x}.js") if x.isidentifier() else x for x in ("page", "numbers", *parts)]
    return "\n".join(["(() => {", '"use strict";', *map(_slim, texts), "})();"])


def file_text(name: str) -> str:
    """A file beside this one."""
    return files("autograd.viz").joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _slim(script: str) -> str:
    """A script without comments and needless space; what is in quotes stays as it is."""
    script = re.sub(r"^ *//.*\n| +// .*$", "", script, flags=re.MULTILINE)
    parts: list[tuple[bool, str]] = []  # is it quoted?
    within = [""]  # the quotes and brackets that are open: code stands in ${} in templates
    for part in re.findall(r'"(?:\\.|[^"\\])*"|`|\$\{|[^"`{}$]+|.', script):
        quoted = within[-1] == "`"
        parts.append((quoted or part[0] in '"`', part))
        if (part == "`" and not quoted) or part == ("${" if quoted else "{"):
            within.append(part)
        elif part == ("`" if quoted else "}"):
            within.pop()
    runs = ((quoted, "".join(part for _, part in run)) for quoted, run in groupby(parts, key=itemgetter(0)))
    return "".join(run if quoted else re.sub(SPACE, r"\1", re.sub(r"\s+", " ", run)) for quoted, run in runs)
