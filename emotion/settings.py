"""Where things live and how the app behaves; read once from the environment.

Every field is an environment variable with the prefix `SEMBLANTE_`, for example
`SEMBLANTE_DATA_DIR=/data/faces`. Lists and objects are given as JSON.
"""

import json
from functools import cache
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from emotion.errors import SettingsError

PROJECT_DIR: Final = Path(__file__).resolve().parent.parent
Language = Literal["es", "en"]


class IceServer(BaseModel):
    """A STUN or TURN server, as in the browser's `RTCIceServer`."""

    urls: str | list[str]
    username: str | None = None
    credential: str | None = None


def _from_json(value: object) -> object:
    return json.loads(value) if isinstance(value, str) else value


class Settings(BaseSettings):
    """All settings; each has a default that works on one machine, offline."""

    model_config = SettingsConfigDict(env_prefix="SEMBLANTE_", frozen=True)

    data_dir: Path = Field(
        PROJECT_DIR / "DATASET", description="the user's labelled faces, {train,test}/{1..7}"
    )
    data_roots: Annotated[list[Path], NoDecode, BeforeValidator(_from_json)] = Field(
        default=[],
        description="folders below which the train page reads data, as JSON; data_dir is one",
    )
    models_dir: Path = Field(
        PROJECT_DIR / "saved_models", description="one folder for each saved model"
    )
    runs_dir: Path = Field(PROJECT_DIR / "runs", description="one folder for each training run")
    cache_dir: Path = Field(
        default_factory=lambda values: values["runs_dir"].parent / "cache",
        description="what is made again when it is gone: scans of data folders, faces, answers",
    )
    database_url: str = Field(
        f"sqlite:///{PROJECT_DIR / 'sessions.db'}",
        description="SQLAlchemy URL of the recorded sessions; sqlite:/// or postgresql+psycopg://",
    )
    keep_days: int | None = Field(
        None, ge=1, description="sessions older than so many days are deleted; without, none is"
    )
    ice_servers: Annotated[list[IceServer], NoDecode, BeforeValidator(_from_json)] = Field(
        default=[], description="STUN and TURN servers as JSON; one machine needs none"
    )
    language: Language | None = Field(
        None, description="es or en; without it the browser's language is followed"
    )
    frame_budget_ms: float = Field(
        15.0, ge=0, le=200, description="how long a video frame waits for its own result"
    )


@cache
def load_settings() -> Settings:
    """The settings of this process.

    Raises `SettingsError` naming the variable when a value cannot be used.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        variable = "SEMBLANTE_" + str(first["loc"][0]).upper()
        raise SettingsError(
            "The setting {variable} has the value {value!r}, which cannot be used: {reason}. "
            "Correct it or unset it.",
            variable=variable,
            value=first["input"],
            reason=first["msg"],
        ) from error
