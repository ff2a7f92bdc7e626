"""What takes torch, done for a page in a process of its own: import, export, activation,
Grad-CAM.

The other side is `torch_jobs`. So the server that shows live video neither loads torch nor
lends its interpreter to the work.
"""

import json
import logging
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from emotion.errors import ModelError
from emotion.models.store import ModelEntry, activate, find_model
from emotion.settings import PROJECT_DIR

log = logging.getLogger(__name__)
Form = Literal["zip", "onnx", "openvino", "pth"]
SUFFIXES: Final[dict[Form, str]] = {
    "zip": ".zip",
    "onnx": ".onnx",
    "openvino": "-openvino.zip",
    "pth": ".pth",
}
"""How the name of an exported file ends."""


def make_active(models_dir: Path, name: str) -> ModelEntry:
    """Make `name` the model that live uses; a ResNet18 is also written where the original's
    script looks for its weights.

    Raises `ModelError` when it is not usable, or that file cannot be written.
    """
    entry = activate(models_dir, name)
    if entry.card.network == "resnet18":
        run("original", models_dir=models_dir, name=name)
    return entry


def import_model(
    models_dir: Path, path: Path, name: str | None = None, network: str | None = None
) -> ModelEntry:
    """`torch_import.import_model` in a process of its own."""
    made = run("import", models_dir=models_dir, path=path, name=name, network=network)
    return find_model(models_dir, made)


def export_model(entry: ModelEntry, form: Form, path: Path) -> None:
    """`torch_jobs.export_model` in a process of its own."""
    run("export", folder=entry.folder, form=form, path=path)


def grad_cam(entry: ModelEntry, crop: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """`torch_gradcam.grad_cam` in a process of its own."""
    with TemporaryDirectory() as folder:
        given, made = Path(folder) / "crop.npy", Path(folder) / "maps.npy"
        np.save(given, crop)
        run("grad_cam", folder=entry.folder, crop=given, path=made)
        return np.asarray(np.load(made), np.float32)


def run(job: str, **arguments: object) -> str:
    """The answer of one of the jobs of `torch_jobs`. Raises the `ModelError` that it met."""
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "emotion.models.torch_jobs",
            job,
            json.dumps(arguments, default=str),
        ],
        cwd=PROJECT_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
    except ValueError as error:
        log.error("the job %s ended without an answer: %s", job, done.stderr)
        last = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        raise ModelError(
            "The work on the model ended without an answer ({reason}). Try it again; the server's "
            "log says more.",
            reason=last,
        ) from error
    template = answer.get("template")
    if template is not None:
        raise ModelError(template, **answer["values"])
    return str(answer["result"])
