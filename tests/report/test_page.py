import base64
import re
from xml.etree import ElementTree

import pytest

from emotion.charts.bars import share_chart
from emotion.locale import translator
from emotion.report.numbers import numbers
from emotion.report.page import html_page
from emotion.report.sentences import sentences
from emotion.sessions.statistics import faces_at_once, spells
from tests.sessions.staged import counted, sampled, staged

PIECES = staged(faces=2, steps=600, seed=3)
FOUND = numbers(spells(sampled(PIECES)), faces_at_once(counted(PIECES, 600)))


def page(title: str, language: str = "en") -> str:
    words = translator(language)
    figures = [("Shares", share_chart(FOUND.shares, language, words))]
    return html_page(title, "facts & figures", FOUND, figures, language, words)


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", '"><img src=x onerror=y>', "=1+1"])
def test_what_a_user_typed_is_text_and_never_markup(name: str) -> None:
    text = page(name)
    assert "<script" not in text and "onerror=y>" not in text
    assert text.count("<img") == 1
    assert "facts &amp; figures" in text


def test_the_page_needs_nothing_from_elsewhere() -> None:
    text = page("talk")
    for source in re.findall(r'(?:src|href)="([^"]*)"', text):
        assert source.startswith("data:image/svg+xml;base64,")
        ElementTree.fromstring(base64.b64decode(source.partition(",")[2]))
    assert "http" not in re.sub(r'src="[^"]*"', "", text)
    assert "size: A4" in text


def test_the_page_says_all_sentences_and_has_a_row_for_each_label() -> None:
    text = page("talk")
    for sentence in sentences(FOUND, "en", translator("en")):
        assert sentence in text.replace("&#x27;", "'")
    assert text.count("<tr>") == 1 + 8
    assert "<html lang=es>" in page("talk", "es")
