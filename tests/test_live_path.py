"""The benchmark of the live path pastes and finds faces as it says."""

import cv2
import numpy as np
import pytest
import skimage.data

from benchmarks.live_path import BACKGROUNDS, HEIGHT, NEAR, SIDE, WIDTH, background, find
from emotion.vision.detector import FaceDetector


@pytest.mark.parametrize("name", BACKGROUNDS)
def test_a_pasted_face_is_found_at_its_place_and_noise_is_not(name: str) -> None:
    portrait = cv2.cvtColor(skimage.data.astronaut(), cv2.COLOR_RGB2GRAY)[50:180, 160:290]
    detector = FaceDetector()
    places = set()
    for seed in range(3):
        frame, face = find(detector, np.ascontiguousarray(portrait), name, seed)
        assert frame.shape == (HEIGHT, WIDTH, 3)
        assert face is not None
        height = face.box_xyxy[3] - face.box_xyxy[1]
        assert 0.5 * SIDE < height < 1.3 * SIDE
        places.add(tuple(np.round(face.box_xyxy / NEAR)))
    assert len(places) > 1, "not always at the same place"
    noise = np.random.default_rng(0).integers(0, 256, (48, 48), np.uint8)
    assert find(detector, noise, name, 0)[1] is None
    assert background(name, 0).std() < 40
