import pytest

from emotion.evaluation.calibration import Cost
from emotion.ui.analysis_calibration import of_100


@pytest.mark.parametrize(
    ("counts", "of"),
    [
        ((1253, 141, 378, 331), [59, 7, 18, 16]),  # 59.6, 6.7, 18.0, 15.7: each by itself 101
        ((1, 1, 1, 0), [34, 33, 33, 0]),
        ((25, 25, 25, 25), [25, 25, 25, 25]),
        ((0, 0, 0, 3), [0, 0, 0, 100]),
    ],
)
def test_the_parts_of_100_faces_are_100(counts: tuple[int, int, int, int], of: list[int]) -> None:
    parts = of_100(Cost(0.7, *counts))
    assert sum(parts.values()) == 100
    assert list(parts.values()) == of
