"""The end of a run: temperature on held-out pictures, export, test used once, the card."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import torch
from scipy.special import softmax

from emotion.data.layout import DataSet
from emotion.evaluation.predictions import predictions_of, write_predictions
from emotion.evaluation.run import evaluate
from emotion.evaluation.speed import measure_speed
from emotion.evaluation.temperature import fit_temperature
from emotion.evaluation.threshold import choose_threshold
from emotion.models.card import (
    ChoiceRecord,
    DataRecord,
    InputSpec,
    ModelCard,
    ScoreRecord,
    WeightsRecord,
    write_card,
)
from emotion.models.load import BackendChoice, load_classifier
from emotion.models.store import ModelEntry, new_folder, publish, sha256
from emotion.models.torch_export import export_openvino
from emotion.models.torch_networks import WEIGHTS_FILE, GreyNetwork, load_weights, save_weights
from emotion.training.checkpoint import BEST_FILE
from emotion.training.config import TrainConfig
from emotion.training.device import Device
from emotion.training.events import Log
from emotion.training.fit import predict
from emotion.training.inputs import Pictures, gone


def finish(
    config: TrainConfig,
    folder: Path,
    models_dir: Path,
    data: DataSet,
    fit: Pictures,
    validation: Pictures,
    best_epoch: int,
    events: Log,
) -> ModelEntry:
    """Make the run's best weights a model under `models_dir`, exported and scored.

    The kept weights are half precision; everything is fitted and measured with them as
    they are kept. Raises `ModelError` when the name is taken or nothing can be written, and
    `DataError` when a picture of the data is gone.
    """
    building = new_folder(models_dir, config.name)
    model = GreyNetwork(config.network)
    load_weights(model, folder / BEST_FILE)
    weights = building / WEIGHTS_FILE
    save_weights(model, weights, torch.float16)
    load_weights(model, weights)

    device = Device("cpu", torch.float32, "as it is kept")
    size, margin = config.input_size, (config.resize - config.input_size) // 2
    middle = slice(margin, margin + size)
    logits = predict(model, validation.crops, config.resize, size, device).numpy()
    truth = validation.labels.numpy()
    events.write("phase", name="export")
    export = export_openvino(
        model,
        building,
        _shuffled(fit.crops, config.seed)[:, middle, middle].numpy(),
        validation.crops[:, middle, middle].contiguous().numpy(),
        truth,
        logits,
    )
    temperature = fit_temperature(logits, truth)
    card = ModelCard(
        name=config.name,
        network=config.network,
        input=InputSpec(resize=config.resize, crop=size),
        temperature=temperature,
        created=datetime.now(UTC),
        description=_description(config),
        choice=ChoiceRecord(
            epoch=best_epoch + 1,
            epochs=config.epochs,
            score=config.choose_by,
            pictures=len(validation),
            listed="" if config.validation is None else config.validation.name,
        ),
        data=_data_record(config, data),
        recipe=_recipe(config),
        weights=WeightsRecord(file=weights.name, dtype="float16", sha256=sha256(weights)),
        exports=(export,),
        confidence_threshold=choose_threshold(softmax(logits / temperature, axis=1), truth),
    )
    write_card(building, card)
    entry = ModelEntry(building, card)
    measured: dict[str, Any] = {"speed": measure_speed(load_classifier(entry))}
    if data.splits.get("test"):
        events.write("phase", name="test")
        scores = (_test(entry, data, config, backend) for backend in ("openvino", "torch"))
        measured["scores"] = tuple(scores)
    write_card(building, card.model_copy(update=measured))
    return publish(building)


def _test(
    entry: ModelEntry, data: DataSet, config: TrainConfig, backend: BackendChoice
) -> ScoreRecord:
    classifier = load_classifier(entry, backend)
    result = evaluate(classifier, data, "test", find_faces=config.find_faces)
    if backend == "openvino":  # as live uses it
        write_predictions(entry.folder, predictions_of(result, data, "test"))
    faces = " --find-faces" if config.find_faces else ""
    return ScoreRecord(
        data=data.root.name,
        split="test",
        command=(
            f"python -m emotion evaluate --data {data.root.name} --model {config.name} "
            f"--backend {backend}{faces}"
        ),
        backend=classifier.backend.description,
        scores=result.scores.model_dump(),
    )


def _recipe(config: TrainConfig) -> dict[str, Any]:
    """The settings, without paths of this machine."""
    recipe = config.model_dump(mode="json", exclude={"data", "name", "without"})
    listed = config.validation
    return recipe | {"start": Path(config.start).name, "validation": listed and listed.name}


def _shuffled(crops: torch.Tensor, seed: int) -> torch.Tensor:
    """The crops in random order, since they stand by class."""
    order = np.random.default_rng(seed).permutation(len(crops))
    return crops[torch.from_numpy(order)]


def _data_record(config: TrainConfig, data: DataSet) -> DataRecord:
    try:
        fingerprint = data.fingerprint()
    except FileNotFoundError as error:
        raise gone(data.root) from error
    return DataRecord(
        name=data.root.name,
        fingerprint=fingerprint,
        counts=data.counts(),
        licence=_licence(data.root),
        faces="found" if config.find_faces else "crops",
        set_aside="" if config.without is None else config.without.name,
        relabelled=len(data.relabelled()),
        corrected_out=len(data.set_aside),
    )


def _licence(root: Path) -> str:
    """The text of licence files beside the data, which must travel with what is made of it."""
    texts = [path.read_text("utf-8", errors="replace") for path in sorted(root.glob("LICEN[CS]E*"))]
    return "\n\n".join(text.strip() for text in texts)


def _description(config: TrainConfig) -> str:
    text = f"{config.network} trained with the preset {config.preset}"
    return text + (f", taught by {', '.join(config.teachers)}" if config.teachers else "")
