"""`python -m emotion data`: what a folder of labelled pictures holds, and what is wrong with it."""

import sys
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from emotion.cli.output import Json, print_json, print_table, progress
from emotion.data.findings import Finding, find
from emotion.data.report import DataReport, picture_sizes, read_report
from emotion.data.split import TEST_SHARE, divide
from emotion.data.split_file import SPLITS
from emotion.data.survey import Survey, look
from emotion.labels import KEYS
from emotion.settings import load_settings

_STEPS = 1000


def data(
    folder: Annotated[Path, typer.Argument(help="Folder with train/1 … 7 and test/1 … 7.")],
    split: Annotated[
        bool,
        typer.Option("--split", help=f"Divide a flat 1 … 7: {TEST_SHARE:.0%} for the test."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Count and look into the pictures: broken, twice, in train and test, in two classes."""
    report = read_report(folder)
    began = time.perf_counter()
    survey = _look(report)
    seconds = time.perf_counter() - began
    if split and report.undivided:
        divide(report.data, survey.groups([s.path for s in report.data.samples("test")]))
        report = read_report(folder)
    findings = find(report.data, survey)
    if as_json:
        looked = {"pictures": len(survey.seen), "seconds": round(seconds, 2)}
        print_json(_as_json(report, survey, findings) | {"looked_into": looked})
    else:
        _print(report, findings)


def _look(report: DataReport) -> Survey:
    with progress("Looking into the pictures") as tell:
        cache_dir = load_settings().cache_dir
        return look(report.data, cache_dir, lambda share: tell(round(share * _STEPS), _STEPS))


def _as_json(report: DataReport, survey: Survey, findings: tuple[Finding, ...]) -> dict[str, Any]:
    data, sizes = report.data, picture_sizes(report.data, survey)
    return {
        "folder": str(data.root),
        "counts": report.counts,
        "within": data.within,
        "flat": data.flat,
        "read_as": list(data.notes),
        "unread": dict(data.unread),
        "relabelled": len(data.relabelled()),
        "set_aside": len(data.set_aside),
        "imbalance": report.imbalance(),
        "sizes": sizes
        and {
            "smallest": sizes.smallest,
            "median_longer_side": sizes.middle,
            "largest": sizes.largest,
        },
        "findings": [
            {
                "kind": finding.kind,
                "groups": [[one.path for one in group] for group in finding.groups],
                "spare": list(finding.spare),
            }
            for finding in findings
        ],
    }


def _print(report: DataReport, findings: tuple[Finding, ...]) -> None:
    rows = [(key, *(report.counts[split][key] for split in SPLITS)) for key in KEYS]
    print_table(("expression", *SPLITS), [*rows, ("all", *map(report.total, SPLITS))])
    if report.data.within:
        print(f"Read within: {report.data.within}")
    for note in report.data.notes:
        print(f"Read as: {note}")
    for folder, n in report.data.unread.items():
        print(f"Not read: {n} pictures in {folder}")
    if report.undivided:
        print("The folder is not divided into train and test; --split does it.", file=sys.stderr)
    for finding in findings:
        print(f"{finding.kind}: {finding.pictures} pictures")
        for group in finding.groups:
            print("  " + "  ".join(one.path for one in group))
