"""The Spanish catalogue: complete, up to date, with the same places for values."""

from string import Formatter

import pytest
from babel.messages.pofile import read_po

from emotion.locale import best_language, translator
from emotion.locale.__main__ import PO_FILE, collect, updated


def test_every_text_of_the_code_has_a_translation_in_the_files_that_the_app_reads() -> None:
    po, mo, missing = updated()
    assert missing == []
    assert PO_FILE.read_bytes() == po, "run python -m emotion.locale"
    assert PO_FILE.with_suffix(".mo").read_bytes() == mo, "run python -m emotion.locale"


def test_texts_of_pages_and_of_errors_are_collected() -> None:
    texts = {message.id for message in collect()}
    assert "Press start and allow the camera." in texts
    assert any("is not a database of sessions" in text for text in texts)
    assert any("The data folder {root} does not exist." in text for text in texts)
    assert "What learns" in texts  # stands within an f-string


def test_a_translation_has_the_places_of_its_text() -> None:
    with PO_FILE.open("rb") as file:
        catalog = read_po(file)
    different = [
        message.id
        for message in catalog
        if message.id and _places(message.id) != _places(str(message.string))
    ]
    assert different == []


def test_a_text_is_given_in_the_language_that_is_asked_for() -> None:
    assert translator("es")("Live") == "En vivo"
    assert translator("en")("Live") == "Live"


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [("es-MX", "es"), ("es", "es"), ("en-GB", "en"), ("de-DE", "en"), ("", "en"), (None, "en")],
)
def test_the_nearest_language_to_the_browsers_is_chosen(wanted: str | None, expected: str) -> None:
    assert best_language(wanted) == expected


def _places(text: str) -> set[tuple[str, str | None, str | None]]:
    """The `{name:format}` places of a text."""
    return {(name, form, how) for _, name, form, how in Formatter().parse(text) if name}
