import json
from pathlib import Path

import pytest

from emotion.errors import ModelError
from emotion.labels import KEYS
from emotion.models.card import CARD_FILE, ModelCard, read_card, write_card


@pytest.fixture
def card(models_dir: Path) -> ModelCard:
    return read_card(models_dir / "tiny")


def test_a_card_reads_as_it_was_written(card: ModelCard, tmp_path: Path) -> None:
    write_card(tmp_path, card)
    assert read_card(tmp_path) == card
    assert [path.name for path in tmp_path.iterdir()] == [CARD_FILE]


def test_a_card_with_keys_of_a_later_version_is_read(card: ModelCard, tmp_path: Path) -> None:
    values = json.loads(card.model_dump_json()) | {"favourite": True}
    (tmp_path / CARD_FILE).write_text(json.dumps(values))
    assert read_card(tmp_path) == card


def test_a_trained_model_knows_from_when_on_it_is_sure(card: ModelCard) -> None:
    """From the pictures held out, on which its export was compared as well."""
    record = card.confidence_threshold
    assert record is not None and record.pictures == card.exports[0].pictures > 0
    assert record.accuracy is None or record.accuracy >= 0.9


def test_a_card_of_before_there_were_thresholds_is_read(card: ModelCard, tmp_path: Path) -> None:
    values = json.loads(card.model_dump_json())
    del values["confidence_threshold"]
    (tmp_path / CARD_FILE).write_text(json.dumps(values))
    assert read_card(tmp_path).confidence_threshold is None


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"classes": [*KEYS[1:], KEYS[0]]}, "in the order fear, .*, surprise, and this needs surp"),
        ({"classes": KEYS[:6]}, "in this order"),
        ({"input": {"resize": 100, "crop": 112}}, "crop 112 is larger than resize 100"),
        ({"temperature": 0}, "temperature"),
        ({"network": "vgg16"}, "network"),
        ({"format": 2}, "format"),
        ({"weights": None}, "weights"),
        ({"weights": {"file": "../w", "dtype": "int8", "sha256": ""}}, r"weights\.file"),
        ({"weights": {"file": "/etc/passwd", "dtype": "int8", "sha256": ""}}, r"weights\.file"),
    ],
)
def test_a_card_that_does_not_hold_is_refused_with_its_field(
    card: ModelCard, tmp_path: Path, change: dict[str, object], named: str
) -> None:
    values = json.loads(card.model_dump_json()) | change
    (tmp_path / CARD_FILE).write_text(json.dumps(values))
    with pytest.raises(ModelError, match=named):
        read_card(tmp_path)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[]"])
def test_a_file_that_is_no_card_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / CARD_FILE).write_bytes(content)
    with pytest.raises(ModelError, match=r"card\.json is not valid at the top"):
        read_card(tmp_path)


def test_a_folder_without_a_card_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=f"{tmp_path.name} has no readable card"):
        read_card(tmp_path)
