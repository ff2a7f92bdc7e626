"""The card of a saved model: what it is, what it saw, how good it is. `card.json`."""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from emotion.errors import ModelError
from emotion.files import replacing
from emotion.labels import EXPRESSIONS, KEYS, find_expression

Network = Literal["resnet18", "efficientnet_b0", "mobilenet_v2"]
Precision = Literal["float32", "float16", "bfloat16", "int8"]
CARD_FILE = "card.json"
FileName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")]
"""A file beside the card; a card from elsewhere must not lead out of the model's folder."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class InputSpec(_Part):
    """How a crop becomes the network's input: grey, scaled to `resize` pixels, the
    middle `crop` pixels of it, repeated to three channels, ImageNet normalisation."""

    resize: Annotated[int, Field(ge=16, le=1024)]
    crop: Annotated[int, Field(ge=16, le=1024)]

    @model_validator(mode="after")
    def _crop_fits(self) -> Self:
        if self.crop > self.resize:
            raise ValueError(f"crop {self.crop} is larger than resize {self.resize}")
        return self


class DataRecord(_Part):
    """The data that the weights were trained on."""

    name: str
    fingerprint: str = Field(description="SHA-256 over the relative paths and sizes")
    counts: dict[str, dict[str, int]] = Field(description="split -> expression key -> pictures")
    licence: str = ""
    faces: Literal["crops", "found"] = "crops"
    set_aside: str = Field("", description="list of pictures that were left out of the counts")
    relabelled: int = Field(0, description="pictures in another class than their folder's")
    corrected_out: int = Field(0, description="pictures that corrections.csv set aside")


class ChoiceRecord(_Part):
    """Which epoch the weights are of, and by what it was chosen: never by the test."""

    epoch: Annotated[int, Field(ge=1)]
    epochs: Annotated[int, Field(ge=1)]
    score: Literal["accuracy", "macro_f1"]
    pictures: Annotated[int, Field(ge=1)]
    listed: str = Field("", description="the list that names the pictures, where one did")


class WeightsRecord(_Part):
    """The weights file beside the card."""

    file: FileName
    dtype: Precision
    sha256: str


class ExportRecord(_Part):
    """An export for another runtime, how well it agrees with the original, and why it was
    made in this precision."""

    file: FileName
    precision: Precision
    sha256: str
    agreement: float = Field(description="share of validation pictures with the same label")
    pictures: int
    accuracy_change: float = Field(description="accuracy on them less that of the original")
    reason: str = ""


class ScoreRecord(_Part):
    """Scores on one split, and the command that made them."""

    data: str
    split: str
    command: str
    backend: str
    scores: dict[str, Any]


class ChangeRecord(_Part):
    """The change of a score, as a difference of shares, and the ends of its 95 % interval."""

    change: float
    low: float
    high: float


class RobustnessRecord(_Part):
    """What pictures made worse cost on one split, and the command that measured it.

    `changes` holds, by alteration and score, the difference from the clean pictures.
    """

    data: str
    split: str
    command: str
    backend: str
    pictures: Annotated[int, Field(gt=0)]
    changes: dict[str, dict[str, ChangeRecord]]


class SpeedRecord(_Part):
    """The processor time that one face takes of the network, in milliseconds: the median."""

    backend: str
    processor: str
    milliseconds: Annotated[float, Field(gt=0)]


class ThresholdRecord(_Part):
    """From which confidence on a label is shown, and how good the shown ones are.

    `coverage` is the share of the validation pictures whose label is shown, `accuracy` the
    share of those that is right (None where none is shown), `pictures` how many there were.
    Not `certain`: they were too few to rule chance out.
    """

    threshold: Annotated[float, Field(ge=0, le=1)]
    coverage: Annotated[float, Field(ge=0, le=1)]
    accuracy: Annotated[float, Field(ge=0, le=1)] | None
    pictures: Annotated[int, Field(gt=0)]
    certain: bool = True


class ModelCard(_Part):
    """All that is known of a model; `card.json` beside its weights."""

    format: Literal[1] = 1
    name: str
    network: Network
    classes: tuple[str, ...] = KEYS
    input: InputSpec
    temperature: Annotated[float, Field(gt=0, le=100)] = 1.0
    created: datetime
    description: str = ""
    choice: ChoiceRecord | None = None
    data: DataRecord | None = None
    recipe: dict[str, Any] = Field(default_factory=dict)
    weights: WeightsRecord
    exports: tuple[ExportRecord, ...] = ()
    scores: tuple[ScoreRecord, ...] = ()
    robustness: RobustnessRecord | None = None
    speed: SpeedRecord | None = None
    confidence_threshold: ThresholdRecord | None = None

    @property
    def files(self) -> tuple[str, ...]:
        """The names of all files of the model: the card, its weights, its exports."""
        exports = ((e.file, Path(e.file).with_suffix(".bin").name) for e in self.exports)
        return (CARD_FILE, self.weights.file, *(name for pair in exports for name in pair))

    @model_validator(mode="after")
    def _classes_in_order(self) -> Self:
        if self.classes != KEYS:
            raise ValueError(f"classes {self.classes} are not {KEYS} in this order")
        return self


def read_card(folder: Path) -> ModelCard:
    """The card in `folder`. Raises `ModelError` when it is missing or not a card."""
    path = folder / CARD_FILE
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelError(
            "The model {folder} has no readable card ({path}): {reason}. Import the weights "
            "again, or choose another model.",
            folder=folder.name,
            path=path,
            reason=error.strerror,
        ) from error
    return parse_card(content, path)


def parse_card(content: bytes, source: Path) -> ModelCard:
    """The card with this content, which comes from `source`. Raises `ModelError` when it is
    none, or of a model that tells its classes apart in another order."""
    try:
        return ModelCard.model_validate_json(content)
    except ValidationError as error:
        check_classes(_classes(content), source)
        first = error.errors()[0]
        raise ModelError(
            "The card {path} is not valid at {field}: {reason}. Import the model again, or "
            "choose another.",
            path=source,
            field=".".join(map(str, first["loc"])) or "the top",
            reason=first["msg"],
        ) from error


def check_classes(classes: object, source: Path) -> None:
    """Raises `ModelError` where `classes` names the seven, in whatever language, in another
    order than ours; what is no such list is left alone."""
    if not isinstance(classes, list | tuple):
        return
    found = [find_expression(str(name)) for name in classes]
    if set(found) == set(EXPRESSIONS) and found != list(EXPRESSIONS):
        raise ModelError(
            "The model in {path} tells its classes in the order {classes}, and this needs "
            "{order}, as the folders 1 to 7 stand. Train it again on folders of that order.",
            path=source,
            classes=", ".join(map(str, classes)),
            order=", ".join(KEYS),
        )


def _classes(content: bytes) -> object:
    try:
        card = json.loads(content)
    except ValueError:
        return None
    return card.get("classes") if isinstance(card, dict) else None


def write_card(folder: Path, card: ModelCard) -> None:
    """Write `card` into `folder`, replacing the old one in one step."""
    with replacing(folder / CARD_FILE) as temporary:
        temporary.write_text(card.model_dump_json(indent=2) + "\n", encoding="utf-8")
