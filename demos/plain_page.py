"""Pages of text: one HTML file that needs no script and no network, in light and dark, for paper too.

The colours are those of the library's pictures.
"""

from __future__ import annotations

from html import escape

from autograd.viz.svg import STYLE

LAYOUT = """
*{box-sizing:border-box}:root{color-scheme:light dark}html{background:Canvas}
body.hg{margin:0;min-height:100vh;padding:28px 20px 48px;background:var(--paper);color:var(--ink);font-size:16px;
line-height:1.5}main{max-width:860px;margin:0 auto}
h1{font-size:26px;font-weight:680;letter-spacing:-.01em;line-height:1.25;margin:0 0 6px}
h2{font-size:18px;font-weight:650;margin:30px 0 8px}p{margin:0 0 10px}.soft{color:var(--soft)}
a{color:var(--value);text-underline-offset:3px}a:focus-visible,[tabindex]:focus-visible{outline:3px solid var(--value)}
pre,.count{font-family:ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:14.5px}
pre{margin:0;padding:12px 16px;background:var(--frame);border-radius:10px;line-height:1.65}
.wide{overflow-x:auto;max-width:100%}table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:baseline;padding:8px 16px 8px 0;border-top:1px solid var(--line)}
thead th{border:0;color:var(--soft);font-weight:500;font-size:14px}th[scope=row]{font-weight:600}
th:first-child{width:236px}.count{text-align:right;padding-left:16px;padding-right:0}
ol{padding-left:24px;margin:8px 0}li{margin:6px 0}li b{font-weight:650}
.drawing{margin:16px 0;border:1px solid var(--line);border-radius:12px}.drawing svg{display:block;margin:auto}
@media (max-width:600px){body.hg{padding:18px 12px 32px;font-size:15px}h1{font-size:21px}th,td{padding-right:10px}
th:first-child{width:96px}}
@media print{body.hg{padding:0}main{max-width:none}.drawing{border:0}}
"""


def plain_page(title: str, body: str) -> str:
    """A whole page of that title and body, which is HTML.

    >>> "<h1>1 &lt; 2</h1>" in plain_page("1 < 2", "<p>True.</p>")
    True
    """
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>{STYLE}{LAYOUT}</style>
</head>
<body class="hg">
<main>
<h1>{escape(title)}</h1>
{body}
</main>
</body>
</html>
"""
