"""All runs on the train page: a table to sort and download, their room on disk, and comparing."""

from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from emotion.models.room import size_bytes
from emotion.training.runs import RunInfo, broken_runs
from emotion.training.summary import summary
from emotion.ui import messages
from emotion.ui.analysis_show import csv_bytes
from emotion.ui.language import translate as _
from emotion.ui.train_compare import compare
from emotion.ui.train_run import delete_button
from emotion.ui.train_words import (
    NETWORKS,
    browser_time,
    metric_name,
    preset_name,
    size,
    state_name,
)


def runs_list(known: list[RunInfo], models_dir: Path) -> None:
    """The table of all runs, and below it some of them beside each other."""
    rows = [summary(run) for run in known]
    st.dataframe(
        _table(known, rows),
        hide_index=True,
        width="stretch",
        height="auto" if len(rows) > 10 else "content",
        column_config=_columns(),
        key="train-list",
        alt=_("All runs"),
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            _("Download as CSV"),
            csv_bytes(pd.DataFrame(rows)),
            "runs.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
            key="train-list-csv",
        )
        st.caption(
            _(
                "{n} runs take {size}. A finished run keeps its curves and its best weights; the "
                "saved point from which it could go on is deleted when it ends. All other runs "
                "keep theirs. Deleting a run never deletes its model."
            ).format(n=len(rows), size=size(sum(row["size_bytes"] for row in rows)))
        )
    compare(known, models_dir)


def broken_list(runs_dir: Path) -> None:
    """The runs whose settings cannot be read: why, and a way to be rid of them."""
    broken = broken_runs(runs_dir)
    if not broken:
        return
    with st.expander(
        _("Runs that cannot be read ({n})").format(n=len(broken)),
        icon=":material/folder_off:",
        expanded=True,
        key="train-broken",
    ):
        for folder, error in broken.items():
            with st.container(horizontal=True, vertical_alignment="center"):
                messages.show(error)
                st.caption(size(size_bytes(folder)), width="content")
                delete_button(folder, folder.name)


def _table(known: list[RunInfo], rows: list[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "title": [run.title for run in known],
            "state": [state_name(run.state) for run in known],
            "preset": [preset_name(run.config.preset) for run in known],
            "network": [NETWORKS[run.config.network] for run in known],
            "score": pd.Series([row["score"] for row in rows], dtype=float),
            "metric": [metric_name(run.config.choose_by) for run in known],
            "epochs": [f"{row['epochs_done']} / {row['epochs']}" for row in rows],
            "minutes": [row["worked_s"] / 60 for row in rows],
            "size": [row["size_bytes"] / 1e6 for row in rows],
            "made": [browser_time(run.made_s) for run in known],
            "note": [run.about.note for run in known],
        }
    )


def _columns() -> dict[str, Any]:
    column = st.column_config
    return {
        "title": column.TextColumn(_("Run"), pinned=True),
        "state": column.TextColumn(_("State")),
        "preset": column.TextColumn(_("Preset")),
        "network": column.TextColumn(_("Network")),
        "score": column.NumberColumn(
            _("Best score"), format="%.3f", help=_("On the held-out pictures, of the kept epoch.")
        ),
        "metric": column.TextColumn(_("Chosen by")),
        "epochs": column.TextColumn(_("Epochs")),
        "minutes": column.NumberColumn(_("Minutes of work"), format="%.1f"),
        "size": column.NumberColumn(_("MB on disk"), format="%.1f"),
        "made": column.DatetimeColumn(_("Started"), format="YYYY-MM-DD HH:mm"),
        "note": column.TextColumn(_("Note")),
    }
