"""`python -m emotion models`: list, import, export, activate and delete saved models."""

from pathlib import Path
from typing import Annotated, Any

import typer

from emotion.cli.output import Json, print_json, print_table
from emotion.errors import ModelError
from emotion.evaluation.card_page import card_markdown
from emotion.models import store
from emotion.models.card import Network
from emotion.models.jobs import SUFFIXES, Form, make_active
from emotion.settings import load_settings

app = typer.Typer(help="The saved models.")


@app.command("list")
def list_models(as_json: Json = False) -> None:
    """All saved models; the active one is used by live."""
    models_dir = load_settings().models_dir
    active = store.active_name(models_dir)
    rows = [_row(entry, entry.name == active) for entry in store.list_models(models_dir)]
    if as_json:
        print_json({"active": active, "models": rows})
    elif rows:
        print_table(list(rows[0]), [list(row.values()) for row in rows])
    else:
        print(f"There is no model in {models_dir}. Train one, or import one.")


@app.command("activate")
def activate(
    name: Annotated[str, typer.Argument(help="Name of a saved model.")], as_json: Json = False
) -> None:
    """Make a model the one that live uses; the original's script gets a ResNet18 as well."""
    entry = make_active(load_settings().models_dir, name)
    if as_json:
        print_json({"active": entry.name})
    else:
        print(f"{entry.name} is the active model now.")


@app.command("import")
def import_model(
    path: Annotated[
        Path, typer.Argument(help="A .pth state dict, a .safetensors file, or an exported .zip.")
    ],
    name: Annotated[
        str | None, typer.Option(help="Of the new model; without, the zip's or the file's.")
    ] = None,
    network: Annotated[
        Network | None, typer.Option(help="Which network it is; without, the one that fits.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Take in a model from elsewhere, for example the original script's `.pth`."""
    from emotion.models import torch_import

    entry = torch_import.import_model(load_settings().models_dir, path, name, network)
    if as_json:
        print_json({"model": entry.name, "folder": str(entry.folder)})
    else:
        print(f"The model {entry.name} is saved in {entry.folder}.")


@app.command("export")
def export_model(
    name: Annotated[str, typer.Argument(help="Name of a saved model.")],
    form: Annotated[
        Form, typer.Option("--to", help="What to write; a zip can be imported again.")
    ] = "zip",
    output: Annotated[
        Path | None, typer.Option(help="The file; without, NAME with the ending of its form, here.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Write a model to one file: a zip of all, ONNX, OpenVINO, or the original's `.pth`."""
    from emotion.models import torch_jobs

    entry = store.find_model(load_settings().models_dir, name)
    path = output or Path(entry.name + SUFFIXES[form])
    torch_jobs.export_model(entry, form, path)
    if as_json:
        print_json({"model": entry.name, "form": form, "path": str(path)})
    else:
        print(f"The model {entry.name} is written to {path}.")


@app.command("card")
def card(
    name: Annotated[
        str | None, typer.Argument(help="Name of a saved model; without, the active one.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="The Markdown file; without, standard output.")
    ] = None,
    as_json: Json = False,
) -> None:
    """A model's card as Markdown: data, recipe, scores, limits, what it is not for."""
    entry = store.find_model(load_settings().models_dir, name)
    text = card_markdown(entry, "en", str)
    if output is not None:
        _write(output, text)
    if as_json:
        print_json({"model": entry.name, "markdown": text})
    else:
        print(text if output is None else f"The card of {entry.name} is written to {output}.")


@app.command("delete")
def delete(
    name: Annotated[str, typer.Argument(help="Name of a saved model.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Json = False,
) -> None:
    """Delete a model for good; asks first."""
    models_dir = load_settings().models_dir
    store.check_delete(models_dir, name)
    if not yes:
        typer.confirm(f"Delete the model {name} for good?", abort=True, err=True)
    store.delete(models_dir, name)
    if as_json:
        print_json({"deleted": name})
    else:
        print(f"The model {name} is deleted.")


def _write(path: Path, text: str) -> None:
    """Raises `ModelError` when it cannot be written."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ModelError(
            "The card cannot be written to {path} ({reason}). Choose another file.",
            path=path,
            reason=error.strerror,
        ) from error


def _row(entry: store.ModelEntry, active: bool) -> dict[str, Any]:
    card = entry.card
    scores = card.scores[0].scores if card.scores else {}
    return {
        "name": entry.name,
        "active": active,
        "network": card.network,
        "input": card.input.crop,
        "backend": card.exports[0].precision if card.exports else "torch",
        "accuracy": scores.get("accuracy"),
        "macro_f1": scores.get("macro_f1"),
        "created": card.created.isoformat(timespec="seconds"),
        "size_mb": round(entry.size_bytes / 1e6, 1),
    }
