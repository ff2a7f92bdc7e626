"""A model's card as a page to read: Markdown, with the limits and rules of its use.

The sections are those of Mitchell et al., 2019, "Model cards for model reporting".
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from emotion.errors import ModelError
from emotion.evaluation.intervals import intervals, with_interval
from emotion.evaluation.recorded import read_scores
from emotion.evaluation.robustness import alteration_titles
from emotion.labels import KEYS, name
from emotion.models.card import (
    ChangeRecord,
    ChoiceRecord,
    DataRecord,
    ModelCard,
    RobustnessRecord,
    ScoreRecord,
    SpeedRecord,
)
from emotion.models.store import ModelEntry

Translate = Callable[[str], str]
FEW: Final = 1000
"""Training pictures of a class below which the card warns of it."""
_MARKUP: Final = re.compile(r"([\\`*_\[\]<>$~|#])")


@dataclass(frozen=True, slots=True)
class Section:
    """A title and what stands below it, as Markdown; `long` is for who wants to know all."""

    title: str
    body: str
    long: bool = False


def card_markdown(entry: ModelEntry, language: str, translate: Translate) -> str:
    """The whole card as a Markdown file, in the language of `translate`, a gettext function;
    what the card does not know is left out."""
    card = entry.card
    head = [f"# {_plain(entry.name)}"]
    if card.description:
        head.append(_plain(card.description))
    sections = card_sections(entry, language, translate)
    return "\n\n".join([*head, *(f"## {one.title}\n\n{one.body}" for one in sections)]) + "\n"


def card_sections(entry: ModelEntry, language: str, translate: Translate) -> list[Section]:
    """What the card says below the name and the description, in the order of a page."""
    card = entry.card
    sections = [
        Section(translate("Intended use"), _intended(translate)),
        Section(translate("Not for"), _misuse(translate)),
        Section(translate("Limits"), _limits(card, language, translate)),
        Section(translate("How it was made"), _made(card, translate), long=True),
    ]
    if card.data is not None:
        body = _data(card.data, language, translate)
        sections.append(Section(translate("Data"), body, long=True))
    if card.exports:
        sections.append(Section(translate("Exports"), _exports(card, translate), long=True))
    if card.scores:
        body = "\n\n".join(_scores(entry.name, one, language, translate) for one in card.scores)
        sections.append(Section(translate("Scores"), body, long=True))
    if card.robustness is not None:
        body = _robustness(card.robustness, translate)
        sections.append(Section(translate("Worse pictures"), body, long=True))
    if card.speed is not None:
        sections.append(Section(translate("Speed"), _speed(card.speed, translate)))
    if card.confidence_threshold is not None:
        sections.append(Section(translate("Threshold"), _threshold(card, translate)))
    return sections


def _intended(translate: Translate) -> str:
    return translate(
        "It names the expression that a face shows, one of seven, on a picture or beside a "
        "camera: for teaching, play, research with consent, and the study of such models. It "
        "does not say what a person feels."
    )


def _misuse(translate: Translate) -> str:
    return _list(
        (
            translate(
                "Inferring emotions of people at work or in education: the EU AI Act forbids it, "
                "article 5(1)(f), except for medical or safety reasons."
            ),
            translate(
                "Filming people who were not told: the EU AI Act demands that they are, article "
                "50(3), and that their data are handled lawfully."
            ),
            translate("Decisions about a person, such as hiring, care, credit or guilt."),
        )
    )


def _limits(card: ModelCard, language: str, translate: Translate) -> str:
    said = [
        translate("It knows seven expressions and gives each face one of them, or “not sure”."),
        translate(
            "Where it was not measured, as on other kinds of pictures, or by age, gender or skin "
            "colour, its scores say nothing."
        ),
    ]
    train = {} if card.data is None else card.data.counts.get("train", {})
    rare = [key for key in KEYS if key in train and train[key] < FEW]
    if rare:
        listed = ", ".join(f"{name(key, language)} ({train[key]:,})" for key in rare)
        said.append(translate("It learned from few pictures of: {listed}.").format(listed=listed))
    if not card.scores:
        said.append(translate("Its card holds no scores: how good it is was not measured."))
    return _list(said)


def _made(card: ModelCard, translate: Translate) -> str:
    rows = {
        translate("Network"): card.network,
        translate("Input"): f"{card.input.resize} → {card.input.crop} px",
        translate("Made"): card.created.isoformat(timespec="seconds"),
        translate("Choice of the epoch"): chosen_by(card.choice, translate),
        translate("Temperature"): f"{card.temperature:.3f}",
        translate("Weights"): f"{card.weights.file} ({card.weights.dtype})",
        "SHA-256": card.weights.sha256,
    }
    rows |= {f"{translate('Recipe')}: {key}": str(value) for key, value in card.recipe.items()}
    told = [(key, value) for key, value in rows.items() if value]
    return _table((translate("What"), translate("Value")), told)


def chosen_by(choice: ChoiceRecord | None, translate: Translate) -> str:
    """How the best epoch was chosen, in a sentence; empty where the card does not say."""
    if choice is None:
        return ""
    scores = {"accuracy": translate("accuracy"), "macro_f1": translate("macro-F1")}
    values = {
        "epoch": choice.epoch,
        "epochs": choice.epochs,
        "score": scores[choice.score],
        "pictures": f"{choice.pictures:,}",
        "list": choice.listed,
    }
    if choice.listed:
        return translate(
            "Epoch {epoch} of {epochs}: the best {score} on the {pictures} pictures of train that "
            "{list} names; temperature and threshold were fitted on the same pictures"
        ).format(**values)
    return translate(
        "Epoch {epoch} of {epochs}: the best {score} on {pictures} pictures held out of train "
        "(stratified, near duplicates kept together); temperature and threshold were fitted on "
        "the same pictures"
    ).format(**values)


def _data(data: DataRecord, language: str, translate: Translate) -> str:
    rows = {
        translate("Name"): data.name,
        translate("Fingerprint"): data.fingerprint,
        translate("Set-aside list"): data.set_aside,
        translate("Labels corrected"): f"{data.relabelled:,}",
        translate("Set aside by corrections"): f"{data.corrected_out:,}",
    }
    told = [(key, value) for key, value in rows.items() if value]
    parts = [_table((translate("What"), translate("Value")), told)]
    if data.counts:
        splits = list(data.counts)
        counts = [
            (name(key, language), *(f"{data.counts[split].get(key, 0):,}" for split in splits))
            for key in KEYS
        ]
        parts.append(_table((translate("Pictures"), *splits), counts))
    if data.licence:
        quoted = "\n".join(f"> {_plain(line)}".rstrip() for line in data.licence.splitlines())
        parts.append(f"{translate('Licence of the data')}:\n\n{quoted}")
    return "\n\n".join(parts)


def _exports(card: ModelCard, translate: Translate) -> str:
    columns = (
        translate("File"),
        translate("Number format"),
        translate("Same label"),
        translate("Accuracy change"),
        translate("Pictures"),
        translate("Reason"),
    )
    rows = [
        (
            one.file,
            one.precision,
            f"{one.agreement:.1%}",
            f"{100 * one.accuracy_change:+.2f} pp",
            f"{one.pictures:,}",
            one.reason,
        )
        for one in card.exports
    ]
    said = translate("Compared with the original on pictures held out of training.")
    return f"{_table(columns, rows)}\n\n{said}"


def _scores(model: str, record: ScoreRecord, language: str, translate: Translate) -> str:
    title = f"**{_plain(record.data)} · {_plain(record.split)} · {_plain(record.backend)}**"
    try:
        scores = read_scores(model, record)
    except ModelError as error:
        return f"{title}\n\n{_plain(str(error))}"
    ends = intervals(scores)
    averages = [
        (translate("Accuracy"), with_interval(scores.accuracy, ends.accuracy)),
        (
            translate("Balanced accuracy"),
            with_interval(scores.balanced_accuracy, ends.balanced_accuracy),
        ),
        (translate("Macro-F1"), with_interval(scores.macro_f1, ends.macro_f1)),
        (translate("Calibration error"), f"{scores.ece:.3f}"),
        (translate("Pictures"), f"{scores.n:,}"),
    ]
    classes = [
        (
            name(key, language),
            with_interval(one.precision, ends.per_class[key].precision, 2),
            with_interval(one.recall, ends.per_class[key].recall, 2),
            with_interval(one.f1, ends.per_class[key].f1, 2),
            f"{one.support:,}" if one.support else translate("no samples"),
        )
        for key, one in scores.per_class.items()
    ]
    heads = (
        translate("Expression"),
        translate("Precision"),
        translate("Recall"),
        translate("F1"),
        translate("Support"),
    )
    return "\n\n".join(
        (
            title,
            _table((translate("Score"), translate("Value")), averages),
            _table(heads, classes),
            translate("In parentheses: 95 % intervals. These scores were made by this command:"),
            _command(record.command),
        )
    )


def _robustness(record: RobustnessRecord, translate: Translate) -> str:
    scores = {
        "accuracy": translate("Accuracy"),
        "balanced_accuracy": translate("Balanced accuracy"),
        "macro_f1": translate("Macro-F1"),
    }
    titles = {str(key): words for key, words in alteration_titles(translate).items()}
    rows = [
        (titles.get(key, key), *(_points(changes.get(score)) for score in scores))
        for key, changes in record.changes.items()
    ]
    said = translate(
        "How the scores change on {pictures} pictures of {data}, {split}, read with {backend}, "
        "when they are altered: points, in parentheses 95 % intervals. Measured by this command:"
    ).format(
        pictures=f"{record.pictures:,}",
        data=_plain(record.data),
        split=_plain(record.split),
        backend=_plain(record.backend),
    )
    table = _table((translate("Pictures"), *scores.values()), rows)
    return "\n\n".join((table, said, _command(record.command)))


def _points(one: ChangeRecord | None) -> str:
    if one is None:
        return "–"
    change, low, high = (f"{100 * value:+.1f}" for value in (one.change, one.low, one.high))
    return f"{change} ({low} … {high})"


def _speed(record: SpeedRecord, translate: Translate) -> str:
    return translate(
        "Reading one face takes {milliseconds} ms of one core with {backend} on {processor}; "
        "finding it is not in that."
    ).format(
        milliseconds=f"{record.milliseconds:.1f}",
        backend=_plain(record.backend),
        processor=_plain(record.processor),
    )


def _command(text: str) -> str:
    return f"~~~~\n{' '.join(text.split())}\n~~~~"


def _threshold(card: ModelCard, translate: Translate) -> str:
    record = card.confidence_threshold
    assert record is not None
    if record.accuracy is None:
        return translate(
            "A label is shown from a confidence of {threshold} on, which none of {pictures} "
            "pictures held out reaches."
        ).format(threshold=f"{record.threshold:.2f}", pictures=f"{record.pictures:,}")
    said = translate(
        "A label is shown from a confidence of {threshold} on. Of {pictures} pictures held out, "
        "{coverage} get one, and {accuracy} of these are right."
    )
    if not record.certain:
        said += " " + translate("They are too few to rule chance out.")
    return said.format(
        threshold=f"{record.threshold:.2f}",
        pictures=f"{record.pictures:,}",
        coverage=f"{record.coverage:.1%}",
        accuracy=f"{record.accuracy:.1%}",
    )


def _list(said: Iterable[str]) -> str:
    return "\n".join(f"- {one}" for one in said)


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *([_plain(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _plain(text: str) -> str:
    """On one line, so that Markdown shows it as it was written."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))
