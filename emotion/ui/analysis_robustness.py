"""What a model loses on the same pictures made worse."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Final

import cv2
import pandas as pd
import streamlit as st

from emotion.charts.robustness import robustness_chart
from emotion.charts.training import metric_title
from emotion.errors import PictureError
from emotion.evaluation.answers import EVALUATIONS, Answers, kept_answers
from emotion.evaluation.compare import Difference
from emotion.evaluation.crops import read_crop
from emotion.evaluation.robustness import (
    ALTERATIONS,
    Alteration,
    alteration_titles,
    altered_answers,
    robustness,
)
from emotion.evaluation.run import Evaluation, judge, missing
from emotion.evaluation.scores import METRICS
from emotion.models.load import load_classifier
from emotion.models.store import ModelEntry
from emotion.settings import Settings
from emotion.ui import resources
from emotion.ui.analysis_evaluations import EvaluationWork
from emotion.ui.analysis_scores import difference_words, differences_table
from emotion.ui.analysis_show import show_chart, show_table
from emotion.ui.analysis_source import (
    Pictures,
    ask,
    choose_pictures,
    content_of,
    going_on,
    others,
)
from emotion.ui.language import translate as _

EXAMPLE_PX: Final = 76


def robustness_section(entry: ModelEntry, settings: Settings) -> None:
    """The choice of pictures; then what to do, how far it is, or the table. Raises `DataError`
    and `ModelError` for a folder or a model that cannot be used."""
    pictures = choose_pictures(settings)
    if pictures is None:
        return
    data, split = pictures.data, pictures.split
    question = replace(pictures.question(entry), altered=True)
    others(question)
    if going_on(question):
        return
    folder, shared = settings.cache_dir / EVALUATIONS, resources.evaluations().shared
    answers = shared(kept_answers(folder, entry, find_faces=pictures.find_faces))
    altered = {
        alteration: shared(one)
        for alteration, one in altered_answers(
            folder, entry, find_faces=pictures.find_faces
        ).items()
    }
    with st.spinner(_("Looking for pictures that were answered before …"), show_time=False):
        left = sum(len(missing(one, data, split)) for one in (answers, *altered.values()))
    if left:
        total = len(data.samples(split)) * (1 + len(altered))
        ask(
            question,
            total,
            left,
            lambda: EvaluationWork(
                question, data, answers, lambda: load_classifier(entry), altered
            ),
            _("The model answers each as it is and altered in nine ways; then you see the cost."),
        )
        return
    _table(pictures, entry, judge(answers, data, split, entry.card.temperature), altered)


def _table(
    pictures: Pictures,
    entry: ModelEntry,
    clean: Evaluation,
    altered: Mapping[Alteration, Answers],
) -> None:
    st.subheader(_("How much does it lose on worse pictures?"), anchor=False)
    key = f"{entry.folder!a} {pictures.data.root!a} {pictures.split} {pictures.find_faces}"
    with st.spinner(_("Comparing …"), show_time=False):
        result = _measured(key, clean, altered, pictures)
    stem = f"{entry.name}-{pictures.data.root.name}-{pictures.split}-robustness"
    content = _content(result)
    accuracy = content[content["metric"] == "accuracy"].replace({"pictures": alteration_titles(_)})
    show_chart(
        partial(robustness_chart, accuracy[["pictures", "change", "low", "high"]], _),
        "robustness",
        _("Change of the accuracy by what was done to the pictures, with 95 % intervals"),
        stem,
    )
    show_table(_shown(clean, result), content, stem)
    st.caption(
        _(
            "On {n} pictures. In parentheses the difference from the clean pictures with its 95 % "
            "interval (paired bootstrap, 10,000 times). Bold: it leaves 0 out, so that the "
            "difference is beyond chance. The face is altered after it was found and aligned: how "
            "well faces are found in such pictures is not measured here."
        ).format(n=f"{clean.scores.n:,}")
    )
    _examples(pictures, clean, entry)
    st.caption(_("The same on the command line:"))
    st.code(_command(pictures, entry), language="bash", wrap_lines=True)


@st.cache_data(max_entries=20, show_spinner=False, hash_funcs={Evaluation: content_of})
def _measured(
    question: str,  # noqa: ARG001  (the cache's key, with what was answered)
    clean: Evaluation,
    _altered: Mapping[Alteration, Answers],
    _pictures: Pictures,
) -> dict[Alteration, tuple[Difference, ...]]:
    """Thousands of resamples for each alteration: seconds."""
    return robustness(_altered, clean, _pictures.data, _pictures.split)


def _shown(clean: Evaluation, result: Mapping[Alteration, tuple[Difference, ...]]) -> pd.DataFrame:
    words, scores = alteration_titles(_), clean.scores
    metrics = {metric: metric_title(metric, _) for metric in METRICS}
    first = {_("Pictures"): _("clean")}
    first |= {title: f"{getattr(scores, metric):.3f}" for metric, title in metrics.items()}
    rows = [first]
    for alteration, differences in result.items():
        row = {_("Pictures"): words[alteration]}
        rows.append(row | {metrics[one.metric]: _words(one) for one in differences})
    return pd.DataFrame(rows)


def _words(one: Difference) -> str:
    return f"{one.second:.3f} ({difference_words(one)})"


def _content(result: Mapping[Alteration, tuple[Difference, ...]]) -> pd.DataFrame:
    """A row for each alteration and score."""
    tables = {alteration: differences_table(one) for alteration, one in result.items()}
    table = pd.concat(tables, names=["pictures"]).reset_index("pictures")
    return table.rename(columns={"first": "clean", "second": "altered"})


def _examples(pictures: Pictures, clean: Evaluation, entry: ModelEntry) -> None:
    """One face in all alterations, as the model sees it."""
    path = pictures.data.path(clean.samples[0])
    try:
        crop = read_crop(path, entry.card.input.resize, find_faces=pictures.find_faces)
    except PictureError:
        return  # it is gone meanwhile; the table is none the worse
    with st.container(horizontal=True, gap="small"):
        for alteration, title in alteration_titles(_).items():
            shown = cv2.resize(
                ALTERATIONS[alteration](crop), (2 * EXAMPLE_PX,) * 2, interpolation=cv2.INTER_LINEAR
            )
            st.image(shown, caption=title, width=EXAMPLE_PX, alt=title)


def _command(pictures: Pictures, entry: ModelEntry) -> str:
    arguments = pictures.question(entry).arguments
    return f"python -m emotion robustness --model {entry.name} {arguments}"
