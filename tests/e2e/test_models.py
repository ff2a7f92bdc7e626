"""Two models on the same camera frames, and the list of models, in a real browser."""

import json
import shutil
from pathlib import Path

from playwright.sync_api import Page, expect

from emotion.models.card import CARD_FILE
from emotion.models.store import SHIPPED, active_name
from emotion.sessions.store import SessionStore
from tests.e2e.app import Server
from tests.e2e.test_first_light import start_recording
from tests.waiting import wait_for


def copy_model(server: Server, name: str) -> Path:
    """The shipped model once more, under another name."""
    folder = server.root / "models" / name
    shutil.copytree(server.root / "models" / SHIPPED, folder)
    card = json.loads((folder / CARD_FILE).read_text("utf-8")) | {"name": name}
    (folder / CARD_FILE).write_text(json.dumps(card), "utf-8")
    return folder


def test_a_model_is_tried_beside_the_one_in_use_and_then_made_active(
    server: Server, page: Page
) -> None:
    copy_model(server, "second")
    page.goto(f"{server.url}/train?view=models")
    expect(page.get_by_role("heading", name="second")).to_be_visible()
    page.get_by_role("link", name="Try it in live").click()
    page.wait_for_url("**/?try=second")
    page.frame_locator("iframe").get_by_role("button", name="Start", exact=True).click()

    expect(page.locator(".face-pair .face-panel h4")).to_have_count(2, timeout=60_000)
    expect(page.locator(".face-pair .face-model")).to_have_text([SHIPPED, "second"])
    for number in (0, 1):  # the same weights see the same smile
        expect(page.locator(".face-pair .face-panel h4").nth(number)).to_contain_text("Happy")
    expect(page.get_by_text("Both showed the same for")).to_be_visible()
    expect(page.get_by_text("ms more for each frame")).to_be_visible()

    start_recording(page)
    page.wait_for_timeout(2_000)
    page.get_by_role("button", name="Use second").click()
    expect(page.locator(".face-pair")).to_have_count(0)
    expect(page.locator(".face-panel h4")).to_be_visible()  # the video goes on
    expect(page.get_by_label("Model", exact=True)).to_have_value("second")
    assert "try=" not in page.url
    assert active_name(server.root / "models") == "second"
    assert (server.root / "models" / "emotion_classifier_resnet18.pth").is_file()
    page.wait_for_timeout(2_000)
    page.get_by_role("button", name="Stop recording").click()
    expect(page.get_by_text("The session is saved.")).to_be_visible()
    store = SessionStore(server.database_url)
    (session,) = store.list_sessions()
    (first, second) = store.read_models(session.id)
    store.close()
    assert first == (0.0, SHIPPED)
    assert second[1] == "second" and 1.5 < second[0] < session.duration_s
    assert sum(frame.evaluate("(window.peers || []).length") for frame in page.frames) == 1


def test_a_model_is_exported_deleted_and_imported_again(
    server: Server, page: Page, tmp_path: Path
) -> None:
    folder = copy_model(server, "second")
    page.goto(f"{server.url}/train?view=models")
    page.get_by_role("button", name="Export").nth(1).click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Semblante's zip").click()
    download.value.save_as(tmp_path / download.value.suggested_filename)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Delete").nth(1).click()
    page.get_by_role("button", name="Delete this model").click()
    expect(page.get_by_role("heading", name="second")).to_have_count(0)
    wait_for("the end of the folder", lambda: not folder.exists(), 10)

    page.get_by_text("Import a model").click()
    page.locator("input[type=file]").set_input_files(tmp_path / "second.zip")
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("heading", name="second")).to_be_visible(timeout=60_000)
    assert (folder / CARD_FILE).is_file()
