"""What the numbers of a session mean, in plain sentences."""

import numpy as np

from emotion.labels import KEYS, UNSURE, name
from emotion.locale import Translate
from emotion.report.numbers import Numbers
from emotion.sessions.episodes import BRIDGE_S, SHORTEST_S
from emotion.vision.reasons import reason_name


def sentences(numbers: Numbers, language: str, translate: Translate) -> list[str]:
    """What `numbers` say, the most important first, in `language` ("es" or "en").

    Nothing is said of what did not occur. Empty where no face was seen.
    """
    if not numbers.summary.face_s:
        return []
    found = (
        *_most_shown(numbers, language, translate),
        _most_episodes(numbers, language, translate),
        _most_frequent_transition(numbers, language, translate),
        *_not_sure(numbers, language, translate),
        _faces(numbers, translate),
        _confidence(numbers, translate),
        _baseline(numbers, translate),
    )
    return [sentence for sentence in found if sentence]


def episode_rule(translate: Translate) -> str:
    """What counts as an episode, with the values in use."""
    return translate(
        "An episode is a stretch of at least {shortest} s in which a face shows one expression; "
        "interruptions of at most {bridge} s do not end it. A face that leaves, or a pause, does."
    ).format(shortest=SHORTEST_S, bridge=BRIDGE_S)


def transition_rule(translate: Translate) -> str:
    """What counts as a transition."""
    return translate(
        "A transition is an episode followed by one of another expression of the same face, "
        "whatever “not sure” lies between, while the face stayed in view."
    )


def percent(share: float) -> str:
    """`share` (0 to 1) as `42%`; what is there is never `0%`."""
    return f"{share:.0%}" if share >= 0.005 or not share else "<1%"


def _most_shown(numbers: Numbers, language: str, translate: Translate) -> list[str]:
    shown = numbers.shares[numbers.shares["expression"] != UNSURE]
    order = shown.sort_values("share", ascending=False, kind="stable")
    first, second, *_ = order.itertuples()
    said = []
    if first.share:
        said.append(
            translate("For {share} of the time in which a face was seen, it showed “{name}”.")
        )
    if second.share:
        said.append(translate("Next came “{name}” with {share}."))
    return [
        text.format(share=percent(row.share), name=name(row.expression, language))
        for text, row in zip(said, (first, second), strict=False)
    ]


def _most_episodes(numbers: Numbers, language: str, translate: Translate) -> str:
    most = numbers.lengths.loc[numbers.lengths["episodes"].idxmax()]
    if not most["episodes"]:
        return translate("No expression lasted long enough to be an episode.")
    if most["episodes"] == 1:
        text = translate("“{name}” was shown in 1 episode of {longest} s.")
    else:
        text = translate(
            "“{name}” was shown most often: in {n} episodes, half of them shorter than {median} s, "
            "the longest of {longest} s."
        )
    return text.format(
        name=name(most["expression"], language),
        n=most["episodes"],
        median=f"{most['median_s']:.1f}",
        longest=f"{most['longest_s']:.1f}",
    )


def _most_frequent_transition(numbers: Numbers, language: str, translate: Translate) -> str:
    counts = numbers.transitions.to_numpy()
    begin, end = np.unravel_index(counts.argmax(), counts.shape)
    if not counts.any():
        return ""
    return translate(
        "The most frequent transition was from “{one}” to “{other}”: {n} of {all}."
    ).format(
        one=name(KEYS[begin], language),
        other=name(KEYS[end], language),
        n=counts[begin, end],
        all=counts.sum(),
    )


def _not_sure(numbers: Numbers, language: str, translate: Translate) -> list[str]:
    share = float(numbers.shares.set_index("expression").loc[UNSURE, "share"])
    if not share:
        return [translate("There was never a moment of “not sure”.")]
    text = translate("For {share} of that time no expression was shown (“not sure”).")
    said = [text.format(share=percent(share))]
    if len(numbers.reasons):
        first = numbers.reasons.iloc[0]
        text = translate("The most frequent reason, in {share} of it, was: {reason}.")
        reason = reason_name(first["reason"], language)
        said.append(text.format(share=percent(first["share"]), reason=reason))
    return said


def _faces(numbers: Numbers, translate: Translate) -> str:
    nobody = float(numbers.at_once.set_index("faces")["share"].get(0, 0.0))
    if not nobody and numbers.summary.faces_most == 1:
        return translate("A face was in view all the time.")
    if numbers.summary.faces_most > 1:
        text = translate(
            "No face was in view for {share} of the recording; at most {n} were at once."
        )
    else:
        text = translate("No face was in view for {share} of the recording.")
    return text.format(share=percent(nobody), n=numbers.summary.faces_most)


def _confidence(numbers: Numbers, translate: Translate) -> str:
    confidence = numbers.summary.mean_confidence
    if confidence is None:
        return ""
    return translate(
        "The model's mean confidence was {share}: so sure was it of its first choice."
    ).format(share=percent(confidence))


def _baseline(numbers: Numbers, translate: Translate) -> str:
    share = numbers.summary.baseline_share
    if not share:
        return ""
    return translate(
        "For {share} of the time in which a face was seen, a neutral baseline was on: what "
        "the person's resting face looks like is taken off all values."
    ).format(share=percent(share))
