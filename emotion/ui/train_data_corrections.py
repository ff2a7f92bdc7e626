"""All decisions on single pictures of a data folder on the train page, with their undo."""

from collections.abc import Iterable

import pandas as pd
import streamlit as st

from emotion.data import corrections
from emotion.data.corrections import Correction
from emotion.data.report import DataReport
from emotion.errors import DataError
from emotion.labels import name
from emotion.ui import messages
from emotion.ui.analysis_show import csv_bytes
from emotion.ui.analysis_words import written_time
from emotion.ui.decisions import last_decision, take_back
from emotion.ui.language import language
from emotion.ui.language import translate as _


def show_corrections(report: DataReport) -> None:
    """What was decided just now, with a way back, and all decisions on the folder."""
    last_decision(report.root, _("The pictures stay where they are."))
    try:
        decisions = corrections.read(report.root)
    except DataError as error:  # it was broken since the report was made
        messages.show(error)
        return
    if decisions:
        _list(report, decisions)


def _list(report: DataReport, decisions: tuple[Correction, ...]) -> None:
    data = report.data
    title = _("Corrections: {aside} set aside, {moved} in another class").format(
        aside=f"{len(data.set_aside):,}", moved=f"{len(data.relabelled()):,}"
    )
    with st.expander(title, icon=":material/rule:", key="train-corrections"):
        st.caption(
            _(
                "Kept in {file} beside the pictures. Training and evaluation honour it; the "
                "pictures stay where they are."
            ).format(file=corrections.FILE)
        )
        table = corrections_table(decisions)
        event = st.dataframe(
            table,
            hide_index=True,
            key="train-corrections-table",
            on_select="rerun",
            selection_mode="multi-row",
        )
        chosen = [decisions[row] for row in event.selection.rows if row < len(decisions)]
        with st.container(horizontal=True):
            st.button(
                _("Undo the {n} selected").format(n=len(chosen))
                if chosen
                else _("Select rows to undo them"),
                icon=":material/undo:",
                key="train-undo-selected",
                disabled=not chosen,
                on_click=take_back,
                args=(report.root, chosen),
            )
            with st.popover(_("Undo all …"), icon=":material/settings_backup_restore:"):
                st.write(_("All {n} decisions on this folder are forgotten.").format(n=len(table)))
                st.button(
                    _("Undo all"),
                    type="primary",
                    key="train-undo-all",
                    on_click=take_back,
                    args=(report.root, decisions),
                )
            st.download_button(
                _("Download as CSV"),
                csv_bytes(table),
                file_name=f"{report.root.name}-corrections.csv",
                mime="text/csv",
                icon=":material/download:",
                on_click="ignore",
            )


def corrections_table(decisions: Iterable[Correction]) -> pd.DataFrame:
    """One row for each decision, for people."""
    return pd.DataFrame(
        [
            {
                _("File"): decision.path,
                _("Decision"): _("set aside")
                if decision.action == "set_aside"
                else _("shows {expression}").format(
                    expression=name(decision.expression, language())
                ),
                _("When"): written_time(decision.when),
                _("Why"): decision.why,
            }
            for decision in decisions
        ]
    )
