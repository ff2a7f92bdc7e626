import numpy as np

from emotion.ui.analysis_why import MOST, SIDE_PX, laid_over


def test_a_face_is_coloured_where_something_speaks_for_the_expression_alone() -> None:
    face = np.full((40, 40), 100, np.uint8)
    strength = np.zeros((40, 40), np.float32)
    assert (laid_over(face, strength) == 100).all()
    strength[:, :20] = 1
    picture = laid_over(face, strength)
    assert picture.shape == (SIDE_PX, SIDE_PX, 3)
    left, right = picture[:, : SIDE_PX // 3], picture[:, -SIDE_PX // 3 :]
    assert (right == 100).all()
    blue, _, red = left.reshape(-1, 3).mean(axis=0)
    assert red > 100 + 100 * MOST > blue, "yellow"
