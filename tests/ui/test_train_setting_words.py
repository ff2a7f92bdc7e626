"""Settings in words."""

import pytest

from emotion.settings import PROJECT_DIR
from emotion.training.config import TrainConfig
from emotion.ui.train_setting_words import setting_options, setting_title, setting_value
from tests.conftest import tiny_config


def test_every_setting_but_the_models_name_has_words() -> None:
    assert [f for f in TrainConfig.model_fields if setting_title(f) == f] == ["name"]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("frozen", True, "yes"),
        ("patience", None, "–"),
        ("stages", [{"epochs": 8, "size": 64}, {"epochs": 4, "size": 9}], "8 at 64 px, 4 at 9 px"),
        ("preset", "quick", "Quick"),
        ("schedule", "cosine", "falls as a cosine"),
        ("network", "mobilenet_v2", "MobileNetV2"),
        ("device", "cuda", "cuda"),
        ("learning_rate", 0.0005, "0.0005"),
    ],
)
def test_a_value_is_said_as_the_form_says_it(field: str, value: object, words: str) -> None:
    assert setting_value(field, value) == words


def test_what_a_field_offers_are_values_that_the_setting_takes() -> None:
    for field in TrainConfig.model_fields:
        for value in setting_options(field):
            assert getattr(tiny_config(PROJECT_DIR, **{field: value}), field) == value
