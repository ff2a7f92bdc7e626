"""One page on a session: HTML that needs nothing else, opens without a network and prints
on A4."""

import base64
from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

import altair as alt

from emotion.charts.pictures import as_svg
from emotion.labels import name
from emotion.locale import Translate
from emotion.report.numbers import Numbers
from emotion.report.sentences import episode_rule, sentences, transition_rule

Figure = tuple[str, alt.Chart | alt.LayerChart]
"""A title and a chart."""
_STYLE: Final = """
@page { size: A4; margin: 12mm }
body { font: 10pt/1.35 system-ui, sans-serif; color: #222; max-width: 186mm; margin: 8mm auto }
@media print { body { margin: 0 } }
h1 { font-size: 17pt; margin: 0 } h2 { font-size: 11.5pt; margin: 4mm 0 1mm }
p.facts, p.rule { color: #555; font-size: 8.5pt; margin: 1mm 0 }
ul { margin: 1mm 0; padding-left: 5mm } img { width: 100%; display: block }
section { break-inside: avoid }
table { border-collapse: collapse; width: 100%; font-size: 9pt }
td, th { border-bottom: 1px solid #ddd; padding: .6mm 2mm; text-align: right }
td:first-child, th:first-child { text-align: left }
"""


def html_page(
    title: str,
    facts: str,
    numbers: Numbers,
    figures: Sequence[Figure],
    language: str,
    translate: Translate,
) -> str:
    """The page about `numbers`. `title` and `facts` may hold anything that a user typed:
    they are text and never markup."""
    said = "".join(f"<li>{escape(one)}</li>" for one in sentences(numbers, language, translate))
    seen = translate("What was seen")
    body = [
        f"<h1>{escape(title)}</h1><p class=facts>{escape(facts)}</p>",
        f"<h2>{escape(seen)}</h2><ul>{said}</ul>",
        *(_figure(words, chart) for words, chart in figures),
        _table(numbers, language, translate),
        *(f"<p class=rule>{escape(r)}</p>" for r in _rules(translate)),
    ]
    head = f"<meta charset=utf-8><title>{escape(title)}</title><style>{_STYLE}</style>"
    page = f"<head>{head}</head><body>{''.join(body)}</body>"
    return f"<!doctype html><html lang={language}>{page}</html>"


def _figure(words: str, chart: alt.Chart | alt.LayerChart) -> str:
    # As pictures of their own: the ids in two SVG of one page would be mixed up.
    data = base64.b64encode(as_svg(chart).encode()).decode()
    image = f'<img alt="{escape(words)}" src="data:image/svg+xml;base64,{data}">'
    return f"<section><h2>{escape(words)}</h2>{image}</section>"


def _table(numbers: Numbers, language: str, translate: Translate) -> str:
    titles = (
        translate("Expression"),
        translate("Share of time"),
        translate("Seconds"),
        translate("Episodes"),
        translate("Median (s)"),
        translate("Longest (s)"),
    )
    rows = [
        (
            name(row.expression, language),
            f"{row.share:.1%}",
            f"{row.seconds:.1f}",
            _number(row.episodes, 0),
            _number(row.median_s, 1),
            _number(row.longest_s, 1),
        )
        for row in numbers.expressions().itertuples()
    ]
    head = _row("th", titles)
    return f"<section><table>{head}{''.join(_row('td', row) for row in rows)}</table></section>"


def _number(value: float, decimals: int) -> str:
    return "–" if value != value else f"{value:.{decimals}f}"


def _row(cell: str, texts: Iterable[str]) -> str:
    return f"<tr>{''.join(f'<{cell}>{escape(text)}</{cell}>' for text in texts)}</tr>"


def _rules(translate: Translate) -> tuple[str, ...]:
    return (
        episode_rule(translate),
        transition_rule(translate),
        translate("The labels say what a face shows, not what a person feels."),
    )
