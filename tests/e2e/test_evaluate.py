"""From a cell of the confusion matrix to its faces, a correction and its undo, in a browser."""

import re
from pathlib import Path

import numpy as np
from playwright.sync_api import Locator, Page, expect

from emotion.data import corrections
from emotion.data.layout import scan
from emotion.evaluation.answers import EVALUATIONS, kept_answers
from emotion.evaluation.faces import cell
from emotion.evaluation.run import Evaluation, judge
from emotion.labels import KEYS, name
from emotion.models.store import SHIPPED, find_model
from tests.e2e.app import Server

MATRIX = "Confusion matrix: rows are the true expression, columns the predicted one"


def evaluation(server: Server) -> Evaluation:
    """What the server keeps of the evaluation; no model is asked here."""
    entry = find_model(server.root / "models", SHIPPED)
    answers = kept_answers(server.root / "cache" / EVALUATIONS, entry)
    return judge(answers, scan(server.root / "faces"), "test", entry.card.temperature)


def square(page: Page, true: int, read: int) -> Locator:
    """The cell of the matrix, as its label for those who cannot see it says."""
    words = f"Predicted: {name(KEYS[read], 'en')}; True: {name(KEYS[true], 'en')};"
    return page.get_by_label(MATRIX).get_by_label(re.compile(words))


def test_from_a_cell_to_a_correction_and_back(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/analysis")
    page.get_by_role("radio", name="Models").click()
    page.get_by_role("button", name="Evaluate 21 pictures").click()
    expect(page.get_by_text("The same on the command line:")).to_be_visible()
    before = evaluation(server)
    counts = np.array(before.scores.confusion)
    true, read = (int(i) for i in np.argwhere((counts > 0) & ~np.eye(7, dtype=bool))[0])

    page.get_by_role("radio", name="Confusion matrix").click()
    square(page, true, read).click()
    words = f"{counts[true, read]} labelled {name(KEYS[true], 'en')} and read as"
    expect(page.get_by_role("heading", name=f"{words} {name(KEYS[read], 'en')}")).to_be_visible()
    faces = page.get_by_role("img", name=f"A face labelled {name(KEYS[true], 'en')}, read as")
    expect(faces).to_have_count(int(counts[true, read]))

    page.get_by_role("button", name="Why?").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("img", name="The same face, coloured")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()

    page.get_by_role("button", name="Repair").first.click()
    page.get_by_role("button", name="Correct the label").click()
    expect(page.get_by_text("The scores are up to date.")).to_be_visible()
    (decision,) = corrections.read(server.root / "faces")
    first = before.samples[cell(before, true, read)[0]].path
    assert (decision.path, decision.expression) == (first, KEYS[read])
    after = evaluation(server)
    assert after.scores.confusion[read][read] == counts[read, read] + 1

    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("The scores are up to date.")).to_be_hidden()
    assert corrections.read(server.root / "faces") == ()
    assert not Path(server.root / "faces" / corrections.FILE).exists()
    expect(faces).to_have_count(int(counts[true, read]))
    assert evaluation(server).scores == before.scores
