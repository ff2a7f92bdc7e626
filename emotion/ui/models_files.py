"""Models as files: an upload that becomes a model, and a model that is downloaded."""

import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from emotion.errors import EmotionError
from emotion.models import jobs
from emotion.models.archive import write_archive
from emotion.models.jobs import SUFFIXES, Form
from emotion.models.store import ModelEntry
from emotion.ui import messages
from emotion.ui.language import translate as _

IMPORTED: Final = ("zip", "pth", "pt", "safetensors")


def forms() -> dict[Form, tuple[str, str]]:
    """Title and explanation of each form of a file."""
    return {
        "zip": (
            _("Semblante's zip"),
            _("Card, weights and fast version; can be imported again."),
        ),
        "onnx": ("ONNX", _("Takes some seconds. Its metadata says what its input must be.")),
        "openvino": ("OpenVINO", _("The fast version that live uses, in a zip.")),
        "pth": (
            _("PyTorch (.pth)"),
            _("A state dict in torchvision's names, as the original system saves it."),
        ),
    }


def import_form(models_dir: Path) -> str | None:
    """The form of an import; the name of the model that it has just made."""
    made = None
    with st.expander(_("Import a model"), icon=":material/upload:"):
        st.caption(
            _(
                "A zip that was exported here, or the weights of a ResNet18, EfficientNet-B0 or "
                "MobileNetV2 with seven outputs: a .pth state dict, as the original system saves "
                "it, or .safetensors. No code in a file is run."
            )
        )
        with st.form("models-import", border=False):
            file = st.file_uploader(_("File"), type=list(IMPORTED), key="models-file")
            name = st.text_input(
                _("Name"),
                key="models-name",
                placeholder=_("as the file"),
                help=_("Small letters, digits, '.', '_' and '-'."),
            )
            pressed = st.form_submit_button(_("Import"), icon=":material/upload:")
        if pressed and file is None:
            st.warning(_("Choose a file first."), icon=":material/upload_file:")
        elif pressed and file is not None:
            made = _import(models_dir, file, name.strip())
    return made


def _import(models_dir: Path, file: UploadedFile, name: str) -> str | None:
    with tempfile.TemporaryDirectory(prefix="semblante-") as folder:
        path = Path(folder) / Path(file.name).name
        chosen = name or (None if path.suffix.lower() == ".zip" else usable_name(path.stem))
        try:
            with st.spinner(_("Importing {file} …").format(file=path.name)):
                path.write_bytes(file.getbuffer())
                return jobs.import_model(models_dir, path, chosen).name
        except EmotionError as error:
            # The user knows the file by its name, not by where the upload was put.
            values = {key: _without(folder, value) for key, value in error.values.items()}
            messages.show(type(error)(error.template, **values))
            return None


def _without(folder: str, value: object) -> object:
    return value.replace(f"{folder}/", "") if isinstance(value, str) else value


def usable_name(stem: str) -> str:
    """A name for a model that is close to that of its file."""
    name = re.sub(r"[^a-z0-9._-]+", "-", stem.lower()).strip("._-")
    return name[:64] or "imported"


def exported(entry: ModelEntry, form: Form) -> Callable[[], bytes]:
    """What makes the file when its button is pressed. The zip takes no torch and is made
    here, the others in a process of their own."""

    def make() -> bytes:
        with tempfile.TemporaryDirectory(prefix="semblante-") as folder:
            path = Path(folder) / (entry.name + SUFFIXES[form])
            if form == "zip":
                write_archive(entry, path)
            else:
                jobs.export_model(entry, form, path)
            return path.read_bytes()

    return make
