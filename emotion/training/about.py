"""What a user wrote about a run: a name for the list and a note, `about.json` in its folder."""

from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from emotion.errors import TrainingError
from emotion.files import replacing

ABOUT_FILE: Final = "about.json"
TITLE_LENGTH: Final = 80
NOTE_LENGTH: Final = 2000


class About(BaseModel):
    """Both may be empty; a run without a title is called by its model's name."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    title: Annotated[str, StringConstraints(strip_whitespace=True, max_length=TITLE_LENGTH)] = ""
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=NOTE_LENGTH)] = ""


def read_about(folder: Path) -> About:
    """What was written about the run in `folder`; nothing where that cannot be read."""
    try:
        return About.model_validate_json((folder / ABOUT_FILE).read_bytes())
    except (OSError, ValidationError):
        return About()


def write_about(folder: Path, *, title: str, note: str) -> About:
    """Keep a title and a note for the run in `folder`, replacing older ones in one step.

    Raises `TrainingError` when they are too long or cannot be written.
    """
    try:
        about = About(title=title, note=note)
    except ValidationError as error:
        raise TrainingError(
            "The name of a run has {title_length} characters at most and its note {note_length}; "
            "these have {title} and {note}. Shorten them.",
            title_length=TITLE_LENGTH,
            note_length=NOTE_LENGTH,
            title=len(title.strip()),
            note=len(note.strip()),
        ) from error
    try:
        with replacing(folder / ABOUT_FILE) as temporary:
            temporary.write_text(about.model_dump_json(indent=2) + "\n", "utf-8")
    except OSError as error:
        raise TrainingError(
            "The name and the note of the run cannot be written to {folder} ({reason}). Make "
            "room on the disk, or see that the folder can be written.",
            folder=folder,
            reason=error.strerror,
        ) from error
    return about
