"""What a change is worth, one by one: `python -m benchmarks.variants DATA [--model NAME]`.

One model with its mirror image, other input sizes, int8, and the class weights of its training
left in the answers, or taken back where they are in them; and other models (`--other NAME`, more
than once). All read the pictures that the model's run held out, each cut to its own size from the
file; those of `--other` must not have learned from them. A paired bootstrap says what is beyond
chance. DATA's `test` is not opened.
"""

import argparse
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch

from benchmarks.held_out import divided, read
from emotion.cli.output import print_json, print_table
from emotion.errors import EmotionError
from emotion.evaluation.compare import Difference, paired_bootstrap
from emotion.evaluation.crops import read_crop
from emotion.evaluation.scores import IntArray
from emotion.models.load import load_classifier
from emotion.models.store import SHIPPED, ModelEntry, find_model
from emotion.models.torch_networks import GreyNetwork, load_weights
from emotion.settings import load_settings
from emotion.training.config import TrainConfig
from emotion.training.device import Device
from emotion.training.fit import predict
from emotion.training.rates import class_weights

SIZES: Final = (64, 80, 96, 112, 128)
SCORES: Final = ("accuracy", "balanced_accuracy", "macro_f1")
CPU: Final = Device("cpu", torch.float32, "as weights are kept")


@dataclass(frozen=True, slots=True)
class HeldOut:
    """The files of the pictures that a run held out, their class numbers `(n,)`, and the class
    weights `(7,)` that it learned with."""

    files: list[Path]
    truth: IntArray
    find_faces: bool
    weights: torch.Tensor

    def crops(self, side: int) -> torch.Tensor:
        """Grey crops `(n, side, side)`."""
        crops = [read_crop(file, side, find_faces=self.find_faces) for file in self.files]
        return torch.from_numpy(np.stack(crops))


def find_held_out(root: Path, entry: ModelEntry) -> HeldOut:
    """The pictures that the run of the model held out; raises what `divided` raises."""
    fit, pictures = divided(root, entry)
    config = _config(entry)
    return HeldOut(
        files=[root / path for path in pictures.paths],
        truth=pictures.labels.numpy(),
        find_faces=config.find_faces,
        weights=class_weights(config, fit.labels),
    )


def logits(entry: ModelEntry, pictures: HeldOut, size: int | None = None) -> torch.Tensor:
    """What the network of `entry` answers, `(n, 7)`; where a `size` is given its input has that
    side, in place of what the card says, and shows as much of each picture."""
    spec = entry.card.input
    size = size or spec.crop
    resize = round(size * spec.resize / spec.crop)
    return predict(_network(entry), pictures.crops(resize), resize, size, CPU)


def variants(entry: ModelEntry, pictures: HeldOut) -> Iterator[tuple[str, IntArray]]:
    """The names of the changes and the class numbers that come of each, `(n,)`."""
    config, spec = _config(entry), entry.card.input
    crops = pictures.crops(spec.resize)
    network = _network(entry)
    plain, mirrored = (
        predict(network, seen, spec.resize, spec.crop, CPU) for seen in (crops, crops.flip(-1))
    )
    yield "with its mirror image", (plain.softmax(1) + mirrored.softmax(1)).argmax(1).numpy()
    for size in SIZES:
        if size != spec.crop:
            yield f"input of {size} px", logits(entry, pictures, size).argmax(1).numpy()
    shift = pictures.weights.clamp_min(1e-9).log()
    if config.class_weights != "none" and config.prior_kept:
        yield "class weights left in the answers", (plain + shift).argmax(1).numpy()
    elif config.class_weights != "none":
        yield "class weights taken back", (plain - shift).argmax(1).numpy()
    if entry.card.exports:
        classifier = load_classifier(entry, "openvino")
        name = f"{entry.card.exports[0].precision} by OpenVINO"
        yield name, read(classifier, list(crops.numpy())).argmax(axis=1)


def _network(entry: ModelEntry) -> GreyNetwork:
    model = GreyNetwork(entry.card.network)
    load_weights(model, entry.folder / entry.card.weights.file)
    return model


def _config(entry: ModelEntry) -> TrainConfig:
    """The settings of the model's run, of which `divided` made sure that they are there."""
    return TrainConfig.model_validate(
        entry.card.recipe | {"name": entry.card.name, "data": ".", "validation": None}
    )


def measure(root: Path, entry: ModelEntry, others: list[ModelEntry]) -> dict[str, Any]:
    """The differences of all scores from those of the model as it is, by change."""
    pictures = find_held_out(root, entry)
    plain = logits(entry, pictures).argmax(1).numpy()
    answers = dict(variants(entry, pictures))
    answers |= {one.name: logits(one, pictures).argmax(1).numpy() for one in others}
    return {
        "model": entry.name,
        "pictures": len(pictures.truth),
        "changes": {
            name: {
                one.metric: asdict(one) | {"beyond_chance": one.beyond_chance}
                for one in paired_bootstrap(pictures.truth, plain, changed)
                if one.metric in SCORES
            }
            for name, changed in answers.items()
        },
    }


def show(values: dict[str, Any]) -> None:
    """The differences as a table; beyond chance: with a star."""
    print(f"{values['model']}, {values['pictures']} pictures held out")
    rows = []
    for name, scores in values["changes"].items():
        row = [name]
        for metric in SCORES:
            one = dict(scores[metric])
            star = " *" if one.pop("beyond_chance") else ""
            row.append(_words(Difference(**one)) + star)
        rows.append(row)
    print_table(("", *SCORES), rows)


def _words(one: Difference) -> str:
    ends = f"{100 * one.low:+.1f} to {100 * one.high:+.1f}"
    return f"{one.first:.3f} to {one.second:.3f}: {100 * one.change:+.1f} ({ends})"


def main() -> None:
    """Measure what the command line asks for; exit code 2 and a sentence where it cannot be."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.variants", description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--model", default=SHIPPED)
    parser.add_argument("--other", action="append", default=[], help="another model's name")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    asked = parser.parse_args()
    try:
        folder = load_settings().models_dir
        entry = find_model(folder, asked.model)
        values = measure(asked.data, entry, [find_model(folder, name) for name in asked.other])
    except EmotionError as error:
        parser.exit(2, f"{error}\n")
    if asked.json:
        print_json(values)
    else:
        show(values)


if __name__ == "__main__":
    main()
