import numpy as np
import pandas as pd

from emotion.charts.transitions import transitions_chart
from emotion.labels import KEYS, name
from tests.charts.spec import is_ready_for_a_page, layer, rows, spanish


def counts(*cells: tuple[str, str, int]) -> pd.DataFrame:
    table = pd.DataFrame(np.zeros((7, 7), int), index=list(KEYS), columns=list(KEYS))
    for begin, end, count in cells:
        table.loc[begin, end] = count
    return table


def test_each_cell_has_its_count_and_its_share_of_what_followed() -> None:
    spec = transitions_chart(
        counts(("sad", "happy", 3), ("sad", "fear", 1), ("happy", "sad", 2)), "es", spanish
    ).to_dict()
    assert is_ready_for_a_page(spec)
    cells = {(row["from"], row["to"]): (row["count"], row["share"]) for row in rows(spec)}
    assert len(cells) == 42  # nothing follows itself
    assert cells["triste", "feliz"] == (3, 0.75)
    assert cells["triste", "miedo"] == (1, 0.25)
    assert cells["feliz", "triste"] == (2, 1.0)
    assert cells["serio", "triste"] == (0, 0.0)
    encoding = layer(spec, "rect")["encoding"]
    for axis in ("x", "y"):
        assert encoding[axis]["scale"]["domain"] == [name(key, "es") for key in KEYS]


def test_a_cell_in_which_nothing_happened_has_no_number() -> None:
    spec = transitions_chart(counts(), "en", spanish).to_dict()
    assert layer(spec, "text")["transform"] == [{"filter": "datum.count > 0"}]
