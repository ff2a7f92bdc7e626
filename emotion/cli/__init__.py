"""`python -m emotion`: the scriptable face of everything the pages do.

Each command prints a table for people and with `--json` one JSON object on standard
output; progress goes to standard error. Exit code 0 on success, 2 for bad input with one
sentence on standard error.
"""

import io
import logging
import sys
from collections.abc import Sequence
from typing import Any

import typer

from emotion.cli import (
    backup,
    bench,
    classify,
    compare,
    data,
    doctor,
    evaluate,
    models,
    robustness,
    runs,
    sessions,
    train,
)
from emotion.errors import EmotionError

UsageError: Any = typer.BadParameter.__base__
"""Typer names its parent class nowhere else."""

app = typer.Typer(
    help="Read facial expressions: classify, evaluate, train.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command()(classify.classify)
app.command()(evaluate.evaluate)
app.command()(compare.compare)
app.command()(robustness.robustness)
app.command()(train.train)
app.command()(data.data)
app.command()(backup.backup)
app.command()(backup.restore)
app.command()(doctor.doctor)
app.add_typer(bench.app, name="bench")
app.add_typer(models.app, name="models")
app.add_typer(runs.app, name="runs")
app.add_typer(sessions.app, name="sessions")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(message)s")
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a file's name need not be UTF-8
    command = typer.main.get_command(app)
    try:
        result = command.main(
            None if arguments is None else list(arguments),
            prog_name="python -m emotion",
            standalone_mode=False,
        )
    except EmotionError as error:
        return _refuse(str(error), 2)
    except UsageError as error:
        return _refuse(f"{error.format_message().rstrip('.')}. See --help.", 2)
    except (KeyboardInterrupt, typer.Abort):
        return _refuse("Stopped.", 130)
    return result if isinstance(result, int) else 0


def _refuse(sentence: str, code: int) -> int:
    """Say why on one line of standard error."""
    print(" ".join(sentence.split()), file=sys.stderr)
    return code
