import re

import pytest

from emotion.labels import UNSURE
from emotion.locale import translator
from emotion.report.numbers import numbers
from emotion.report.sentences import episode_rule, sentences
from emotion.sessions.statistics import faces_at_once, spells
from tests.sessions.made import samples
from tests.sessions.staged import Piece, counted, sampled, staged

PIECES = [
    Piece(1, 0, 40, "happy"),
    Piece(1, 40, 60, "neutral", confidence=0.5),
    Piece(1, 60, 70, "happy", baseline=True),
    Piece(1, 70, 100, UNSURE, "too_dark,blurred"),
    Piece(1, 100, 110, UNSURE, "blurred"),
    Piece(2, 50, 60, "sad"),
]
"""12 s of faces in 20 s of recording."""


def said(pieces: list[Piece], steps: int) -> list[str]:
    found = numbers(spells(sampled(pieces)), faces_at_once(counted(pieces, steps)))
    return sentences(found, "en", translator("en"))


def test_the_sentences_of_a_session_worked_out_by_hand() -> None:
    assert said(PIECES, 200) == [
        "For 42% of the time in which a face was seen, it showed “happy”.",
        "Next came “neutral” with 17%.",
        "“happy” was shown most often: in 2 episodes, half of them shorter than 2.5 s, the "
        "longest of 4.0 s.",
        "The most frequent transition was from “happy” to “neutral”: 1 of 2.",
        "For 33% of that time no expression was shown (“not sure”).",
        "The most frequent reason, in 100% of it, was: blurred.",
        "No face was in view for 45% of the recording; at most 2 were at once.",
        "The model's mean confidence was 67%: so sure was it of its first choice.",
        "For 8% of the time in which a face was seen, a neutral baseline was on: what the "
        "person's resting face looks like is taken off all values.",
    ]


def test_nothing_is_said_of_what_did_not_occur() -> None:
    text = "\n".join(said([Piece(1, 0, 3, "sad")], 3))
    assert "No expression lasted long enough to be an episode." in text
    assert "There was never a moment of “not sure”." in text
    for word in ("Next", "transition", "at once", "baseline"):
        assert word not in text


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("language", ["en", "es"])
def test_no_sentence_keeps_a_place_open(seed: int, language: str) -> None:
    pieces = staged(faces=2, steps=400, seed=seed)
    found = numbers(spells(sampled(pieces)), faces_at_once(counted(pieces, 400)))
    for sentence in sentences(found, language, translator(language)):
        assert not re.search(r"[{}]|nan|None", sentence)


def test_without_a_face_there_is_nothing_to_say() -> None:
    assert not sentences(
        numbers(spells(samples([])), faces_at_once(counted([], 5))), "en", translator("en")
    )


def test_the_rule_for_episodes_names_the_values_in_use() -> None:
    assert "at least 0.5 s" in episode_rule(translator("en"))
    assert "at most 0.3 s" in episode_rule(translator("en"))
