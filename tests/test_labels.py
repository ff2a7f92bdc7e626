"""The seven expressions; both promises of `Expression.color` are computed here."""

import re
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pytest
from skimage.color import deltaE_ciede2000, rgb2lab

from emotion.labels import BY_FOLDER, BY_KEY, EXPRESSIONS, KEYS, UNSURE, UNSURE_COLOR, name

BACKGROUNDS = {"white": "#ffffff", "dark": "#0e1117"}
LEAST_CONTRAST = 3.0  # WCAG 2.2, 1.4.11: parts of a graphic
LEAST_DISTANCE = 10.0  # CIEDE2000; 2.3 is just noticeable side by side

# Machado, Oliveira and Fernandes, 2009, severity 1.0, on linear RGB.
VISION = {
    "usual": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}


def linear_rgb(color: str) -> npt.NDArray[np.float64]:
    values = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def luminance(color: str) -> float:
    return float(linear_rgb(color) @ [0.2126, 0.7152, 0.0722])


def contrast(a: str, b: str) -> float:
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


def seen_lab(color: str, vision: str) -> npt.NDArray[np.float64]:
    linear = np.clip(VISION[vision] @ linear_rgb(color), 0, 1)
    srgb = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.asarray(rgb2lab(srgb))


def test_the_folders_are_one_to_seven_in_order() -> None:
    assert [expression.folder for expression in EXPRESSIONS] == [1, 2, 3, 4, 5, 6, 7]
    assert [expression.index for expression in EXPRESSIONS] == list(range(7))
    assert list(BY_FOLDER) == ["1", "2", "3", "4", "5", "6", "7"]


def test_the_labels_are_those_of_the_original_system() -> None:
    assert [expression.spanish for expression in EXPRESSIONS] == [
        "sorprendido",
        "miedo",
        "disgustado",
        "feliz",
        "triste",
        "enojado",
        "serio",
    ]


def test_each_expression_is_found_by_its_key() -> None:
    assert tuple(BY_KEY) == KEYS
    assert all(BY_KEY[key].key == key for key in KEYS)


@pytest.mark.parametrize("field", ["key", "spanish", "english", "color"])
def test_no_two_expressions_share_a_value(field: str) -> None:
    assert len({getattr(expression, field) for expression in EXPRESSIONS}) == 7


def test_a_name_is_given_in_the_language_asked_for() -> None:
    assert (name("fear", "es"), name("fear", "en")) == ("miedo", "afraid")


@pytest.mark.parametrize("background", BACKGROUNDS)
@pytest.mark.parametrize("key", KEYS)
def test_each_color_is_readable_on_both_themes(key: str, background: str) -> None:
    color = BY_KEY[key].color
    assert re.fullmatch("#[0-9a-f]{6}", color)
    assert contrast(color, BACKGROUNDS[background]) >= LEAST_CONTRAST


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize(("a", "b"), list(combinations(KEYS, 2)))
def test_colors_are_told_apart_with_every_kind_of_vision(a: str, b: str, vision: str) -> None:
    first, second = (seen_lab(BY_KEY[key].color, vision) for key in (a, b))
    assert deltaE_ciede2000(first, second) >= LEAST_DISTANCE


def test_the_measures_themselves_are_right() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    red, green = "#d7191c", "#4dac26"
    usual = deltaE_ciede2000(seen_lab(red, "usual"), seen_lab(green, "usual"))
    colorblind = deltaE_ciede2000(seen_lab(red, "deuteranopia"), seen_lab(green, "deuteranopia"))
    assert colorblind < usual / 2


def test_not_sure_has_a_name_and_a_color_that_no_expression_has() -> None:
    assert (name(UNSURE, "es"), name(UNSURE, "en")) == ("no seguro", "not sure")
    assert UNSURE not in KEYS
    assert UNSURE_COLOR not in {expression.color for expression in EXPRESSIONS}
