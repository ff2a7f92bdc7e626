"""What a backup is: a zip with `backup.json`, which names every other file in it.

backup.json            this manifest
sessions/3.parquet     a session, as `sessions export` writes it
models/mine.zip        a model, as `models export` writes it
corrections/0.csv      the corrections of a data folder
"""

from datetime import datetime
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

MANIFEST: Final = "backup.json"
Kind = Literal["session", "model", "corrections"]


class Entry(BaseModel):
    """One file of the zip; `name` is the session's or the model's, or the data folder."""

    model_config = ConfigDict(frozen=True)

    kind: Kind
    file: str
    name: str
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    size_bytes: int = Field(ge=0)


class Manifest(BaseModel):
    """`format` changes when an older app could not read it any more."""

    model_config = ConfigDict(frozen=True)

    format: Literal[1] = 1
    app_version: str
    made_at: datetime
    entries: tuple[Entry, ...]

    def names(self, kind: Kind) -> list[str]:
        """What of this kind it holds."""
        return [entry.name for entry in self.entries if entry.kind == kind]
