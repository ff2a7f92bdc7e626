"""Whether the confidence can be believed, and what the threshold of "not sure" costs."""

from functools import partial
from typing import Final

import pandas as pd
import streamlit as st

from emotion.charts.calibration import coverage_chart, reliability_chart
from emotion.evaluation.calibration import Cost, cost, coverage_curve, reliability
from emotion.evaluation.scores import expected_calibration_error
from emotion.models.card import ModelCard
from emotion.models.classifier import calibrated
from emotion.ui.analysis_show import show_chart, show_figures
from emotion.ui.analysis_source import Measured
from emotion.ui.language import translate as _
from emotion.vision.thresholds import DEFAULT_CONFIDENCE

TRIED: Final = "analysis-threshold"


@st.fragment
def calibration_section(measured: Measured, card: ModelCard) -> None:
    """Both charts, and the slider of the threshold."""
    left, right = st.columns(2, gap="large")
    with left:
        _reliability(measured, card.temperature)
    with right:
        _threshold(measured, card)


def _reliability(measured: Measured, temperature: float) -> None:
    st.subheader(_("Is the confidence honest?"), anchor=False)
    evaluation = measured.evaluation
    before = calibrated(evaluation.logits, 1.0)
    error = expected_calibration_error(evaluation.truth, before)
    show_figures(
        (
            (_("ECE before"), f"{error:.3f}", _("Of the network's own probabilities."), None),
            (
                _("ECE with temperature"),
                f"{evaluation.scores.ece:.3f}",
                _("Mean distance of confidence and accuracy over 15 bins of confidence."),
                f"T = {temperature:.2f}",
            ),
        )
    )
    raw = reliability(before, evaluation.truth)
    fitted = reliability(evaluation.probabilities, evaluation.truth)
    show_chart(
        partial(reliability_chart, raw, fitted, _),
        "reliability",
        _("Accuracy by confidence, before and with the temperature"),
        f"{measured.name}-reliability",
        pd.concat([raw.assign(temperature=1.0), fitted.assign(temperature=temperature)]),
    )
    st.caption(
        _(
            "On the dashed line, labels with a confidence of 70 % are right in 70 %. Below it the "
            "model promises too much. Lines: Wilson's 95 % intervals."
        )
    )


def _threshold(measured: Measured, card: ModelCard) -> None:
    st.subheader(_("What does the threshold cost?"), anchor=False)
    record = card.confidence_threshold
    in_use = DEFAULT_CONFIDENCE if record is None else record.threshold
    tried = st.slider(
        _("Confidence from which on a label is shown"),
        0.0,
        1.0,
        in_use,
        0.01,
        key=f"{TRIED} {measured.question.model}",
        help=_("Below it, the live page says “not sure”. Moving it here changes nothing there."),
    )
    evaluation = measured.evaluation
    now = cost(evaluation.probabilities, evaluation.truth, in_use)
    then = cost(evaluation.probabilities, evaluation.truth, tried)
    _costs(now, then)
    curve = coverage_curve(evaluation.probabilities, evaluation.truth)
    show_chart(
        partial(coverage_chart, curve, _point(now), _point(then), _),
        "coverage",
        _("Accuracy of the labels shown by how many are shown, with the threshold in use"),
        f"{measured.name}-coverage",
        curve,
    )


def _costs(now: Cost, then: Cost) -> None:
    show_figures(
        (
            (
                _("Labels shown"),
                f"{then.coverage:.1%}",
                None,
                _("in use: {value}").format(value=f"{now.coverage:.1%}"),
            ),
            (
                _("of these right"),
                _share(then.accuracy),
                None,
                _("in use: {value}").format(value=_share(now.accuracy)),
            ),
        )
    )
    st.markdown(
        _(
            "Of 100 faces **{right}** get a right label and **{wrong}** a wrong one; "
            "{lost} right ones and {saved} wrong ones are kept back as “not sure”."
        ).format(**of_100(then))
    )


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"


def of_100(spent: Cost) -> dict[str, int]:
    """Of 100 faces: `right` and `wrong` labels that are shown, `lost` and `saved` (right and
    wrong ones) that are kept back; rounded so that they are 100 (largest remainders)."""
    counts = {
        "right": spent.right_shown,
        "wrong": spent.wrong_shown,
        "lost": spent.right_hidden,
        "saved": spent.wrong_hidden,
    }
    whole = {key: 100 * n // spent.n for key, n in counts.items()}
    by_rest = sorted(counts, key=lambda key: -(100 * counts[key] % spent.n))
    for key in by_rest[: 100 - sum(whole.values())]:
        whole[key] += 1
    return whole


def _point(spent: Cost) -> pd.DataFrame:
    """The threshold's row for the chart; none where it shows nothing."""
    row = {
        "threshold": spent.threshold,
        "coverage": spent.coverage,
        "accuracy": spent.accuracy,
    }
    return pd.DataFrame([row]).dropna()
