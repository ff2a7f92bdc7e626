"""The seven expressions: folder, key, names in Spanish and English, colour.

The order is that of the folders 1 to 7 of the original system (the layout of
RAF-DB); every array of seven numbers in the project stands in this order.
"""

import unicodedata
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Expression:
    """One of the seven classes.

    `color` is `#rrggbb`. The seven are told apart with the common kinds of colour
    blindness and have a contrast of at least 3:1 on white and on the dark theme's
    background (tests/test_labels.py computes both).
    """

    folder: int
    key: str
    spanish: str
    english: str
    color: str

    @property
    def index(self) -> int:
        """Position in an array of seven, from 0."""
        return self.folder - 1


EXPRESSIONS: Final = (
    Expression(1, "surprise", "sorprendido", "surprised", "#c88000"),
    Expression(2, "fear", "miedo", "afraid", "#514ce5"),
    Expression(3, "disgust", "disgustado", "disgusted", "#04751b"),
    Expression(4, "happy", "feliz", "happy", "#ff008f"),
    Expression(5, "sad", "triste", "sad", "#3184fe"),
    Expression(6, "angry", "enojado", "angry", "#d20102"),
    Expression(7, "neutral", "serio", "neutral", "#636363"),
)
KEYS: Final = tuple(expression.key for expression in EXPRESSIONS)
BY_KEY: Final = {expression.key: expression for expression in EXPRESSIONS}
BY_FOLDER: Final = {str(expression.folder): expression for expression in EXPRESSIONS}
_OTHER_NAMES: Final = {
    "surprise": ("sorpresa", "sorprendida"),
    "fear": ("fearful", "asustado", "asustada", "temor"),
    "disgust": ("disgusted", "disgustada", "disgusto", "asco"),
    "happy": ("happiness", "joy", "alegría", "felicidad", "contento", "contenta"),
    "sad": ("sadness", "triste", "tristeza"),
    "angry": ("anger", "enojada", "enojo", "ira", "enfado"),
    "neutral": ("neutro", "neutra", "seria"),
}
"""Names of class folders in data sets that others made."""
_BY_NAME: Final = BY_FOLDER | {
    name: expression
    for expression in EXPRESSIONS
    for name in (
        expression.key,
        expression.spanish,
        expression.english,
        *_OTHER_NAMES[expression.key],
    )
}

UNSURE: Final = "unsure"
"""What stands in place of an expression's key where none is shown."""
UNSURE_COLOR: Final = "#f2f2f2"
"""Nearly white, which none of the seven is; it is drawn with dashes as well."""


def find_expression(text: str) -> Expression | None:
    """The expression with this folder number, key, Spanish or English name, in any case."""
    # A Mac writes é as e and an accent.
    return _BY_NAME.get(unicodedata.normalize("NFC", text).strip().lower())


def name(key: str, language: str) -> str:
    """The name of the expression, or of `UNSURE`, in `language` ("es" or "en")."""
    if key == UNSURE:
        return "no seguro" if language == "es" else "not sure"
    expression = BY_KEY[key]
    return expression.spanish if language == "es" else expression.english
