import time

import cv2
import numpy as np

from emotion.data.duplicates import near_duplicate_groups
from tests.drawn_faces import drawn_face

FACES = [drawn_face(folder, seed) for folder in range(1, 8) for seed in range(14)]


def test_different_faces_stand_alone() -> None:
    assert len(set(near_duplicate_groups(FACES))) == len(FACES)


def test_copies_in_another_light_size_or_compression_are_one_group() -> None:
    face = FACES[0].astype(float)
    random = np.random.default_rng(0)
    darker = (face * 0.6 + 10).astype(np.uint8)
    larger = np.kron(FACES[0], np.ones((3, 3), np.uint8))
    noisy = np.clip(face + random.normal(0, 4, face.shape), 0, 255).astype(np.uint8)
    groups = near_duplicate_groups([*FACES, darker, larger, noisy])
    assert set(groups[-3:]) == {groups[0]}
    assert len(set(groups)) == len(FACES)


def test_a_chain_of_similar_pictures_is_one_group() -> None:
    steps = [(FACES[0] * (1 - w) + FACES[1] * w).astype(np.uint8) for w in np.linspace(0, 1, 21)]
    groups = near_duplicate_groups(steps)
    assert len(set(groups)) == 1
    assert len(set(near_duplicate_groups([steps[0], steps[-1]]))) == 2


def test_pictures_compared_in_several_blocks_find_their_copies() -> None:
    many = [drawn_face(1, seed) for seed in range(1100)]
    groups = near_duplicate_groups([*many, many[3]])
    assert groups[-1] == groups[3]


def test_pictures_of_one_tone_are_like_those_of_the_same_tone_alone() -> None:
    tones = [np.full((8, 8), tone, np.uint8) for tone in (90, 91, 90, 200)]
    assert near_duplicate_groups(tones).tolist() == [0, 1, 0, 2]


def test_the_groups_are_those_of_comparing_every_pair() -> None:
    """Checked the plain way: the correlation of all pairs, joined until nothing changes."""
    random = np.random.default_rng(1)
    copies = [
        np.clip(face + random.normal(0, noise, face.shape), 0, 255).astype(np.uint8)
        for face in FACES[:40]
        for noise in (2, 6, 8, 20)
    ]
    pictures = [*FACES, *copies]
    small = [cv2.resize(p, (32, 32), interpolation=cv2.INTER_AREA).ravel() for p in pictures]
    same = np.corrcoef(np.stack(small).astype(float)) > 0.97
    plain = np.arange(len(pictures))
    for _ in pictures:
        plain = np.where(same, plain, len(pictures)).min(axis=1)
    assert 98 < len(set(plain)) < len(pictures)
    _, numbered = np.unique(plain, return_inverse=True)
    np.testing.assert_array_equal(near_duplicate_groups(pictures), numbered)


def test_thousands_of_pictures_of_one_film_are_one_group_in_seconds() -> None:
    random = np.random.default_rng(0)
    film = [
        np.clip(FACES[0] + random.normal(0, 2, (48, 48)), 0, 255).astype(np.uint8)
        for _ in range(3000)
    ]
    began = time.process_time()
    assert set(near_duplicate_groups([*film, FACES[1]])) == {0, 1}
    assert time.process_time() - began < 20


def test_progress_reaches_the_number_of_pictures() -> None:
    seen: list[tuple[int, int]] = []
    near_duplicate_groups(FACES, lambda done, of: seen.append((done, of)))
    assert seen[-1] == (98, 98)
