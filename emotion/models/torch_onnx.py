"""Export a model to ONNX, with what its input must be in the file's metadata."""

import json
import warnings
from pathlib import Path

import torch

from emotion.models.archive import writing
from emotion.models.card import ModelCard
from emotion.models.store import ModelEntry
from emotion.models.torch_networks import MEAN, STD, GreyNetwork, load_weights


def export_onnx(entry: ModelEntry, path: Path) -> None:
    """Write the model to `path`: `crops` uint8 `(n, size, size)` to `logits` `(n, 7)`.

    Scaling, the three channels and the normalisation are part of the network. Raises
    `ModelError` when its weights cannot be read or nothing can be written.
    """
    model = GreyNetwork(entry.card.network)
    load_weights(model, entry.folder / entry.card.weights.file)
    size = entry.card.input.crop
    example = torch.zeros(2, size, size, dtype=torch.uint8)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the exporter's own parts
        program = torch.onnx.export(
            model.eval(),
            (example,),
            dynamo=True,
            input_names=["crops"],
            output_names=["logits"],
            dynamic_shapes=({0: torch.export.Dim("n", min=1)},),
            verbose=False,
        )
    assert program is not None  # without a path it is given back
    program.model.metadata_props.update(metadata(entry.card))
    with writing(path) as temporary:
        program.save(str(temporary), external_data=False)


def metadata(card: ModelCard) -> dict[str, str]:
    """What someone with the file alone must know."""
    resize, crop = card.input.resize, card.input.crop
    threshold = card.confidence_threshold
    return {
        "name": card.name,
        "network": card.network,
        "classes": json.dumps(card.classes),
        "input": (
            f"crops: uint8 (n, {crop}, {crop}), grey levels 0 to 255 of upright face crops scaled "
            f"to {resize} x {resize} pixels, the middle {crop} x {crop} of each. The network "
            f"itself divides by 255, repeats grey to three channels, subtracts {list(MEAN)} and "
            f"divides by {list(STD)}."
        ),
        "output": "logits: float32 (n, 7); softmax(logits / temperature) are the probabilities",
        "temperature": repr(card.temperature),
        "confidence_threshold": "" if threshold is None else repr(threshold.threshold),
        "licence": "" if card.data is None else card.data.licence,
    }
