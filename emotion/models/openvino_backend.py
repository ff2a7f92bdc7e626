"""An exported network run by OpenVINO on the CPU: one thread, its own infer request."""

import threading
from functools import cache
from pathlib import Path

import numpy as np

from emotion.errors import ModelError
from emotion.models.backend import CropsGrey, Logits
from emotion.models.card import Precision
from emotion.models.openvino_core import core


@cache
def computes_in_bfloat16() -> bool:
    """Whether this CPU has bfloat16 arithmetic."""
    return "BF16" in core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")


class OpenVinoBackend:
    """Runs an OpenVINO IR whose input is grey uint8 `(n, size, size)`.

    One thread, since a second pool of threads beside OpenCV's or torch's makes both many
    times slower on few cores. Each calling thread gets an infer request of its own: a
    shared one raises "busy". An export in bfloat16 is computed in float32 where the CPU has
    nothing else.
    """

    def __init__(self, path: Path, precision: Precision) -> None:
        if precision == "bfloat16" and not computes_in_bfloat16():
            precision = "float32"
        self.description = f"OpenVINO {precision}"
        options: dict[str, int | str] = {"INFERENCE_NUM_THREADS": 1, "NUM_STREAMS": 1}
        if precision in ("bfloat16", "float32"):
            options["INFERENCE_PRECISION_HINT"] = "f32" if precision == "float32" else "bf16"
        try:
            model = core().compile_model(path, "CPU", options)
        except RuntimeError as error:
            raise ModelError(
                "The export {path} cannot be loaded ({reason}). Import the model again, or "
                "choose another.",
                path=path,
                reason=str(error).strip().splitlines()[-1],
            ) from error
        self._model = model
        shape = model.input(0).partial_shape
        self._sides = tuple(-1 if side.is_dynamic else side.get_length() for side in shape)[1:]
        self._requests = threading.local()

    def logits(self, crops: CropsGrey) -> Logits:
        """Logits `(n, 7)`. Raises `ValueError` for crops of another size than the export takes."""
        if crops.shape[1:] != self._sides:  # OpenVINO answers nothing, and crashes later
            raise ValueError(f"crops {crops.shape[1:]}, but the export takes {self._sides}")
        request = getattr(self._requests, "own", None)
        if request is None:
            request = self._requests.own = self._model.create_infer_request()
        return np.array(request.infer([crops])[0], dtype=np.float32)
