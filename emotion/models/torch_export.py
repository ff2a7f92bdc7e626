"""Export a network to OpenVINO: int8 where it agrees with the original, else bf16 or f32.

NNCF pulls torch in and takes seconds to import: call this in a process of its own.
"""

import contextlib
import io
import logging
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch

from emotion.models import telemetry
from emotion.models.backend import CropsGrey, Logits
from emotion.models.card import ExportRecord, Precision
from emotion.models.openvino_backend import OpenVinoBackend, computes_in_bfloat16
from emotion.models.store import sha256
from emotion.models.torch_networks import GreyNetwork

LEAST_AGREEMENT: Final = 0.98
"""Share of validation pictures that must keep their label in a lower precision …"""
MOST_LOSS: Final = 0.005
"""… and the most accuracy that it may lose."""
CALIBRATION_PICTURES: Final = 1000
SMALLEST_INT8: Final = 33
"""Side of the input from which MobileNetV2 and EfficientNet-B0 are tried in int8: where their last
maps have a single pixel, at 32, OpenVINO (2026.4) ends the process at one or two pictures."""


def export_openvino(
    model: GreyNetwork,
    folder: Path,
    calibration: CropsGrey,
    validation: CropsGrey,
    truth: npt.NDArray[np.int64],
    original: Logits,
) -> ExportRecord:
    """Write the export into `folder` and measure how it agrees with `original`.

    The first of int8, bfloat16 (where this CPU has it) and float32 that keeps enough of the
    answers is taken; the record says why. `calibration` and `validation` are crops
    `(n, size, size)` of training pictures and of held-out ones; `truth` `(n,)` and `original`
    `(n, 7)` belong to `validation`.
    """
    plain = convert(model, validation.shape[-1])
    trial = _Trial(folder, validation, truth, original)
    refused = []
    if model.network == "resnet18" or validation.shape[-1] >= SMALLEST_INT8:
        record = trial.measure(_quantised(plain, calibration), "int8")
        if keeps_answers(record):
            return record.model_copy(update={"reason": f"{told(record)}, which is enough"})
        refused.append(told(record))
        trial.discard(record)
    else:
        refused.append(f"int8 of {model.network} needs an input of {SMALLEST_INT8} pixels")
    if computes_in_bfloat16():
        record = trial.measure(plain, "bfloat16")
        if keeps_answers(record):
            return record.model_copy(update={"reason": because(refused)})
        refused.append(told(record))
        trial.discard(record)
    else:
        refused.append("this processor does not compute in bfloat16")
    record = trial.measure(plain, "float32")
    return record.model_copy(update={"reason": because(refused)})


def convert(model: GreyNetwork, size: int) -> Any:
    """The network as OpenVINO's, for grey crops `(n, size, size)`."""
    telemetry.block()
    import openvino as ov

    model = model.cpu().float().eval()
    example = torch.zeros(1, size, size, dtype=torch.uint8)
    with _quiet():
        return ov.convert_model(model, example_input=example, input=[("crops", [-1, size, size])])


def write(network: Any, path: Path, precision: Precision) -> None:
    """Write OpenVINO's two files, `path` and beside it its `.bin`. What is no int8 is kept in
    half precision, as the weights are, and computed as `precision` says."""
    import openvino as ov

    ov.save_model(network, path, compress_to_fp16=precision != "int8")


def keeps_answers(record: ExportRecord) -> bool:
    """Whether an export agrees with the original well enough to take its place."""
    # The limits themselves are allowed; a loss of 1 in 200 is not 0.005 in binary.
    return (
        record.agreement >= LEAST_AGREEMENT - 1e-9 and record.accuracy_change >= -MOST_LOSS - 1e-9
    )


def told(record: ExportRecord) -> str:
    """What was measured, for the card."""
    return (
        f"{record.precision} kept the label of {record.agreement:.1%} of {record.pictures} "
        f"held-out pictures and changed accuracy by {100 * record.accuracy_change:+.2f} points"
    )


def because(refused: list[str]) -> str:
    """Why a lower precision was not taken, for the card."""
    return (
        f"{'; '.join(refused)}; at least {LEAST_AGREEMENT:.0%} and a loss of at most "
        f"{100 * MOST_LOSS:.1f} points are asked of a lower precision"
    )


@dataclass(frozen=True, slots=True)
class _Trial:
    """Where exports are written, and what they are measured with."""

    folder: Path
    crops: CropsGrey
    truth: npt.NDArray[np.int64]
    original: Logits

    def measure(self, network: Any, precision: Precision) -> ExportRecord:
        path = self.folder / f"openvino-{precision}.xml"
        write(network, path, precision)
        backend = OpenVinoBackend(path, precision)
        answers = in_batches(backend.logits, self.crops).argmax(axis=1)
        expected = self.original.argmax(axis=1)
        right, was_right = answers == self.truth, expected == self.truth
        return ExportRecord(
            file=path.name,
            precision=precision,
            sha256=sha256(path.with_suffix(".bin")),
            agreement=float((answers == expected).mean()),
            pictures=len(self.crops),
            accuracy_change=float(right.mean() - was_right.mean()),
        )

    def discard(self, record: ExportRecord) -> None:
        path = self.folder / record.file
        for file in (path, path.with_suffix(".bin")):
            file.unlink()


def _quantised(plain: Any, calibration: CropsGrey) -> Any:
    logging.getLogger("nncf").setLevel(logging.ERROR)
    import nncf

    batches = nncf.Dataset(list(calibration[:CALIBRATION_PICTURES, None]), lambda crop: crop)
    with _quiet():
        return nncf.quantize(
            plain,
            batches,
            preset=nncf.QuantizationPreset.MIXED,
            subset_size=min(CALIBRATION_PICTURES, len(calibration)),
        )


def in_batches(function: Callable[[CropsGrey], Logits], crops: CropsGrey) -> Logits:
    """`function` over batches of 64, joined."""
    return np.concatenate([function(crops[i : i + 64]) for i in range(0, len(crops), 64)])


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Without the libraries' progress bars, and without their use of what torch deprecates."""
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
