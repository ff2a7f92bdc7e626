"""What things of a run are called on the train page."""

from datetime import datetime
from typing import Final

from emotion.models.card import Network
from emotion.training.config import Preset
from emotion.training.runs import RunInfo, State
from emotion.ui.analysis_words import browser_zone
from emotion.ui.language import translate as _

NETWORKS: Final[dict[Network, str]] = {
    "resnet18": "ResNet18",
    "efficientnet_b0": "EfficientNet-B0",
    "mobilenet_v2": "MobileNetV2",
}


def preset_name(preset: Preset) -> str:
    """What the preset is called on the page."""
    names: dict[Preset, str] = {
        "quick": _("Quick"),
        "seed": _("As the original system"),
        "fine-tune": _("Fine-tune"),
        "shipped": _("From the ground up"),
    }
    return names[preset]


def preset_caption(preset: Preset) -> str:
    """What the preset does and for whom it is."""
    captions: dict[Preset, str] = {
        "quick": _("Only the last layer of a model that knows faces learns, within seconds."),
        "seed": _("Only the last layer learns, on top of what ImageNet taught the others."),
        "fine-tune": _("A model that knows faces adapts to yours. The usual choice."),
        "shipped": _("All layers from random weights. Needs thousands of pictures and hours."),
    }
    return captions[preset]


def start_name(start: str) -> str:
    """What a run starts from; a model of the user's has its own name."""
    names = {
        "shipped": _("the model that comes with Semblante"),
        "imagenet": _("ImageNet weights"),
        "scratch": _("random weights"),
        "file": _("a weights file"),
    }
    return names.get(start, start)


def state_name(state: State) -> str:
    """What the state is called on the page."""
    names: dict[State, str] = {
        "waiting": _("not started"),
        "queued": _("waiting its turn"),
        "running": _("running"),
        "finished": _("finished"),
        "stopped": _("stopped"),
        "failed": _("failed"),
        "lost": _("interrupted"),
    }
    return names[state]


def metric_name(metric: str) -> str:
    """What a score is called on the page."""
    return {"accuracy": _("accuracy"), "macro_f1": _("macro-F1")}[metric]


def run_label(run: RunInfo) -> str:
    """A run in one line: model, state, preset, best score, time."""
    score = best_score(run)
    scores = [] if score is None else [f"{metric_name(run.config.choose_by)} {score:.3f}"]
    parts = [run.title, state_name(run.state), preset_name(run.config.preset), *scores]
    return " · ".join([*parts, local_time(run.made_s)])


def best_score(run: RunInfo) -> float | None:
    """The validation score that the kept epoch was chosen by."""
    best = run.best
    return float(best["validation"][run.config.choose_by]) if best else None


def size(size_bytes: float) -> str:
    """A size on disk or in memory, in MB or GB."""
    if size_bytes < 1e9:
        return f"{size_bytes / 1e6:.1f} MB"
    return f"{size_bytes / 1e9:.2f} GB"


def local_time(seconds: float) -> str:
    """A time in the zone of the browser."""
    return browser_time(seconds).strftime("%Y-%m-%d %H:%M")


def browser_time(seconds: float) -> datetime:
    """Seconds since 1970 as a time in the zone of the browser."""
    return datetime.fromtimestamp(seconds, browser_zone())
