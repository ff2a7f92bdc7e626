"""The settings of a new run as fields: the common ones, and all others in an expander.

A field takes any value; what is wrong with it is said below it, once all are known.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from emotion.errors import TrainingError
from emotion.training.available import available_devices
from emotion.training.config import Preset, TrainConfig
from emotion.ui import messages
from emotion.ui.language import translate as _
from emotion.ui.train_setting_words import setting_options, setting_title


class SettingFields:
    """Widgets whose first values are the preset's; `values` are changes for `make_config`."""

    def __init__(self, preset: Preset, defaults: TrainConfig) -> None:
        self.preset, self.defaults = preset, defaults
        self.values: dict[str, Any] = {}
        self._below: dict[str, DeltaGenerator] = {}

    def number(self, field: str, help_text: str, *, step: float = 1) -> None:
        """A whole number where `step` is one; no value stands as 0."""
        whole, default = isinstance(step, int), self._default(field)
        self.values[field] = st.number_input(
            setting_title(field),
            value=int(default or 0) if whole else float(default or 0),
            step=step,
            format="%d" if whole else "%g",
            key=self._key(field),
            persist_state="session",
            help=help_text,
        )
        self._note(field)

    def choice(self, field: str, help_text: str, more: Mapping[str, str] | None = None) -> None:
        """One of some values, each with its words; `more` are those of this machine."""
        default, options = self._default(field), {**setting_options(field), **(more or {})}
        self.values[field] = st.selectbox(
            setting_title(field),
            list(options),
            index=list(options).index(default) if default in options else 0,
            format_func=options.__getitem__,
            key=self._key(field),
            persist_state="session",
            help=help_text,
        )
        self._note(field)

    def several(self, field: str, options: Sequence[str], help_text: str) -> None:
        """Any number of some values, also none."""
        self.values[field] = st.multiselect(
            setting_title(field),
            options,
            default=[one for one in self._default(field) if one in options],
            key=self._key(field),
            persist_state="session",
            placeholder=_("none"),
            help=help_text,
        )
        self._note(field)

    def tick(self, field: str, help_text: str) -> None:
        """Yes or no."""
        self.values[field] = st.checkbox(
            setting_title(field),
            self._default(field),
            key=self._key(field),
            persist_state="session",
            help=help_text,
        )
        self._note(field)

    def show(self, wrong: Mapping[str, TrainingError]) -> list[str]:
        """Say below each field what is wrong with it; the titles of these fields, and the
        sentences of settings that have no field."""
        named = []
        for field, error in wrong.items():
            title = setting_title(field)
            values = error.values | {"field": title}
            text = messages.sentence(TrainingError(error.template, **values))
            if field in self._below:
                self._below[field].error(text)
            named.append(title if field in self._below else text)
        return named

    def place(self, field: str, below: DeltaGenerator) -> None:
        """Where the error of a field stands that is no widget of this class."""
        self._below[field] = below

    def _note(self, field: str) -> None:
        self.place(field, st.empty())

    def _default(self, field: str) -> Any:
        """The preset's value; `make_config` calls the input size by another name."""
        return getattr(self.defaults, "input_size" if field == "size" else field)

    def _key(self, field: str) -> str:
        # What a start brings along is another first value, and so another field.
        brought = f"-{self._default(field)}" if field in ("size", "test_resize") else ""
        return f"train-{field}-{self.preset}{brought}"


def common_settings(fields: SettingFields) -> None:
    """What most people change."""
    row = st.columns(4)
    with row[0]:
        fields.number(
            "epochs",
            _("How often the run goes through all pictures. The original system: 15."),
        )
    with row[1]:
        fields.number(
            "size",
            _(
                "Side in pixels of the square that the network sees. Twice as large takes four "
                "times as long, also on the live page. The original system: 224."
            ),
        )
    with row[2]:
        fields.number(
            "batch_size",
            _("Pictures of one step. More are faster and need more memory. The original: 16."),
        )
    with row[3]:
        fields.number(
            "learning_rate",
            _(
                "How far a step goes. Too much and the loss rises or jumps, too little and nothing "
                "happens for long. The original system: 0.001 with Adam."
            ),
            step=0.0001,
        )


def all_settings(fields: SettingFields, *, votes: bool, models: Sequence[str]) -> None:
    """The rest, in an expander; `votes` says whether the data has annotators' votes, `models`
    names those that can teach."""
    with st.expander(_("All settings"), icon=":material/tune:"):
        st.markdown(f"**{_('What learns')}**")
        _layers(fields)
        st.markdown(f"**{_('How it learns')}**")
        _steps(fields)
        _teachers(fields, models)
        st.markdown(f"**{_('What it sees')}**")
        _pictures(fields, votes=votes)
        st.markdown(f"**{_('What is chosen')}**")
        _choosing(fields)
        st.markdown(f"**{_('Where it computes')}**")
        _computing(fields)


def _layers(fields: SettingFields) -> None:
    row = st.columns(4, vertical_alignment="bottom")
    with row[0]:
        fields.tick(
            "frozen",
            _(
                "Only the last layer, the head, learns. All others, the backbone, stay as they "
                "are, with the statistics of their BatchNorm. So it was in the original system, "
                "save for the statistics."
            ),
        )
    with row[1]:
        fields.number(
            "views",
            _(
                "Where only the last layer learns, what the backbone sees of each picture and of "
                "so many varied views of it can be computed once and kept: the epochs then take "
                "no time. 0: each picture goes through the whole network in each epoch."
            ),
        )
    with row[2]:
        fields.number(
            "head_epochs",
            _("In so many epochs at first only the last layer learns, then all do."),
        )
    with row[3]:
        fields.number(
            "layer_decay",
            _(
                "Each part of the network learns at this share of the rate of the part after it. "
                "1: all at the same rate."
            ),
            step=0.05,
        )


def _steps(fields: SettingFields) -> None:
    row = st.columns(4)
    with row[0]:
        fields.choice(
            "optimizer",
            _("The original system: Adam. SGD has a momentum of 0.9 and needs larger rates."),
        )
    with row[1]:
        fields.number(
            "weight_decay",
            _("Keeps weights small. The original system: 0."),
            step=0.01,
        )
    with row[2]:
        fields.choice(
            "schedule",
            _("The original system: constant."),
        )
    with row[3]:
        fields.number(
            "warmup_epochs",
            _("In so many epochs at first the rate grows from nothing."),
            step=0.5,
        )
    row = st.columns(4)
    with row[0]:
        fields.choice(
            "class_weights",
            _("In full, each class counts the same however many pictures it has."),
        )
    with row[1]:
        fields.tick(
            "prior_kept",
            _(
                "Rare classes count more while it learns, and are answered no more often than "
                "they occur. Without, weights also make them answered more often: more of their "
                "pictures are found, and more others taken for them."
            ),
        )
    with row[2]:
        fields.number(
            "label_smoothing",
            _("So much of each label is shared out among all seven."),
            step=0.01,
        )
    with row[3]:
        fields.number(
            "ema_decay",
            _(
                "The model is a running average of the weights that keeps this share in each "
                "step, and less in the first ones. 0: no average."
            ),
            step=0.001,
        )


def _teachers(fields: SettingFields, models: Sequence[str]) -> None:
    names, share = st.columns([3, 1])
    with names:
        fields.several(
            "teachers",
            models,
            _(
                "What these models answer on average is learned beside the labels. They should "
                "not have seen the pictures on which the new model is judged."
            ),
        )
    with share:
        fields.number(
            "teacher_share",
            _("How much of what is learned is their answer and not the label."),
            step=0.1,
        )


def _pictures(fields: SettingFields, *, votes: bool) -> None:
    row = st.columns(4)
    with row[0]:
        fields.choice(
            "augmentation",
            _(
                "Mild: flip, roll, shift, light, low resolution, covered parts. The original "
                "system cut out a part at random, often without the whole face."
            ),
        )
    with row[1]:
        fields.number(
            "erasing",
            _("In this share of the pictures a part is covered, where variation is mild."),
            step=0.05,
        )
    with row[2]:
        fields.number(
            "test_resize",
            _(
                "Where no picture is varied it is scaled to this side and its middle is seen. The "
                "original system: 256, of which 224. 0: all of it is seen."
            ),
        )
    if votes:
        with row[3]:
            fields.tick(
                "soft_labels",
                _("Learn the shares of the annotators' votes in votes.csv, not one label."),
            )


def _choosing(fields: SettingFields) -> None:
    row = st.columns(4)
    with row[0]:
        fields.number(
            "validation_share",
            _(
                "Share of train on which the best epoch is chosen. The original system chose it "
                "on test, which makes the test score too good."
            ),
            step=0.05,
        )
    with row[1]:
        fields.choice(
            "choose_by",
            _("Macro-F1 counts each class the same. The original system: accuracy."),
        )
    with row[2]:
        fields.number(
            "patience",
            _("The run ends after so many epochs without a better one. 0: never before its end."),
        )
    with row[3]:
        fields.number(
            "seed",
            _("The same seed on the same machine makes the same model."),
        )


def _computing(fields: SettingFields) -> None:
    here = available_devices()
    row = st.columns(4)
    with row[0]:
        fields.choice(
            "device",
            _("Those that this machine has. Automatic: a GPU where there is one, as the original."),
            more={one.value: f"{one.value}: {one.name}" for one in here},
        )
    with row[1]:
        fields.choice(
            "precision",
            _("bfloat16 is faster where the device computes in it. The original system: float32."),
        )
    with row[2]:
        fields.number(
            "threads",
            _(
                "Of the processor; 0: one for each core. The original system had 4 workers that "
                "loaded pictures; here pictures stay in memory and are varied by the batch, so "
                "that there is nothing for workers to do."
            ),
        )
    most = max(one.count for one in here)
    if most > 1:
        with row[3]:
            fields.number(
                "devices",
                _("So many of the {n} share every batch.").format(n=most),
            )
