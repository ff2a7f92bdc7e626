"""The faces of uploaded pictures as a table for the page and as CSV. No widgets."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

import pandas as pd

from emotion.labels import EXPRESSIONS, KEYS, name
from emotion.sessions.export import defused
from emotion.ui.live_sources_work import ReadPicture
from emotion.vision.overlay import label_text
from emotion.vision.types import TrackedFace

CSV_COLUMNS: Final = (
    "picture",
    "face",
    *("left", "top", "right", "bottom"),
    "expression",
    "confidence",
    *(f"p_{key}" for key in KEYS),
    "score",
    "shown",
    "reasons",
    "error",
)


def faces_table(
    pictures: Iterable[ReadPicture], language: str, translate: Callable[[str], str]
) -> pd.DataFrame:
    """One row for each face: picture, number, label as drawn, and the seven probabilities."""
    rows = [
        (
            one.name,
            number,
            label_text(face, language, with_id=False),
            *(f"{value:.0%}" for value in face.smoothed),
        )
        for one, number, face in _faces(pictures)
    ]
    words = [name(expression.key, language) for expression in EXPRESSIONS]
    columns = [translate("Picture"), translate("Face"), translate("Label"), *words]
    return pd.DataFrame(rows, columns=columns)


def pictures_csv(pictures: Sequence[ReadPicture]) -> str:
    """A line for each face, and one for each picture without faces or that could not be read,
    after a line with `CSV_COLUMNS`.

    Places are in pixels of the picture, expressions are keys, and `shown` is "unsure" for one
    of the `reasons`. Lines end with CR LF (RFC 4180); a name that a spreadsheet would take for
    a formula gets an apostrophe in front.
    """
    rows = [_row(one.name, number, face) for one, number, face in _faces(pictures)]
    rows += [
        {"picture": defused(one.name), "error": str(one.error or "")}
        for one in pictures
        if one.result is None or not one.result.faces
    ]
    order = {defused(one.name): place for place, one in reversed(list(enumerate(pictures)))}
    rows.sort(key=lambda row: order[str(row["picture"])])
    table = pd.DataFrame(rows, columns=list(CSV_COLUMNS)).astype({"face": "Int64"})
    return str(table.to_csv(index=False, lineterminator="\r\n"))


def _faces(pictures: Iterable[ReadPicture]) -> Iterator[tuple[ReadPicture, int, TrackedFace]]:
    for one in pictures:
        if one.result is not None:
            for number, face in enumerate(one.result.faces, start=1):
                yield one, number, face


def _row(picture: str, number: int, face: TrackedFace) -> dict[str, object]:
    corners = (round(float(value), 1) for value in face.face.box_xyxy)
    seven = (round(float(value), 4) for value in face.smoothed)
    return {
        "picture": defused(picture),
        "face": number,
        **dict(zip(("left", "top", "right", "bottom"), corners, strict=True)),
        "expression": KEYS[face.expression_index],
        "confidence": round(face.confidence, 4),
        **dict(zip((f"p_{key}" for key in KEYS), seven, strict=True)),
        "score": round(face.face.score, 4),
        "shown": face.shown,
        "reasons": ",".join(face.reasons),
        "error": "",
    }
