import pandas as pd

from emotion.charts.counts import counts_chart
from emotion.labels import KEYS, name
from tests.charts.spec import is_ready_for_a_page, layer, rows, spanish


def test_each_expression_has_a_bar_for_training_and_one_for_the_test() -> None:
    counts = pd.DataFrame(
        [(key, split, n) for n, key in enumerate(KEYS) for split in ("train", "test")],
        columns=["expression", "split", "pictures"],
    )
    spec = counts_chart(counts, "es", spanish).to_dict()
    assert is_ready_for_a_page(spec)
    bars = layer(spec, "bar")["encoding"]
    assert bars["y"]["sort"] == [name(key, "es") for key in KEYS]
    assert bars["yOffset"]["sort"] == ["«Training»", "«Test»"]
    assert layer(spec, "text")["encoding"]["text"]["field"] == "pictures"
    assert [tuple(row.values()) for row in rows(spec)][2:4] == [
        ("miedo", "«Training»", 1),
        ("miedo", "«Test»", 1),
    ]
