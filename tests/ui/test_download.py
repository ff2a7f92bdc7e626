"""What came of the click on a button whose file is made by a thread of its own."""

import pytest

from emotion.errors import SessionError
from emotion.ui.download import Outcome


def fails() -> bytes:
    raise SessionError("gone")


def test_the_file_may_be_made_before_the_page_hears_of_the_click() -> None:
    outcome = Outcome()
    assert outcome.make(lambda: b"a") == b"a"
    outcome.click()
    assert outcome.was_asked() and not outcome.was_asked()
    assert outcome.wait(0) and outcome.error is None


def test_the_error_of_the_last_file_stays_until_another_is_made() -> None:
    outcome = Outcome()
    outcome.click()
    assert not outcome.wait(0) and not outcome.has_begun
    with pytest.raises(SessionError):
        outcome.make(fails)
    assert outcome.wait(0) and str(outcome.error) == "gone"
    outcome.click()
    outcome.make(lambda: b"a")
    assert outcome.error is None


def test_a_click_that_did_not_arrive_is_not_waited_for_again() -> None:
    outcome = Outcome()
    outcome.click()
    outcome.give_up()
    assert outcome.wait(0)
    outcome.click()
    outcome.make(lambda: b"a")
    assert outcome.wait(0)
