import pandas as pd

from emotion.charts.scores import per_class_chart
from emotion.labels import KEYS
from tests.charts.spec import is_ready_for_a_page, layer, rows, spanish


def test_the_scores_of_a_class_are_three_bars_with_their_intervals() -> None:
    scores = pd.DataFrame({"expression": KEYS, "support": range(7)})
    for column, value in {"precision": 0.5, "recall": 0.6, "f1": 0.55}.items():
        scores[column] = [value] * 6 + [None]
        scores[f"{column}_low"] = [value - 0.1] * 6 + [None]
        scores[f"{column}_high"] = [value + 0.1] * 6 + [None]
    spec = per_class_chart(scores, "es", spanish).to_dict()
    assert is_ready_for_a_page(spec)
    bars, spans = layer(spec, "bar")["encoding"], layer(spec, "rule")["encoding"]
    assert bars["x"]["scale"]["domain"] == [0, 1]
    assert (spans["x"]["field"], spans["x2"]["field"]) == ("low", "high")
    table = pd.DataFrame(rows(spec))
    assert table["score"].unique().tolist() == ["«Precision»", "«Recall»", "«F1»"]
    first = table[(table["expression"] == "sorprendido") & (table["score"] == "«Recall»")]
    assert first[["value", "low", "high"]].values.tolist() == [[0.6, 0.5, 0.7]]
    assert table[table["expression"] == "serio"]["value"].isna().all()
