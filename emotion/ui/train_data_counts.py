"""The pictures of each class and split as a table and a chart, and what is unusual of them."""

from typing import Final

import pandas as pd
import streamlit as st

from emotion.charts.counts import counts_chart
from emotion.data.report import FEW, DataReport
from emotion.data.shape import VALIDATION_NAMES
from emotion.data.split_file import SPLITS
from emotion.labels import BY_KEY, name
from emotion.ui.analysis_show import csv_bytes
from emotion.ui.analysis_words import plain
from emotion.ui.language import language
from emotion.ui.language import translate as _

IMBALANCED: Final = 10
"""From so many times the pictures of the smallest class on, the largest is worth a word."""


def split_name(split: str) -> str:
    """What `train` and `test` are called on the page."""
    return _("Training") if split == "train" else _("Test")


def show_counts(report: DataReport) -> None:
    """The table, its chart, and a sentence for all that is unusual."""
    table = counts_table(report)
    left, right = st.columns(2, gap="medium")
    with left:
        st.dataframe(
            table,
            hide_index=True,
            width="stretch",
            height="content",
            column_config={
                _("Folder"): st.column_config.TextColumn(width=56),
                _("Share"): st.column_config.TextColumn(
                    width=64, help=_("Of the pictures to learn from.")
                ),
                **{
                    split_name(split): st.column_config.NumberColumn(width=px, format="localized")
                    for split, px in zip(SPLITS, (100, 64), strict=True)
                },
            },
        )
        st.download_button(
            _("Download as CSV"),
            csv_bytes(table),
            file_name=f"{report.root.name}.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
    with right:
        st.altair_chart(
            counts_chart(_long(report), language(), _), width="stretch", key="train-counts"
        )
    for note in _notes(report):
        st.info(note, icon=":material/info:")
    for warning in _warnings(report):
        st.warning(warning, icon=":material/warning:")


def counts_table(report: DataReport) -> pd.DataFrame:
    """One row for each expression and one for all, for people."""
    titles = {split: split_name(split) for split in SPLITS}
    rows = [
        {
            _("Folder"): str(BY_KEY[key].folder),
            _("Expression"): name(key, language()),
            **{title: report.counts[split][key] for split, title in titles.items()},
            _("Share"): share(report.counts["train"][key], report.total("train")),
        }
        for key in BY_KEY
    ]
    total = {title: report.total(split) for split, title in titles.items()}
    all_of_it = {_("Folder"): "", _("Expression"): _("all"), **total, _("Share"): share(1, 1)}
    return pd.DataFrame([*rows, all_of_it])


def share(part: int, whole: int) -> str:
    """`part` of `whole` in percent."""
    return f"{part / whole:.0%}" if whole else "–"


def _long(report: DataReport) -> pd.DataFrame:
    rows = [(key, split, n) for split, counts in report.counts.items() for key, n in counts.items()]
    return pd.DataFrame(rows, columns=["expression", "split", "pictures"])


def _notes(report: DataReport) -> list[str]:
    data, found = report.data, []
    if data.within:
        found.append(
            _("The data lies deeper, in the folder {folder}, and is read there.").format(
                folder=plain(data.within)
            )
        )
    if data.notes:
        found.append(
            _("Some folders were read under another name: {notes}.").format(
                notes=", ".join(data.notes)
            )
        )
    unread = dict(data.unread)
    found += [
        _(
            "There is {folder} beside test, with {n} pictures that are not used: a part of train "
            "is held out to choose the best epoch."
        ).format(folder=folder, n=f"{unread.pop(folder):,}")
        for folder in data.unread
        if folder.lower() in VALIDATION_NAMES
    ]
    if unread:
        folders = ", ".join(f"{plain(folder)} ({n:,})" for folder, n in unread.items())
        found.append(
            _(
                "Pictures in these folders have no place in the layout and are not used: {folders}."
            ).format(folders=folders)
        )
    if data.flat and not report.undivided:
        found.append(
            _(
                "The folder is divided by the list split.csv in it: {train} pictures to learn from "
                "and {test} for the test ({share})."
            ).format(
                train=f"{report.total('train'):,}",
                test=f"{report.total('test'):,}",
                share=share(report.total("test"), report.total("train") + report.total("test")),
            )
        )
    return found


def _warnings(report: DataReport) -> list[str]:
    found: list[str] = []
    if report.undivided:
        return found
    imbalance = report.imbalance()
    if imbalance is not None and imbalance >= IMBALANCED:
        found.append(
            _(
                "The largest class has {times} times the pictures of the smallest. The preset "
                "fine-tune weighs the rare ones more; look at the scores of each class."
            ).format(times=round(imbalance))
        )
    if report.empty("train"):
        found.append(
            _("No pictures to learn from for: {classes}. The model will never answer so.").format(
                classes=_names(report.empty("train"))
            )
        )
    if report.few():
        found.append(
            _(
                "Fewer than {few} pictures in train for: {classes}. The scores of these while "
                "training are of very few pictures; more would help."
            ).format(few=FEW, classes=_names(report.few()))
        )
    if not report.total("test"):
        found.append(_("There are no test pictures: nothing will say how good the model is."))
    elif report.empty("test"):
        found.append(
            _("No test pictures for: {classes}. These will have no scores.").format(
                classes=_names(report.empty("test"))
            )
        )
    return found


def _names(keys: list[str]) -> str:
    return ", ".join(name(key, language()) for key in keys)
