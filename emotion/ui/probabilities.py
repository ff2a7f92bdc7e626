"""The seven probabilities of a face as rows of HTML."""

from html import escape
from typing import Final

from emotion.labels import EXPRESSIONS, name
from emotion.ui.language import language

CSS: Final = """
.face-row{display:grid;grid-template-columns:7.2em 1fr 3em;gap:.6em;align-items:center;
 font-size:.9rem;line-height:1.55}
.face-row.top{font-weight:700}
.face-track{height:.7em;border-radius:.35em;background:rgba(128,136,144,.22);overflow:hidden}
.face-bar{height:100%;border-radius:.35em}
.face-value{text-align:right;font-variant-numeric:tabular-nums}
"""
"""The style of the rows."""


def row_html(index: int, value: float, top: bool, mark: str = "") -> str:
    """One expression: name, bar and percentage; `top` in bold, `mark` behind the name."""
    expression = EXPRESSIONS[index]
    return (
        f'<div class="face-row{" top" if top else ""}">'
        f"<span>{escape(name(expression.key, language()))}{mark}</span>"
        f'<div class="face-track"><div class="face-bar" '
        f'style="width:{value:.1%};background:{expression.color}"></div></div>'
        f'<span class="face-value">{value:.0%}</span></div>'
    )
