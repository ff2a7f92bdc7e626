"""What can go wrong for a user.

    EmotionError
    ├── SettingsError    a setting from the environment
    ├── DataError        a data folder
    │   └── PictureError a picture or a video
    ├── ModelError       a model folder, a weights file, an export
    ├── TrainingError    a run that cannot start or go on
    ├── SessionError     the store of recorded sessions
    └── CameraError      the camera or its connection

Each is one clear sentence: what was wrong, with its value, and what to do. The
sentence is given as a template with named values, so that a page can show it in
the user's language: `DataError("The folder {path} does not exist.", path=path)`.
A wrong argument of a function is a `ValueError`, our own mistakes are `assert`.
"""

from collections.abc import Callable


class EmotionError(Exception):
    """A sentence for a user; `template` with `{name}` places and their `values`."""

    def __init__(self, template: str, /, **values: object) -> None:
        super().__init__(template, values)
        self.template = template
        self.values = values

    def __str__(self) -> str:
        return self.template.format(**self.values)

    def plain_values(self) -> dict[str, int | float | str]:
        """The values as JSON holds them."""
        return {
            key: value if isinstance(value, int | float) else str(value)
            for key, value in self.values.items()
        }

    def translated(self, translate: Callable[[str], str]) -> str:
        """The sentence in the language of `translate` (a gettext function)."""
        return translate(self.template).format(**self.values)


class SettingsError(EmotionError):
    """A setting from the environment is not usable."""


class DataError(EmotionError):
    """A data folder is missing, empty or of another shape."""


class PictureError(DataError):
    """A picture or a video cannot be read."""


class ModelError(EmotionError):
    """A model is missing, broken, foreign or unsafe to read."""


class TrainingError(EmotionError):
    """A run cannot start or go on."""


class SessionError(EmotionError):
    """The store of sessions cannot be opened, read or written."""


class CameraError(EmotionError):
    """The camera gives no picture, or its connection failed."""
