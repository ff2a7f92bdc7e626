"""Files that are made when their button is pressed, and what to say when one cannot be made.

Streamlit makes such a file in a thread of its own, and says of an error only that there was
one; here its sentence is shown below the button. To be used within a fragment:

    outcome = made_on_click(_("Download CSV"), make, "a.csv", "text/csv", key="csv")
    tell(outcome)
"""

import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any, Final

import streamlit as st

from emotion.ui import messages
from emotion.ui.language import translate as _

_BEGINS_S: Final = 5.0
"""A click after which nothing has begun for so long did not arrive."""
_QUIET_S: Final = 0.3
"""What takes no longer is not spoken of."""
_STEP_S: Final = 0.2


class Outcome:
    """What came of the clicks on one button; the page and the thread that makes the file share
    it. `error` is that of the last file, None when it was made."""

    def __init__(self) -> None:
        self.error: Exception | None = None
        self._changed = threading.Condition()
        self._clicks = self._begun = self._ended = 0
        self._asked = False

    def make(self, content: Callable[[], bytes]) -> bytes:
        """In the thread that makes the file."""
        with self._changed:
            self._begun += 1
            self.error = None
        try:
            return content()
        except Exception as error:
            self.error = error
            raise
        finally:
            with self._changed:
                self._ended += 1
                self._changed.notify_all()

    def click(self) -> None:
        """Before the script, which then waits."""
        with self._changed:
            self._clicks += 1
            self._asked = True

    def wait(self, timeout_s: float) -> bool:
        """Wait at most so long; whether the file of the last click is made, or failed."""
        with self._changed:
            return self._changed.wait_for(lambda: self._ended >= self._clicks, timeout_s)

    def give_up(self) -> None:
        """The last click did not arrive."""
        with self._changed:
            self._clicks = self._begun

    def was_asked(self) -> bool:
        """Whether there was a click since this was last asked."""
        asked, self._asked = self._asked, False
        return asked

    @property
    def has_begun(self) -> bool:
        """Whether the file of the last click is being made."""
        return self._begun >= self._clicks


def made_on_click(
    label: str, content: Callable[[], bytes], file_name: str, mime: str, key: str, **options: Any
) -> Outcome:
    """A button that downloads what `content` makes when it is pressed; `options` are those of
    `st.download_button`."""
    outcome: Outcome = st.session_state.setdefault(f"outcome of {key}", Outcome())
    make = partial(outcome.make, content)
    st.download_button(label, make, file_name, mime, key=key, on_click=outcome.click, **options)
    return outcome


def tell(*outcomes: Outcome) -> None:
    """Wait for the file that was asked for, which anything else that the user does ends, and
    say why it could not be made."""
    place = st.empty()
    for outcome in outcomes:
        if outcome.was_asked():
            _wait(outcome, place)
        if outcome.error is not None:
            messages.show(outcome.error)


def _wait(outcome: Outcome, place: Any) -> None:
    until = time.monotonic() + _BEGINS_S
    done = outcome.wait(_QUIET_S)
    while not done and (outcome.has_begun or time.monotonic() < until):
        place.caption(_(":material/hourglass_top: The file is being made …"))
        done = outcome.wait(_STEP_S)
    if not outcome.has_begun:
        outcome.give_up()
    place.empty()
