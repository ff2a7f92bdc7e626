"""What a change is worth, one by one: `python -m benchmarks.variants DATA [--model NAME]`.

One model with its mirror image, other input sizes, int8, and the class weights of its training
left in the answers; and other models (`--other NAME`, more than once). All read the pictures
that the model's run held out; those of `--other` must not have learned from them. A paired
bootstrap says what is beyond chance. DATA's `test` is not opened.
"""

import argparse
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch

from benchmarks.held_out import held_out, read
from emotion.cli.output import print_json, print_table
from emotion.errors import EmotionError
from emotion.evaluation.compare import Difference, paired_bootstrap
from emotion.evaluation.scores import IntArray
from emotion.labels import KEYS
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


def logits(entry: ModelEntry, crops: torch.Tensor, size: int | None = None) -> torch.Tensor:
    """What the network of `entry` answers for grey crops `(n, side, side)`, `(n, 7)`; where a
    `size` is given its input has that side, in place of what the card says."""
    model = GreyNetwork(entry.card.network)
    load_weights(model, entry.folder / entry.card.weights.file)
    spec = entry.card.input
    return predict(model, crops, size or spec.resize, size or spec.crop, CPU)


def variants(entry: ModelEntry, crops: torch.Tensor) -> Iterator[tuple[str, IntArray]]:
    """The names of the changes and the class numbers that come of each, `(n,)`."""
    plain = logits(entry, crops)
    mirrored = logits(entry, crops.flip(-1)).softmax(1)
    yield "with its mirror image", (plain.softmax(1) + mirrored).argmax(1).numpy()
    for size in SIZES:
        if size != entry.card.input.crop:
            yield f"input of {size} px", logits(entry, crops, size).argmax(1).numpy()
    weights = weights_in_training(entry)
    if weights is not None:
        left = (plain + weights.log()).argmax(1).numpy()
        yield "class weights left in the answers", left
    if entry.card.exports:
        classifier = load_classifier(entry, "openvino")
        name = f"{entry.card.exports[0].precision} by OpenVINO"
        yield name, read(classifier, list(crops.numpy())).argmax(axis=1)


def weights_in_training(entry: ModelEntry) -> torch.Tensor | None:
    """The class weights `(7,)` that its answers do not show; None where there were none."""
    card = entry.card
    config = TrainConfig.model_validate(card.recipe | {"name": card.name, "data": "."})
    if not config.prior_kept or config.class_weights == "none" or card.data is None:
        return None
    counts = torch.tensor([card.data.counts["train"].get(key, 0) for key in KEYS])
    return class_weights(config, torch.repeat_interleave(torch.arange(len(KEYS)), counts))


def measure(root: Path, entry: ModelEntry, others: list[ModelEntry]) -> dict[str, Any]:
    """The differences of all scores from those of the model as it is, by change."""
    pictures, truth = held_out(root, entry)
    crops = torch.from_numpy(np.stack(pictures))
    plain = logits(entry, crops).argmax(1).numpy()
    answers = dict(variants(entry, crops))
    answers |= {one.name: logits(one, crops).argmax(1).numpy() for one in others}
    return {
        "model": entry.name,
        "pictures": len(truth),
        "changes": {
            name: {
                one.metric: asdict(one) | {"beyond_chance": one.beyond_chance}
                for one in paired_bootstrap(truth, plain, changed)
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
