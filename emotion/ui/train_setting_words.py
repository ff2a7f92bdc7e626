"""What the settings of a run and their values are called: in the form and beside each other."""

from collections.abc import Mapping
from typing import Any

from emotion.ui.language import translate as _
from emotion.ui.train_words import NETWORKS, preset_name, start_name


def setting_title(field: str) -> str:
    """The name of a setting; of one that has no words of its own, the field's."""
    titles = {
        "preset": _("Preset"),
        "data": _("Data folder"),
        "find_faces": _("Find the faces"),
        "without": _("Pictures left out"),
        "validation": _("Pictures to choose by"),
        "network": _("Network"),
        "start": _("Start from"),
        "stages": _("Epochs by input size"),
        "epochs": _("Epochs"),
        "size": _("Input size"),
        "batch_size": _("Batch size"),
        "learning_rate": _("Learning rate"),
        "frozen": _("Frozen backbone"),
        "views": _("Kept views"),
        "head_epochs": _("Epochs of the head"),
        "layer_decay": _("Rate towards the input"),
        "optimizer": _("Optimizer"),
        "weight_decay": _("Weight decay"),
        "schedule": _("Learning rate over time"),
        "warmup_epochs": _("Warm-up epochs"),
        "class_weights": _("Weight of rare classes"),
        "prior_kept": _("As often as they occur"),
        "label_smoothing": _("Label smoothing"),
        "ema_decay": _("Average of the weights"),
        "teachers": _("Teachers"),
        "teacher_share": _("Share of the teachers"),
        "augmentation": _("Variation"),
        "erasing": _("Covered parts"),
        "test_resize": _("Scaled to"),
        "soft_labels": _("Learn the votes"),
        "validation_share": _("Held out"),
        "choose_by": _("Best by"),
        "patience": _("Patience"),
        "seed": _("Random seed"),
        "device": _("Device"),
        "precision": _("Precision"),
        "threads": _("Threads"),
        "devices": _("Devices at once"),
    }
    return titles.get(field, field)


def setting_options(field: str) -> Mapping[str, str]:
    """The values of a setting that takes one of a few, each with its words."""
    options: dict[str, dict[str, str]] = {
        "optimizer": {"adam": "Adam", "adamw": "AdamW", "sgd": "SGD"},
        "schedule": {"constant": _("constant"), "cosine": _("falls as a cosine")},
        "class_weights": {"none": _("as they are"), "sqrt": _("more (root)"), "full": _("in full")},
        "augmentation": {"mild": _("mild"), "original": _("as the original")},
        "choose_by": {"macro_f1": _("macro-F1"), "accuracy": _("accuracy")},
        "precision": {"auto": _("automatic"), "float32": "float32", "bfloat16": "bfloat16"},
        "device": {"auto": _("automatic")},
        "network": {str(network): words for network, words in NETWORKS.items()},
    }
    return options.get(field, {})


def setting_value(field: str, value: Any) -> str:
    """A value of a setting in words, as JSON holds it."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field == "stages":
        return ", ".join(_("{epochs} at {size} px").format(**stage) for stage in value)
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    if field == "preset":
        return preset_name(value)
    if field == "start":
        return start_name(value)
    return setting_options(field).get(str(value), str(value))
