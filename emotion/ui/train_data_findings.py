"""What is wrong with the pictures, each with the files and a way to set them aside."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import cv2
import pandas as pd
import streamlit as st

from emotion.data import corrections
from emotion.data.findings import Finding, Found, Kind, find
from emotion.data.layout import DataSet
from emotion.data.report import DataReport
from emotion.data.survey import Survey
from emotion.labels import KEYS, name
from emotion.ui import messages
from emotion.ui.analysis_show import csv_bytes
from emotion.ui.decisions import decide
from emotion.ui.language import language
from emotion.ui.language import translate as _
from emotion.ui.train_data_counts import split_name

SHOWN: Final = 300
"""So many files of a finding are shown; all of them are in the download."""
_ICONS: Final[dict[Kind, str]] = {
    "unreadable": ":material/broken_image:",
    "contradiction": ":material/alt_route:",
    "leak": ":material/water_drop:",
    "exact": ":material/content_copy:",
    "near": ":material/filter_none:",
}


def show_findings(report: DataReport, survey: Survey) -> None:
    """One part of the page for each kind of trouble; a sentence when there is none."""
    kept = _kept(report.data, survey, language())
    findings = kept.findings
    if not findings:
        n = sum(map(len, report.data.splits.values()))
        st.success(
            _(
                "All {n} pictures can be read, and none stands twice: not in one class, in two, or "
                "in train and test."
            ).format(n=f"{n:,}"),
            icon=":material/check:",
        )
    for finding in findings:
        with st.expander(
            _title(finding), icon=_ICONS[finding.kind], key=f"train-found-{finding.kind}"
        ):
            _show(finding, kept.tables[finding.kind], report, survey)


@dataclass(frozen=True, slots=True)
class _Kept:
    """What was found, and the tables that are shown. The `survey` is kept along, so that no
    other one gets its id."""

    findings: tuple[Finding, ...]
    tables: dict[Kind, pd.DataFrame]
    survey: Survey


def _content(data: DataSet) -> int:
    return hash((tuple(data.splits.items()), data.set_aside))


@st.cache_resource(max_entries=4, show_spinner=False, hash_funcs={DataSet: _content, Survey: id})
def _kept(data: DataSet, survey: Survey, code: str) -> _Kept:  # noqa: ARG001  (the words in it)
    findings = find(data, survey)
    tables = {finding.kind: findings_table(finding, survey, SHOWN) for finding in findings}
    return _Kept(findings, tables, survey)


def _title(finding: Finding) -> str:
    titles: dict[Kind, str] = {
        "unreadable": _("Cannot be read: {n}"),
        "contradiction": _("The same picture in two classes: {n}"),
        "leak": _("The same picture in train and test: {n}"),
        "exact": _("The same file several times in a class: {n}"),
        "near": _("Nearly the same picture several times in a class: {n}"),
    }
    return titles[finding.kind].format(n=f"{finding.pictures:,}")


def _explanation(kind: Kind) -> str:
    texts: dict[Kind, str] = {
        "unreadable": _("A run leaves them out. Replace the files, or set them aside."),
        "contradiction": _(
            "A model cannot learn from a picture that is said to show two expressions. Set the "
            "wrong ones aside, or all of them."
        ),
        "leak": _(
            "What was learned is asked again: the test says more than the model can do. With the "
            "pictures of train set aside, the test stays what it was."
        ),
        "exact": _("Copies count more than other pictures. One of each stays."),
        "near": _(
            "One photograph in several sizes, in another light or compression. The largest of "
            "each stays. A run never learns from one and checks itself with another."
        ),
    }
    return texts[kind]


def _show(
    finding: Finding,
    table: pd.DataFrame,
    report: DataReport,
    survey: Survey,
) -> None:
    st.caption(_explanation(finding.kind))
    event = st.dataframe(
        table,
        hide_index=True,
        key=f"train-found-table-{finding.kind}",
        on_select="rerun",
        selection_mode="multi-row",
        row_height=44,
        height=min(420, 44 * len(table) + 40),
        column_config={_("Picture"): st.column_config.ImageColumn(width="small")},
    )
    if finding.pictures > SHOWN:
        st.caption(_("The first {n} are shown.").format(n=SHOWN))
    every = [one for group in finding.groups for one in group]
    chosen = [every[row].path for row in event.selection.rows if row < len(every)]
    with st.container(horizontal=True):
        for label, paths, key in _ways(finding, chosen):
            st.button(
                label,
                icon=":material/do_not_disturb_on:",
                key=f"train-aside-{finding.kind}-{key}",
                on_click=_set_aside,
                args=(report.root, paths, finding.kind),
            )
        st.download_button(
            _("Download as CSV"),
            partial(_csv, finding, survey),
            file_name=f"{report.root.name}-{finding.kind}.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
            key=f"train-found-csv-{finding.kind}",
        )


def _set_aside(root: Path, paths: Iterable[str], why: Kind) -> None:
    decide(root, [corrections.set_aside(path, why) for path in paths])


def _csv(finding: Finding, survey: Survey) -> bytes:
    return csv_bytes(findings_table(finding, survey, None))


def _ways(finding: Finding, chosen: list[str]) -> list[tuple[str, tuple[str, ...], str]]:
    """What can be set aside: the label of the button, the files, a key."""
    if chosen:
        label = _("Set the {n} selected aside").format(n=len(chosen))
        return [(label, tuple(chosen), "selected")]
    n = f"{len(finding.spare):,}"
    if finding.kind == "leak":
        test = tuple(one.path for group in finding.groups for one in group if one.split == "test")
        return [
            (_("Set {n} in train aside").format(n=n), finding.spare, "spare"),
            (_("Set {n} in test aside").format(n=f"{len(test):,}"), test, "test"),
        ]
    one, copies = len(finding.spare) == 1, finding.kind in ("exact", "near")
    if copies:
        label = _("Set the copy aside") if one else _("Set {n} copies aside").format(n=n)
    else:
        label = _("Set it aside") if one else _("Set all {n} aside").format(n=n)
    return [(label, finding.spare, "spare")]


def findings_table(finding: Finding, survey: Survey, most: int | None) -> pd.DataFrame:
    """One row for each file, pictures that are the same below each other.

    The first `most` rows with their pictures; with None all rows, without.
    """
    numbered = [(n, one) for n, group in enumerate(finding.groups, 1) for one in group]
    return pd.DataFrame([_row(n, one, finding, survey, most) for n, one in numbered[:most]])


def _row(
    number: int, one: Found, finding: Finding, survey: Survey, most: int | None
) -> dict[str, object]:
    row: dict[str, object] = {}
    problem = survey.problem(one.path)
    if problem is None:
        if most is not None:
            row[_("Picture")] = _data_url(survey, one.path)
        row[_("Group")] = number
    row |= {
        _("Data"): split_name(one.split),
        _("Expression"): name(KEYS[one.expression], language()),
        _("File"): one.path,
    }
    if problem is not None:
        row[_("Reason")] = messages.sentence(problem)
    elif finding.kind != "exact":
        row[_("Pixels")] = "{} × {}".format(*survey.seen[one.path].size_wh)
    return row


def _data_url(survey: Survey, path: str) -> str:
    """The small picture that was compared: the file itself may be large, or far away."""
    _ok, content = cv2.imencode(".png", survey.seen[path].thumbnail)
    return "data:image/png;base64," + base64.b64encode(content.tobytes()).decode()
