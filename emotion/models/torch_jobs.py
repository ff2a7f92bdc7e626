"""The jobs of `jobs.run`: `python -m emotion.models.torch_jobs JOB JSON` prints one JSON object,
the result or the template and values of an error."""

import contextlib
import json
import os
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, assert_never

import numpy as np
import torch

from emotion.errors import EmotionError
from emotion.models import archive
from emotion.models.card import CARD_FILE, Network
from emotion.models.jobs import Form
from emotion.models.load import check_files
from emotion.models.store import ModelEntry, find_model
from emotion.models.torch_import import import_model
from emotion.models.torch_networks import GreyNetwork, load_weights
from emotion.models.torch_original import save_state, write_original


def export_model(entry: ModelEntry, form: Form, path: Path) -> None:
    """Write the model to `path`: our zip, ONNX, OpenVINO's files in a zip, or a state dict.

    Raises `ModelError` when a file of the model is broken or nothing can be written.
    """
    check_files(entry)
    match form:
        case "zip":
            archive.write_archive(entry, path)
        case "onnx":
            from emotion.models.torch_onnx import export_onnx  # takes seconds

            export_onnx(entry, path)
        case "openvino":
            _export_openvino(entry, path)
        case "pth":
            save_state(entry, path)
        case _:
            assert_never(form)


def _export_openvino(entry: ModelEntry, path: Path) -> None:
    """The export that live uses, else one in half precision that is made now; with the card."""
    with tempfile.TemporaryDirectory() as made:
        if entry.card.exports:
            description = entry.folder / entry.card.exports[0].file
        else:
            from emotion.models.torch_export import convert, write

            model = GreyNetwork(entry.card.network)
            load_weights(model, entry.folder / entry.card.weights.file)
            description = Path(made) / "openvino-float16.xml"
            write(convert(model, entry.card.input.crop), description, "float16")
        files = (description, description.with_suffix(".bin"), entry.folder / CARD_FILE)
        with archive.writing(path) as temporary, zipfile.ZipFile(temporary, "w") as packed:
            for file in files:
                packed.write(file, file.name)


def _import(models_dir: str, path: str, name: str | None, network: Network | None) -> str:
    return import_model(Path(models_dir), Path(path), name, network).name


def _export(folder: str, form: Form, path: str) -> str:
    export_model(find_model(Path(folder).parent, folder), form, Path(path))
    return path


def _grad_cam(folder: str, crop: str, path: str) -> str:
    from emotion.models.torch_gradcam import grad_cam  # captum takes a second

    np.save(path, grad_cam(find_model(Path(folder).parent, folder), np.load(crop)))
    return path


def _original(models_dir: str, name: str) -> str:
    return str(write_original(Path(models_dir), find_model(Path(models_dir), name)))


_JOBS: Final[dict[str, Callable[..., str]]] = {
    "import": _import,
    "export": _export,
    "original": _original,
    "grad_cam": _grad_cam,
}


def main(job: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """What `jobs.run` reads."""
    torch.set_num_threads(1)  # beside live video, which takes the rest
    with contextlib.suppress(AttributeError, OSError):
        os.nice(10)
    try:
        with contextlib.redirect_stdout(sys.stderr):
            return {"result": _JOBS[job](**arguments)}
    except EmotionError as error:
        return {"template": error.template, "values": error.values}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], json.loads(sys.argv[2])), default=str))
