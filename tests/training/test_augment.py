from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor

from emotion.training import augment
from tests.training.conftest import pictures

FACES = pictures(4)


def mild(seed: int, size: int = 32, erasing: float = 0.25) -> Tensor:
    torch.manual_seed(seed)
    return augment.mild(FACES.crops, size, erasing)


def original(seed: int, size: int = 32) -> Tensor:
    torch.manual_seed(seed)
    return augment.original(FACES.whole, size)


@pytest.mark.parametrize("make", [mild, original])
@pytest.mark.parametrize("size", [24, 32, 64])
def test_inputs_have_the_size_and_the_range_that_the_network_takes(
    make: Callable[..., Tensor], size: int
) -> None:
    made = make(0, size)
    assert made.shape == (28, size, size)
    assert made.dtype == torch.float32
    assert made.min() >= 0
    assert made.max() <= 255


@pytest.mark.parametrize("make", [mild, original])
def test_the_same_seed_makes_the_same_inputs(make: Callable[..., Tensor]) -> None:
    assert torch.equal(make(3), make(3))
    assert not torch.equal(make(3), make(4))


def test_the_pictures_themselves_stay_as_they_are() -> None:
    before = FACES.crops.clone()
    mild(0)
    assert torch.equal(FACES.crops, before)


def test_copies_of_one_picture_become_different_inputs() -> None:
    torch.manual_seed(0)
    made = augment.mild(FACES.crops[:1].repeat(8, 1, 1), 32, 0.25)
    assert len({row.numpy().tobytes() for row in made}) == 8


def test_a_face_is_still_the_same_face_or_its_mirror_image() -> None:
    made = np.concatenate([mild(seed).numpy() for seed in range(5)])
    plain = np.tile(FACES.crops.numpy(), (5, 1, 1))
    best = []
    for one, face in zip(made, plain, strict=True):
        straight, mirrored = (
            np.corrcoef(one.ravel(), other.ravel())[0, 1] for other in (face, face[:, ::-1])
        )
        best.append((max(straight, mirrored), straight < mirrored))
    assert np.mean([correlation for correlation, _ in best]) > 0.6
    assert 0.3 < np.mean([flipped for _, flipped in best]) < 0.7


def test_light_blur_and_cover_add_no_edges_of_their_own() -> None:
    torch.manual_seed(0)
    made = augment.mild(torch.full((64, 32, 32), 128, dtype=torch.uint8), 32, 1.0)
    assert made.flatten(1).std(dim=1).max() < 0.01
    tones = made.mean(dim=(1, 2))
    assert tones.min() < 100
    assert tones.max() > 156


def test_a_part_is_covered_in_the_share_of_the_pictures_that_is_asked_for() -> None:
    """The same light, roll and so on each time: only what is covered differs."""
    bare = mild(0, erasing=0.0)
    for share, least, most in ((0.0, 0, 0), (0.25, 2, 13), (1.0, 28, 28)):
        covered = (mild(0, erasing=share) != bare).flatten(1).any(dim=1).sum()
        assert least <= covered <= most, share


def test_what_covers_a_face_is_low_and_up_to_as_wide_as_the_face() -> None:
    changed = torch.cat([mild(n, erasing=1.0) != mild(n, erasing=0.0) for n in range(5)])
    heights, widths = changed.any(dim=2).sum(dim=1), changed.any(dim=1).sum(dim=1)
    assert heights.max() <= 0.45 * 32 + 1
    assert heights.min() < 10
    assert widths.max() == 32
    assert widths.min() < 12


def test_pictures_of_several_sizes_can_be_cut_at_random() -> None:
    torch.manual_seed(0)
    mixed = [torch.zeros(40, 60, dtype=torch.uint8), torch.full((90, 50), 255, dtype=torch.uint8)]
    made = augment.original(mixed, 32)
    assert made.shape == (2, 32, 32)
    assert made[0].max() == 0
    assert made[1].min() == 255
