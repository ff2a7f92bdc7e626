"""What a model answered for pictures, kept on disk: a model reads a picture once.

Answers are found by content: by what the model is (weights, input, backend, how faces are
found) and by the bytes of the picture. So a second evaluation opens at once, also of a copy
of the folder, and a corrected label or a picture that is set aside needs no model at all.
"""

import hashlib
import io
import json
import logging
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from emotion.errors import PictureError
from emotion.evaluation.crops import CROP_RULE
from emotion.evaluation.scores import FloatArray
from emotion.files import replacing
from emotion.labels import KEYS
from emotion.models.load import BackendChoice, source_of
from emotion.models.store import ModelEntry

log = logging.getLogger(__name__)

EVALUATIONS: Final = "evaluations"
"""The folder of answers in the cache folder of the settings."""
_DIGEST: Final = hashlib.sha256().digest_size


@dataclass(slots=True)
class Answers:
    """A model's logits `(7,)` by the digest of a picture, and why others have none.

    `path` is the file that keeps them; None keeps them in memory alone. One thread adds,
    any may read.
    """

    path: Path | None = None
    logits: dict[bytes, FloatArray] = field(default_factory=dict)
    refusals: dict[bytes, PictureError] = field(default_factory=dict)
    _seen: tuple[int, int] | None = None

    def __contains__(self, digest: bytes) -> bool:
        return digest in self.logits or digest in self.refusals

    def refresh(self) -> None:
        """Take in what the file holds, where it has changed. A broken file holds nothing."""
        if self.path is None or not self.path.is_file():
            return
        stat = self.path.stat()
        if self._seen == (stat.st_mtime_ns, stat.st_size):
            return
        try:
            logits, refusals = _unpack(self.path.read_bytes())
        except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
            log.warning("the answers %s cannot be read: %s", self.path, error)
            return
        self._seen = (stat.st_mtime_ns, stat.st_size)
        for digest, row in logits.items():
            self.logits.setdefault(digest, row)
        for digest, refusal in refusals.items():
            self.refusals.setdefault(digest, refusal)

    def forget(self) -> None:
        """Everything, so that the model is asked anew; what is kept goes with the next save."""
        self.logits.clear()
        self.refusals.clear()

    def save(self) -> None:
        """Replace the file in one step, with what others wrote meanwhile. A folder that
        cannot be written is logged: the answers are good without being kept."""
        if self.path is None:
            return
        self.refresh()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with replacing(self.path, shared=True) as temporary:
                temporary.write_bytes(_pack(list(self.logits.items()), dict(self.refusals)))
        except OSError as error:
            log.warning("the answers cannot be kept in %s: %s", self.path, error)


def kept_answers(
    folder: Path,
    entry: ModelEntry,
    backend: BackendChoice = "auto",
    *,
    find_faces: bool = False,
    alteration: str = "",
) -> Answers:
    """The answers that `folder` keeps of a model; `alteration` names what was done to faces.

    Raises `ModelError` when the model has no such backend.
    """
    kind, digest = source_of(entry, backend)
    card = entry.card
    identity = [CROP_RULE, kind, digest, card.network, card.input.model_dump(), find_faces]
    if alteration:
        identity.append(alteration)
    name = hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()
    answers = Answers(folder / f"{name[:32]}.npz")
    answers.refresh()
    return answers


def _pack(logits: list[tuple[bytes, FloatArray]], refusals: dict[bytes, PictureError]) -> bytes:
    buffer = io.BytesIO()
    told = {digest.hex(): _told(error) for digest, error in refusals.items()}
    np.savez(
        buffer,
        digests=np.frombuffer(b"".join(digest for digest, _ in logits), np.uint8).reshape(
            -1, _DIGEST
        ),
        logits=np.array([row for _, row in logits], np.float32).reshape(-1, len(KEYS)),
        refusals=np.frombuffer(json.dumps(told).encode(), np.uint8),
    )
    return buffer.getvalue()


def _unpack(content: bytes) -> tuple[dict[bytes, FloatArray], dict[bytes, PictureError]]:
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        digests, logits = arrays["digests"], arrays["logits"]
        told = json.loads(arrays["refusals"].tobytes())
    if digests.shape != (len(logits), _DIGEST) or logits.shape != (len(digests), len(KEYS)):
        raise ValueError(f"shapes {digests.shape} and {logits.shape} do not fit")
    answers = {digest.tobytes(): row for digest, row in zip(digests, logits, strict=True)}
    return answers, {bytes.fromhex(digest): _refusal(**one) for digest, one in told.items()}


def _refusal(template: str, values: dict[str, str]) -> PictureError:
    return PictureError(template, **values)


def _told(error: PictureError) -> dict[str, Any]:
    """The sentence without the path, which another picture of the same content does not have."""
    values = {key: str(value) for key, value in error.values.items() if key != "path"}
    return {"template": error.template, "values": values}
