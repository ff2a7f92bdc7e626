import numpy as np

from emotion.labels import EXPRESSIONS
from emotion.models.torch_reference import GREEN_BGR, OriginalLoop


def test_the_original_writes_its_label_in_green_on_the_frame() -> None:
    frame = np.random.default_rng(0).integers(0, 100, (480, 640, 3), dtype=np.uint8)
    text = OriginalLoop().process(frame)
    word, _, confidence = text.partition(" ")
    assert word in {expression.spanish for expression in EXPRESSIONS}
    assert 0 < float(confidence.strip("(%)")) <= 100
    assert (frame[:40] == GREEN_BGR).all(axis=2).sum() > 100
    assert not (frame[60:] == GREEN_BGR).all(axis=2).any()
