from pathlib import Path

import numpy as np
import pytest

from emotion.data.layout import scan
from emotion.evaluation.answers import kept_answers
from emotion.evaluation.crops import read_crop
from emotion.evaluation.robustness import (
    ALTERATIONS,
    MIDDLE,
    _scaled,
    altered_answers,
    robustness,
    what_it_does,
)
from emotion.evaluation.run import complete, evaluate, missing
from emotion.evaluation.scores import METRICS
from emotion.models.load import load_classifier
from emotion.models.store import find_model
from tests.drawn_faces import drawn_face

FACE = drawn_face(3, seed=2)
RAMP = np.tile(np.linspace(0, 255, 64).astype(np.uint8), (64, 1))


def detail(crop: np.ndarray) -> float:
    """How much neighbours differ."""
    return float(np.abs(np.diff(crop.astype(float), axis=1)).mean())


@pytest.mark.parametrize("alteration", ALTERATIONS)
def test_an_alteration_is_the_same_each_time_and_leaves_the_picture_alone(
    alteration: str,
) -> None:
    before = FACE.copy()
    altered = ALTERATIONS[alteration](FACE)
    assert (altered.shape, altered.dtype) == (FACE.shape, np.uint8)
    assert (ALTERATIONS[alteration](FACE) == altered).all()
    assert (before == FACE).all()
    assert (altered != FACE).any()


def test_what_an_alteration_does_tells_it_from_all_others_also_of_another_strength() -> None:
    told = [what_it_does(alter) for alter in ALTERATIONS.values()]
    assert len(set(told)) == len(told)
    assert told == [what_it_does(alter) for alter in ALTERATIONS.values()]
    weaker = [
        lambda crop: _scaled(crop, 0.41),
        lambda crop: _scaled(crop, 1.59),
        lambda crop: _scaled(crop, 0.4, MIDDLE + 1),
    ]
    assert not {what_it_does(alter) for alter in weaker} & set(told)


def test_light_and_contrast_go_the_way_they_are_called() -> None:
    assert ALTERATIONS["darker"](RAMP).mean() < RAMP.mean() / 2
    assert ALTERATIONS["brighter"](RAMP).mean() > 1.2 * RAMP.mean()
    assert ALTERATIONS["lower_contrast"](RAMP).std() < RAMP.std() / 2
    assert ALTERATIONS["higher_contrast"](RAMP).std() > RAMP.std()


@pytest.mark.parametrize("alteration", ["blurred", "small"])
def test_blurred_and_small_faces_lose_detail(alteration: str) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (96, 96), dtype=np.uint8)
    assert detail(ALTERATIONS[alteration](noise)) < detail(noise) / 3


def test_a_turned_face_is_turned_by_15_degrees() -> None:
    bar = np.zeros((101, 101), np.uint8)
    bar[48:53] = 255
    rows, columns = np.nonzero(ALTERATIONS["rotated"](bar)[:, 20:81] > 128)
    slope = np.polyfit(columns, rows, 1)[0]
    assert abs(np.degrees(np.arctan(slope))) == pytest.approx(15, abs=0.5)


def test_a_third_is_covered_and_nothing_else() -> None:
    covered = ALTERATIONS["covered"](RAMP[:60])
    assert (covered[:40] == RAMP[:40]).all()
    assert (covered[40:] == 128).all()


def test_each_alteration_is_measured_against_the_clean_pictures(
    faces_dir: Path, models_dir: Path, tmp_path: Path
) -> None:
    entry = find_model(models_dir, "tiny")
    data, classifier = scan(faces_dir), load_classifier(entry)
    clean = evaluate(classifier, data, answers=kept_answers(tmp_path, entry))
    altered = altered_answers(tmp_path, entry)
    for alteration, answers in altered.items():
        complete(answers, classifier, data, "test", alter=ALTERATIONS[alteration])
    result = robustness(altered, clean, data, "test")
    assert list(result) == list(ALTERATIONS)
    for alteration, differences in result.items():
        assert [one.metric for one in differences] == list(METRICS)
        assert differences[0].first == pytest.approx(clean.scores.accuracy)
        paths = map(data.path, clean.samples)
        faces = [read_crop(path, classifier.crop_size, find_faces=False) for path in paths]
        crops = [ALTERATIONS[alteration](face) for face in faces]
        labels = classifier.probabilities(np.stack(crops)).argmax(axis=1)
        assert differences[0].second == pytest.approx((labels == clean.truth).mean())


def test_altered_answers_are_kept_apart_from_the_clean_ones(
    faces_dir: Path, models_dir: Path, tmp_path: Path
) -> None:
    entry = find_model(models_dir, "tiny")
    data, classifier = scan(faces_dir), load_classifier(entry)
    complete(
        altered_answers(tmp_path, entry)["covered"],
        classifier,
        data,
        "test",
        alter=ALTERATIONS["covered"],
    )
    again = altered_answers(tmp_path, entry)
    assert missing(again.pop("covered"), data, "test") == []
    for answers in (kept_answers(tmp_path, entry), *again.values()):
        assert len(missing(answers, data, "test")) == 28
    assert len({answers.path for answers in again.values()}) == len(ALTERATIONS) - 1
