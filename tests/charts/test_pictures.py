import io
from xml.etree import ElementTree

import pandas as pd
import pytest
from PIL import Image

from emotion.charts.bars import share_chart
from emotion.charts.pictures import PNG_SCALE, WIDTH_PX, as_png, as_svg
from emotion.labels import KEYS, UNSURE
from tests.charts.spec import spanish

SHARES = pd.DataFrame(
    {
        "expression": [*KEYS, UNSURE],
        "share": [0.1] * 6 + [0.4, 0.0],
        "seconds": [1.0] * 6 + [4.0, 0.0],
    }
)


def test_the_svg_says_what_the_chart_says_and_asks_for_nothing_from_elsewhere() -> None:
    svg = as_svg(share_chart(SHARES, "es", spanish))
    root = ElementTree.fromstring(svg)
    assert root.attrib["width"] == str(WIDTH_PX)
    texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"sorprendido", "no seguro", "40%", "«Share of time»"} <= set(texts)
    assert "href" not in svg
    assert "url(" not in svg.replace("url(#", "")


def test_the_png_is_as_wide_as_asked_on_white() -> None:
    with Image.open(io.BytesIO(as_png(share_chart(SHARES, "en", spanish)))) as picture:
        assert picture.width == WIDTH_PX * PNG_SCALE
        assert picture.convert("RGB").getpixel((2, 2)) == (255, 255, 255)
        assert len(picture.convert("RGB").getcolors(1 << 20)) > 10


@pytest.mark.parametrize("word", ["<script>alert(1)</script>", "a & b"])
def test_words_in_a_chart_are_text_and_never_markup(word: str) -> None:
    svg = as_svg(share_chart(SHARES, "en", lambda text: word if text == "Share of time" else text))
    texts = ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")
    assert word in [element.text for element in texts]
