"""What a run is asked to do: every setting, validated. The presets are in `presets.py`."""

from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from emotion.errors import TrainingError
from emotion.models.card import Network
from emotion.models.store import NAME_PATTERN

Preset = Literal["seed", "quick", "fine-tune", "shipped"]
Optimizer = Literal["adam", "adamw", "sgd"]
Schedule = Literal["constant", "cosine"]
ClassWeights = Literal["none", "sqrt", "full"]
Augmentation = Literal["original", "mild"]
Score = Literal["accuracy", "macro_f1"]
RunPrecision = Literal["auto", "float32", "bfloat16"]
REFUSED: Final = "refused"
"""Type of the errors of settings that do not go together; their context has the `error`."""


class _Values(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Stage(_Values):
    """Some epochs with pictures of one size; early epochs with small ones are cheap."""

    epochs: Annotated[int, Field(ge=1, le=1000)]
    size: Annotated[int, Field(ge=32, le=512)]


class TrainConfig(_Values):
    """All settings of one run; `config.json` in its folder."""

    name: Annotated[str, Field(pattern=NAME_PATTERN)]
    preset: Preset
    data: Path
    find_faces: bool = False
    without: Path | None = Field(
        None, description="CSV file with a column path: pictures that the run must never see"
    )
    validation: Path | None = Field(
        None,
        description="CSV file with a column path: the pictures of train by which the best epoch "
        "is chosen, in place of a share of it",
    )
    network: Network = "resnet18"
    frozen: bool = Field(False, description="the backbone stays as it is; only the head learns")
    start: str = Field(
        "imagenet", description="imagenet, shipped, scratch, a model's name or folder, or a file"
    )
    stages: Annotated[tuple[Stage, ...], Field(min_length=1)]
    test_resize: int | None = Field(
        None,
        description="scale to this before the middle of the stage's size is cut out; none or 0: "
        "to the size itself",
    )
    batch_size: Annotated[int, Field(ge=2, le=1024)]
    learning_rate: Annotated[float, Field(gt=0, le=1)]
    optimizer: Optimizer
    weight_decay: Annotated[float, Field(ge=0, le=1)] = 0.0
    schedule: Schedule = "constant"
    warmup_epochs: Annotated[float, Field(ge=0, le=100)] = 0.0
    head_epochs: Annotated[int, Field(ge=0, le=1000)] = 0
    layer_decay: Annotated[float, Field(gt=0, le=1)] = 1.0
    class_weights: ClassWeights = "none"
    prior_kept: bool = Field(
        False,
        description="answers stay as frequent as the classes are in the data, whatever their "
        "weights: those are taken back from the answers (prior correction)",
    )
    label_smoothing: Annotated[float, Field(ge=0, lt=1)] = 0.0
    soft_labels: bool = Field(False, description="learn the annotators' votes (votes.csv)")
    teachers: tuple[str, ...] = Field(
        (), description="models whose mean answer is learned beside the labels"
    )
    teacher_share: Annotated[float, Field(ge=0, le=1)] = Field(
        0.5, description="how much of what is learned is the teachers' answer"
    )
    augmentation: Augmentation
    erasing: Annotated[float, Field(ge=0, le=1)] = Field(
        0.25, description="share of the pictures of which a part is covered, where varied mildly"
    )
    ema_decay: Annotated[float, Field(ge=0, lt=1)] = 0.0
    views: Annotated[int, Field(ge=0, le=64)] = Field(
        0,
        description="varied views of each picture whose features are computed once; 0: each "
        "picture goes through the whole network in each epoch",
    )
    validation_share: Annotated[float, Field(gt=0, le=0.5)] = 0.1
    choose_by: Score = "macro_f1"
    patience: Annotated[int, Field(ge=0, le=1000)] | None = Field(
        None, description="epochs without a better one after which the run ends; none or 0: never"
    )
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0
    precision: RunPrecision = "auto"
    device: str = "auto"
    devices: Annotated[int, Field(ge=1, le=64)] = Field(
        1, description="processes, one for each device, that share every batch"
    )
    threads: Annotated[int, Field(ge=0, le=1024)] = Field(
        0, description="of the processor; 0: as many as torch takes by itself"
    )

    # A setting is checked against those above it, so that the error names its field.

    @field_validator("start")
    @classmethod
    def _is_worth_freezing(cls, start: str, info: ValidationInfo) -> str:
        if start == "scratch" and info.data.get("frozen"):
            raise _refused(
                TrainingError(
                    "A frozen backbone from scratch would keep random weights for ever. Start from "
                    "imagenet, shipped or a model, or choose a preset that trains all layers."
                )
            )
        return start

    @field_validator("test_resize")
    @classmethod
    def _holds_the_input(cls, resize: int | None, info: ValidationInfo) -> int | None:
        stages = info.data.get("stages")
        if stages and resize and not stages[-1].size <= resize <= 1024:
            raise _refused(
                TrainingError(
                    "Pictures scaled to {resize} pixels have no middle of {size}. Choose at least "
                    "{size} and at most 1024.",
                    resize=resize,
                    size=stages[-1].size,
                )
            )
        return resize

    @field_validator("views")
    @classmethod
    def _features_stay_the_same(cls, views: int, info: ValidationInfo) -> int:
        known = info.data
        if views and known.get("frozen") is False:
            raise _refused(
                TrainingError(
                    "Features of {views} views can be kept only of a backbone that stays as it is. "
                    "Freeze it, or set the views to 0.",
                    views=views,
                )
            )
        if views and known.get("augmentation") == "original":
            raise _refused(
                TrainingError(
                    "Features of {views} views are made with the mild augmentation alone, and the "
                    "original's is chosen. Choose mild, or set the views to 0.",
                    views=views,
                )
            )
        if views and known.get("ema_decay"):
            raise _refused(
                TrainingError(
                    "A head on kept features is not averaged over time, and the average's decay is "
                    "{decay}. Set it to 0, or set the views to 0.",
                    decay=known["ema_decay"],
                )
            )
        return views

    @field_validator("devices")
    @classmethod
    def _share_a_batch(cls, devices: int, info: ValidationInfo) -> int:
        batch_size = info.data.get("batch_size", devices * 2)
        if devices > 1 and batch_size < 2 * devices:
            raise _refused(
                TrainingError(
                    "A batch of {batch_size} pictures is too small for {devices} devices: each "
                    "needs at least two. Choose fewer devices or a larger batch size.",
                    batch_size=batch_size,
                    devices=devices,
                )
            )
        if devices > 1 and info.data.get("views"):
            raise _refused(
                TrainingError(
                    "A head on kept features learns in seconds on one device, and {devices} are "
                    "asked for. Choose one device, or a preset that trains more than the head.",
                    devices=devices,
                )
            )
        return devices

    @property
    def epochs(self) -> int:
        """Epochs of all stages."""
        return sum(stage.epochs for stage in self.stages)

    @property
    def input_size(self) -> int:
        """Side of the network's input in the last stage, which the model keeps."""
        return self.stages[-1].size

    @property
    def resize(self) -> int:
        """Side to which a crop is scaled before the middle is cut out."""
        return self.test_resize or self.input_size

    def size_at(self, epoch: int) -> int:
        """Side of the pictures in `epoch`, counted from 0."""
        for stage in self.stages:
            if epoch < stage.epochs:
                return stage.size
            epoch -= stage.epochs
        return self.input_size


def _refused(error: TrainingError) -> PydanticCustomError:
    return PydanticCustomError(REFUSED, "{error}", {"error": error})
