import numpy as np
import pandas as pd

from emotion.evaluation.intervals import intervals
from emotion.evaluation.scores import score
from emotion.labels import KEYS
from emotion.ui.analysis_scores import per_class_table


def test_the_table_of_the_classes_is_exact_and_empty_where_there_is_no_score() -> None:
    certain = np.eye(7, dtype=np.float32)[[0, 1, 1]]
    scores = score(np.array([0, 0, 1]), certain)
    table = per_class_table(scores, intervals(scores))
    assert table["expression"].tolist() == list(KEYS)
    assert table["support"].tolist() == [2, 1, 0, 0, 0, 0, 0]
    assert table["recall"][0] == 0.5
    assert table["f1"][1] == scores.per_class["fear"].f1
    assert table["recall_low"][0] < 0.5 < table["recall_high"][0]
    assert all(pd.isna(table[column][2]) for column in ("precision", "recall", "f1", "f1_low"))
