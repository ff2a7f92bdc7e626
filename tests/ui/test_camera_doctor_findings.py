"""What the doctor says of what the browser reports."""

import pytest

from emotion.ui.camera_doctor_findings import (
    CONNECTING_S,
    BrowserReport,
    camera_findings,
    connection_finding,
    read_report,
    relay_finding,
)

GOOD = {"secure": True, "media": True, "permission": "granted", "cameras": 1}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, None),
        ({"permission": "prompt"}, None),
        ({"cameras": None}, None),
        ({"secure": False}, "insecure"),
        ({"media": False}, "insecure"),
        ({"secure": False, "permission": "denied", "cameras": 0}, "insecure"),
        ({"permission": "denied"}, "denied"),
        ({"cameras": 0}, "no_camera"),
        ({"permission": "denied", "cameras": 0}, "denied"),
        ({"check": "ok"}, "ok"),
        ({"permission": "prompt", "check": "Dismissed"}, "dismissed"),
        ({"permission": "prompt", "check": "NotAllowedError"}, "denied"),
        ({"permission": "granted", "check": "Dismissed"}, None),
        ({"permission": "granted", "check": "NotAllowedError"}, None),
        ({"permission": "granted", "check": "DeniedBySystem"}, "denied_by_system"),
        ({"check": "NotFoundError"}, "no_camera"),
        ({"check": "NotReadableError"}, "busy"),
        ({"check": "AbortError"}, "unknown"),
    ],
)
def test_each_case_has_its_finding(changes: dict[str, object], expected: str | None) -> None:
    finding = camera_findings(BrowserReport(**GOOD | changes))  # type: ignore[arg-type]
    assert (finding and finding.name) == expected


def test_an_unknown_error_is_named() -> None:
    finding = camera_findings(BrowserReport(check="AbortError"))
    assert finding is not None and "AbortError" in str(finding.error)


def test_a_connection_is_given_time() -> None:
    assert connection_finding(CONNECTING_S - 0.1, has_turn=False) is None


@pytest.mark.parametrize("has_turn", [True, False])
def test_a_connection_that_does_not_come_about_is_told_with_the_state_of_turn(
    has_turn: bool,
) -> None:
    finding = connection_finding(12.7, has_turn=has_turn)
    assert finding is not None and finding.name == "no_connection"
    text = str(finding.error)
    assert "12 seconds" in text
    assert ("no TURN server is configured" in text) is not has_turn


@pytest.mark.parametrize(
    ("relay", "expected"),
    [
        (None, None),
        ("ok", "relay_ok"),
        ("refused", "relay_refused"),
        ("none", "relay_bad"),
        ("SyntaxError", "relay_bad"),
    ],
)
def test_the_test_of_the_turn_server_is_told(relay: str | None, expected: str | None) -> None:
    finding = relay_finding(relay)
    assert (finding and finding.name) == expected


@pytest.mark.parametrize("value", [None, 3, "text", []])
def test_before_the_browser_has_spoken_there_is_no_report(value: object) -> None:
    assert read_report(value) is None


def test_fields_of_a_report_that_are_unknown_or_of_another_type_are_left_out() -> None:
    value = GOOD | {"cameras": "many", "check": None, "relay": {"a": 1}, "more": 1}
    assert read_report(value) == BrowserReport(permission="granted")
