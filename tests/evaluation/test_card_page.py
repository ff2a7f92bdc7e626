from pathlib import Path

import pytest

from emotion.evaluation.card_page import card_markdown, card_sections, chosen_by
from emotion.locale import translator
from emotion.models.card import (
    ChangeRecord,
    ChoiceRecord,
    DataRecord,
    RobustnessRecord,
    ScoreRecord,
    SpeedRecord,
)
from emotion.models.store import ModelEntry, find_model


@pytest.fixture
def entry(models_dir: Path) -> ModelEntry:
    return find_model(models_dir, "tiny")


def changed(entry: ModelEntry, **values: object) -> ModelEntry:
    return ModelEntry(entry.folder, entry.card.model_copy(update=values))


def test_the_page_says_what_the_card_knows(entry: ModelEntry) -> None:
    text = card_markdown(entry, "en", str)
    card = entry.card
    assert text.startswith("# tiny\n")
    assert card.data.fingerprint in text
    assert card.weights.sha256 in text
    record = card.scores[0]
    assert f"~~~~\n{record.command}\n~~~~" in text
    assert f"| Accuracy | {record.scores['accuracy']:.3f} (" in text
    assert f"| {card.exports[0].file} | {card.exports[0].precision} |" in text
    for article in ("article 5(1)(f)", "article 50(3)"):
        assert article in text


def test_rare_classes_are_a_limit(entry: ModelEntry) -> None:
    counts = {"train": {"happy": 5000, "fear": 12}}
    data = DataRecord(name="d", fingerprint="f", counts=counts)
    limits = {one.title: one.body for one in card_sections(changed(entry, data=data), "en", str)}
    assert "few pictures of: afraid (12)." in limits["Limits"]


def test_what_the_card_does_not_know_is_left_out(entry: ModelEntry) -> None:
    unknown = {"data": None, "speed": None, "confidence_threshold": None}
    bare = changed(entry, exports=(), scores=(), **unknown)
    sections = card_sections(bare, "en", str)
    titles = [one.title for one in sections]
    assert titles == ["Intended use", "Not for", "Limits", "How it was made"]
    assert "how good it is was not measured" in sections[2].body


def test_corrections_and_the_licence_are_told(entry: ModelEntry) -> None:
    data = DataRecord(
        name="d",
        fingerprint="f",
        counts={},
        licence="Mine.\n\nFor research.",
        set_aside="near.csv",
        relabelled=7,
        corrected_out=3,
    )
    text = card_markdown(changed(entry, data=data), "en", str)
    assert "> Mine.\n>\n> For research." in text
    assert "| Set-aside list | near.csv |" in text
    assert "| Labels corrected | 7 |" in text
    assert "| Set aside by corrections | 3 |" in text


def test_a_card_from_elsewhere_cannot_bring_markup_or_break_a_table(entry: ModelEntry) -> None:
    text = card_markdown(
        changed(entry, description="<script>x</script>\n# big", recipe={"a | b\nc": 1}), "en", str
    )
    assert "\\<script\\>x\\</script\\> \\# big" in text
    assert "| Recipe: a \\| b c | 1 |" in text


def test_scores_that_cannot_be_read_are_a_sentence(entry: ModelEntry) -> None:
    record = entry.card.scores[0]
    broken = ScoreRecord(**record.model_dump() | {"scores": {"n": "many"}})
    assert "cannot be read at" in card_markdown(changed(entry, scores=(broken,)), "en", str)


def test_the_page_is_in_the_language_of_the_reader(entry: ModelEntry) -> None:
    text = card_markdown(entry, "es", lambda words: f"«{words}»")
    assert "## «Intended use»" in text
    assert "| sorprendido |" in text


def test_what_worse_pictures_cost_and_how_long_a_face_takes_are_told(entry: ModelEntry) -> None:
    change = ChangeRecord(change=-0.1234, low=-0.2, high=0.05)
    record = RobustnessRecord(
        data="mine",
        split="test",
        command="python -m emotion robustness",
        backend="torch",
        pictures=1234,
        changes={"covered": {"accuracy": change}, "of a later version": {}},
    )
    speed = SpeedRecord(backend="torch", processor="A | B", milliseconds=2.34)
    text = card_markdown(changed(entry, robustness=record, speed=speed), "en", str)
    assert "| lowest third covered | -12.3 (-20.0 … +5.0) | – | – |" in text
    assert "| of a later version | – | – | – |" in text
    assert "on 1,234 pictures of mine, test, read with torch" in text
    assert "~~~~\npython -m emotion robustness\n~~~~" in text
    assert "takes 2.3 ms of one core with torch on A \\| B;" in text


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_card_says_by_which_pictures_its_epoch_was_chosen(
    entry: ModelEntry, language: str
) -> None:
    choice = ChoiceRecord(epoch=3, epochs=5, score="accuracy", pictures=1678)
    translate = translator(language)
    share = chosen_by(choice, translate)
    listed = chosen_by(choice.model_copy(update={"listed": "mine.csv"}), translate)
    for said in (share, listed):
        assert "3" in said and "1,678" in said
    assert "mine.csv" in listed
    assert share in card_markdown(changed(entry, choice=choice), language, translate)
    assert share.startswith({"en": "Epoch 3 of 5", "es": "Época 3 de 5"}[language])
