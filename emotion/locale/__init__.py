"""The interface's texts in Spanish and English, as gettext catalogues.

English stands in the code; `es/LC_MESSAGES/semblante.po` holds the Spanish. After a
change of texts, `python -m emotion.locale` brings the catalogue up to date.
"""

import gettext
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

LOCALE_DIR: Final = Path(__file__).resolve().parent
DOMAIN: Final = "semblante"
LANGUAGES: Final = {"es": "Español", "en": "English"}
"""Language codes and what each calls itself."""

Translate = Callable[[str], str]


@cache
def translator(language: str) -> Translate:
    """The function that gives the text in `language`; the text itself where it has none."""
    return gettext.translation(DOMAIN, LOCALE_DIR, [language], fallback=True).gettext


def best_language(wanted: str | None) -> str:
    """The language nearest to a browser's locale such as `es-MX`; English otherwise."""
    code = (wanted or "").replace("_", "-").split("-")[0].lower()
    return code if code in LANGUAGES else "en"


def marked(text: str) -> str:
    """`text` as it is: marks a constant for the catalogue that is translated later."""
    return text
