"""`python -m emotion classify`: the expressions of pictures, folders and videos."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from emotion.cli.output import Json, ModelName, print_json, print_table, progress
from emotion.data.pictures import is_picture, read_bgr, read_grey
from emotion.errors import DataError, PictureError
from emotion.labels import KEYS
from emotion.models.classifier import Classifier
from emotion.models.load import load_classifier
from emotion.models.store import find_model
from emotion.settings import load_settings
from emotion.vision.crop import fit_crop
from emotion.vision.detector import FaceDetector
from emotion.vision.pipeline import Pipeline
from emotion.vision.sources import is_video, read_video
from emotion.vision.tracker import Tracker
from emotion.vision.types import FloatArray, FrameResult

log = logging.getLogger(__name__)
Result = dict[str, Any]


def classify(
    paths: Annotated[list[Path], typer.Argument(help="Pictures, folders or videos.")],
    model: ModelName = None,
    crops: Annotated[
        bool, typer.Option("--crops", help="The pictures are face crops already.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Say which expression each face shows.

    The faces of a video are followed, and their probabilities smoothed, as on the live page.
    A file of a folder that cannot be read is left out and named on standard error.
    """
    entry = find_model(load_settings().models_dir, model)
    classifier = load_classifier(entry)
    files = list(_files(paths))
    results: list[Result] = []
    left_out: list[str] = []
    with progress("Classifying") as report:
        for done, path in enumerate(files):
            report(done, len(files))
            try:
                results += _crop(path, classifier) if crops else _faces(path, classifier)
            except PictureError as error:
                if path in paths:
                    raise
                log.warning("left out: %s", error)
                left_out.append(str(path))
    if as_json:
        print_json({"model": entry.name, "results": results, "left_out": left_out})
        return
    rows = [
        (result["path"], result["time_s"], face.get("expression"), face.get("confidence"))
        for result in results
        for face in result["faces"] or [{}]
    ]
    print_table(("path", "time_s", "expression", "confidence"), rows)


def _files(paths: list[Path]) -> Iterator[Path]:
    """The files that `paths` name; those of a folder with its subfolders, in order."""
    for path in paths:
        if not path.exists():
            raise DataError("There is no file or folder {path}. Check the name.", path=path)
        if not path.is_dir():
            yield path
            continue
        found = sorted(p for p in path.rglob("*") if is_picture(p) or is_video(p))
        if not found:
            raise DataError(
                "The folder {path} holds no pictures or videos. Choose another.", path=path
            )
        yield from found


def _crop(path: Path, classifier: Classifier) -> list[Result]:
    grey = read_grey(path)
    probabilities = classifier.probabilities(fit_crop(grey, classifier.crop_size)[None])[0]
    height, width = grey.shape
    face = {"box_xyxy": [0.0, 0.0, float(width), float(height)], "detection_score": None}
    return [{"path": str(path), "time_s": None, "faces": [face | _answer(probabilities)]}]


def _faces(path: Path, classifier: Classifier) -> list[Result]:
    pipeline = Pipeline(FaceDetector(), classifier, Tracker())
    if is_video(path):
        return [
            _result(path, time_s, pipeline.process(frame, time_s))
            for time_s, frame in read_video(path)
        ]
    return [_result(path, None, pipeline.process(read_bgr(path), 0.0))]


def _result(path: Path, time_s: float | None, result: FrameResult) -> Result:
    faces = [
        {
            "box_xyxy": [round(float(value), 1) for value in tracked.face.box_xyxy],
            "detection_score": round(tracked.face.score, 4),
            **({} if time_s is None else {"track": tracked.track_id}),
            **_answer(tracked.smoothed),
        }
        for tracked in result.faces
    ]
    return {"path": str(path), "time_s": time_s, "faces": faces}


def _answer(probabilities: FloatArray) -> dict[str, Any]:
    best = int(np.argmax(probabilities))
    return {
        "expression": KEYS[best],
        "confidence": float(probabilities[best]),
        "probabilities": {
            key: float(value) for key, value in zip(KEYS, probabilities, strict=True)
        },
    }
