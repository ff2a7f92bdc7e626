"""The reasons for "not sure" in the interface's two languages, short enough for a label."""

from typing import Final

from emotion.vision.types import Reason

_NAMES: Final[dict[Reason, tuple[str, str]]] = {
    "partly_out_of_view": ("fuera de cuadro", "partly out of view"),
    "too_small": ("muy pequeño", "too small"),
    "too_dark": ("muy oscuro", "too dark"),
    "too_bright": ("muy claro", "too bright"),
    "turned_away": ("de lado", "turned away"),
    "blurred": ("borroso", "blurred"),
    "low_confidence": ("poca confianza", "low confidence"),
}


def reason_name(reason: Reason, language: str) -> str:
    """The reason in `language` ("es" or "en")."""
    spanish, english = _NAMES[reason]
    return spanish if language == "es" else english
