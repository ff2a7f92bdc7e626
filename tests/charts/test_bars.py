import pandas as pd
import pytest

from emotion.charts.bars import share_chart
from emotion.labels import EXPRESSIONS, KEYS, name
from tests.charts.spec import is_ready_for_a_page, layer, rows, spanish


def shares_of(values: list[float]) -> pd.DataFrame:
    return pd.DataFrame({"expression": KEYS, "share": values, "seconds": 3.0})


@pytest.mark.parametrize("language", ["es", "en"])
def test_shares_stand_in_folder_order_with_their_colours(language: str) -> None:
    values = [0.01, 0.02, 0.03, 0.9, 0.02, 0.01, 0.01]
    spec = share_chart(shares_of(values), language, spanish).to_dict()
    assert is_ready_for_a_page(spec)
    names = [name(key, language) for key in KEYS]
    bars = layer(spec, "bar")["encoding"]
    assert bars["y"]["sort"] == names
    assert bars["x"]["scale"]["domain"] == [0, 1]
    assert bars["color"]["scale"]["domain"] == names
    assert bars["color"]["scale"]["range"] == [e.color for e in EXPRESSIONS]
    assert [(row["expression"], row["value"]) for row in rows(spec)] == list(
        zip(names, values, strict=True)
    )


def test_shares_say_their_seconds_too() -> None:
    spec = share_chart(shares_of([0.5, 0.5, *[0.0] * 5]), "es", spanish).to_dict()
    assert is_ready_for_a_page(spec)
    fields = [tooltip["field"] for tooltip in layer(spec, "bar")["encoding"]["tooltip"]]
    assert fields == ["expression", "value", "seconds"]
    assert [row["value"] for row in rows(spec)][:3] == [0.5, 0.5, 0.0]


def test_a_number_stands_either_beside_its_bar_or_inside() -> None:
    spec = share_chart(shares_of([1 / 7] * 7), "es", spanish).to_dict()
    texts = [
        part["encoding"]["opacity"] for part in spec["layer"] if part["mark"]["type"] == "text"
    ]
    assert [text["condition"]["test"] for text in texts] == [
        "datum.value <= 0.9",
        "datum.value > 0.9",
    ]
