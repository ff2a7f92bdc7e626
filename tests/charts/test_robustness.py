import pandas as pd

from emotion.charts.robustness import robustness_chart
from tests.charts.spec import is_ready_for_a_page, layer, rows, spanish


def test_each_alteration_is_a_bar_of_points_with_its_interval() -> None:
    changes = pd.DataFrame(
        {
            "pictures": ["darker", "covered"],
            "change": [-0.01, -0.2],
            "low": [-0.02, -0.22],
            "high": [0.0, -0.18],
        }
    )
    spec = robustness_chart(changes, spanish).to_dict()
    assert is_ready_for_a_page(spec)
    bars, spans = layer(spec, "bar")["encoding"], layer(spec, "rule")["encoding"]
    assert bars["x"]["title"] == "«Change of accuracy in points»"
    assert (spans["x"]["field"], spans["x2"]["field"]) == ("low", "high")
    table = pd.DataFrame(rows(spec))
    assert table["change"].tolist() == [-1, -20]
    assert table["pictures"].tolist() == ["darker", "covered"]
