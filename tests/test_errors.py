import pytest

from emotion import errors
from emotion.errors import DataError, EmotionError

KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type)]


def test_an_error_is_its_sentence_with_the_values_in_it() -> None:
    error = DataError("The folder {path} holds {n} pictures.", path="a{b}", n=3)
    assert str(error) == "The folder a{b} holds 3 pictures."


def test_an_error_is_translated_as_a_template_and_filled_after() -> None:
    spanish = {"The folder {path} does not exist.": "La carpeta {path} no existe."}
    error = DataError("The folder {path} does not exist.", path="/x")
    assert error.translated(spanish.__getitem__) == "La carpeta /x no existe."


def test_a_value_may_be_called_as_the_parameter_is() -> None:
    assert str(EmotionError("{template} and {self}", template=1, self=2)) == "1 and 2"


@pytest.mark.parametrize("kind", [kind for kind in KINDS if issubclass(kind, Exception)])
def test_every_error_for_users_is_of_one_tree_and_in_its_drawing(kind: type) -> None:
    assert issubclass(kind, EmotionError)
    assert kind.__name__ in str(errors.__doc__)
