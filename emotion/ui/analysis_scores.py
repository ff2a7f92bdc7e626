"""A model's card and scores as tables for the analysis page. No widgets."""

from collections.abc import Sequence
from datetime import tzinfo

import pandas as pd

from emotion.evaluation.card_page import chosen_by
from emotion.evaluation.compare import Difference
from emotion.evaluation.intervals import Intervals
from emotion.evaluation.scores import Scores
from emotion.models.card import ExportRecord, ModelCard, ScoreRecord
from emotion.models.store import ModelEntry
from emotion.report.words import local_time
from emotion.ui.analysis_words import plain
from emotion.ui.language import translate as _
from emotion.ui.train_words import NETWORKS


def per_class_table(scores: Scores, ends: Intervals) -> pd.DataFrame:
    """One row for each expression in folder order: `expression` (key), `support`, and each of
    `precision`, `recall` and `f1` with its `_low` and `_high` (NaN without samples)."""
    rows = []
    for key, one in scores.per_class.items():
        row: dict[str, object] = {"expression": key, "support": one.support}
        for score in ("precision", "recall", "f1"):
            low, high = getattr(ends.per_class[key], score) or (None, None)
            row |= {score: getattr(one, score), f"{score}_low": low, f"{score}_high": high}
        rows.append(row)
    table = pd.DataFrame(rows)
    return table.astype(dict.fromkeys(table.columns.drop(["expression", "support"]), float))


def differences_table(differences: Sequence[Difference]) -> pd.DataFrame:
    """One row for each score: `metric`, `first`, `second`, `change` and its `low` and `high`."""
    columns = ["metric", "first", "second", "change", "low", "high"]
    rows = [[getattr(one, column) for column in columns] for one in differences]
    return pd.DataFrame(rows, columns=columns)


def difference_words(one: Difference) -> str:
    """A difference with its interval as Markdown, bold where it is beyond chance."""
    text = f"{one.change:+.3f}, {one.low:+.3f} … {one.high:+.3f}"
    return f"**{text}**" if one.beyond_chance else text


def record_label(record: ScoreRecord) -> str:
    """A set of scores in one line: data, split, and what ran the model."""
    return f"{record.data} · {record.split} · {record.backend}"


def facts(entry: ModelEntry, zone: tzinfo) -> dict[str, str]:
    """What the card says, title -> sentence in Markdown; what it does not say is left out."""
    card = entry.card
    told = {
        _("Description"): plain(card.description),
        _("Network"): NETWORKS[card.network],
        _("Input"): _input(card),
        _("Made"): local_time(card.created, zone),
        _("Trained on"): _data(card),
        _("Choice of the epoch"): plain(chosen_by(card.choice, _)),
        _("Temperature"): _(
            "{value}: logits are divided by it, so that confidence is honest"
        ).format(value=f"{card.temperature:.2f}"),
        _("Weights"): f"{plain(card.weights.file)} ({card.weights.dtype})",
        _("Export"): " · ".join(_export(export) for export in card.exports),
        _("Size"): _("{size} MB, all files").format(size=f"{entry.size_bytes / 1e6:.1f}"),
    }
    return {title: text for title, text in told.items() if text}


def _input(card: ModelCard) -> str:
    resize, crop = card.input.resize, card.input.crop
    if resize == crop:
        return _("the aligned face, grey, {size} x {size} pixels").format(size=crop)
    return _(
        "the aligned face, grey, {resize} x {resize} pixels, of which the middle {crop} x {crop}"
    ).format(resize=resize, crop=crop)


def _data(card: ModelCard) -> str:
    if card.data is None:
        return ""
    pictures = {split: sum(counts.values()) for split, counts in card.data.counts.items()}
    listed = ", ".join(f"{plain(split)} {number:,}" for split, number in pictures.items())
    crops = _("face crops") if card.data.faces == "crops" else _("faces found in pictures")
    return f"{plain(card.data.name)}: {listed} ({crops})"


def _export(export: ExportRecord) -> str:
    return _(
        "OpenVINO {precision}: the same label as the original on {agreement} of {pictures} "
        "pictures held out, accuracy changed by {change} points"
    ).format(
        precision=export.precision,
        agreement=f"{export.agreement:.1%}",
        pictures=f"{export.pictures:,}",
        change=f"{100 * export.accuracy_change:+.2f}",
    )
