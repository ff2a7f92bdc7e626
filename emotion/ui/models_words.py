"""What the pages say of a saved model in a line or two."""

from emotion.models.card import ModelCard
from emotion.models.store import ModelEntry
from emotion.ui.language import translate as _
from emotion.ui.train_words import NETWORKS
from emotion.vision.thresholds import DEFAULT_CONFIDENCE


def summary(entry: ModelEntry) -> str:
    """Network, input, what runs it, and size on disk."""
    card = entry.card
    runs = f"OpenVINO {card.exports[0].precision}" if card.exports else _("torch, no fast version")
    size = f"{entry.size_bytes / 1e6:.1f} MB"
    return " · ".join([NETWORKS[card.network], f"{card.input.crop} px", runs, size])


def threshold_fault(name: str, card: ModelCard) -> str | None:
    """Why the model called `name` shows no label at all, or from where it shows them without a
    threshold of its own; None where the card names one that can be reached."""
    record = card.confidence_threshold
    if record is None:
        return _(
            "The card of {name} names no confidence threshold, since none was measured on "
            "pictures held out. Labels are shown from {least} on, whether or not they are right "
            "so often."
        ).format(name=name, least=f"{DEFAULT_CONFIDENCE:.0%}")
    if record.accuracy is not None and not record.certain:
        return _(
            "{name} has too few pictures held out ({n}) to be certain from which confidence on "
            "nine labels in ten are right. Labels are shown from {least} on: there {right} of "
            "{shown} were right. More pictures make it certain."
        ).format(
            name=name,
            n=f"{record.pictures:,}",
            least=f"{record.threshold:.0%}",
            right=f"{record.accuracy:.0%}",
            shown=f"{round(record.coverage * record.pictures):,}",
        )
    if record.threshold < 1:
        return None
    return _(
        "{name} shows no labels: every face is “not sure”. On its {n} pictures held out there "
        "was no confidence from which on nine labels in ten are right for certain. More "
        "pictures, or another model, help."
    ).format(name=name, n=f"{record.pictures:,}")
