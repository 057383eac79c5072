"""The sentence encoder as a part of Rasa's graph."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

from bot.language.encoder import WEIGHTS, encoder

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Rasa's own libraries deprecate one another
    from rasa.engine.graph import ExecutionContext, GraphSchema
    from rasa.engine.storage.local_model_storage import LocalModelStorage
    from rasa.engine.storage.resource import Resource
    from rasa.shared.exceptions import InvalidConfigException
    from rasa.shared.nlu.training_data.message import Message
    from rasa.shared.nlu.training_data.training_data import TrainingData

    from bot.assistant.components import SentenceEncoderFeaturizer


def featurizer(tmp_path: Any, **config: Any) -> SentenceEncoderFeaturizer:
    return SentenceEncoderFeaturizer.create(
        {**SentenceEncoderFeaturizer.get_default_config(), **config},
        LocalModelStorage(tmp_path),
        Resource("encoder"),
        ExecutionContext(GraphSchema({}), node_name="encoder"),
    )


def sentence(message: Message) -> Any:
    _, features = message.get_dense_features("text")
    return None if features is None else features.features


def test_a_message_gets_its_sentence_vector_at_the_chosen_length(tmp_path: Any) -> None:
    message = Message({"text": "Do you take AETNA?"})

    featurizer(tmp_path, scale=8.0).process([message])

    expected = encoder().encode(["do you take aetna?"]) * 8
    assert np.allclose(sentence(message), expected)
    assert np.linalg.norm(sentence(message)) == pytest.approx(8.0, rel=1e-4)


def test_training_examples_get_the_same_features_and_those_without_text_get_none(
    tmp_path: Any,
) -> None:
    said, silent = Message({"text": "hola"}), Message({"intent": "greet"})

    data = featurizer(tmp_path).process_training_data(TrainingData([said, silent]))

    assert data.training_examples == [said, silent]
    assert np.allclose(sentence(said), encoder().encode(["hola"]))
    assert sentence(silent) is None


@pytest.mark.parametrize("scale", [0, -1.0, "big", True])
def test_a_scale_that_is_not_a_positive_number_is_refused(tmp_path: Any, scale: Any) -> None:
    with pytest.raises(InvalidConfigException):
        featurizer(tmp_path, scale=scale)


def test_other_weights_would_train_the_model_again() -> None:
    assert SentenceEncoderFeaturizer.fingerprint_addon({}) == WEIGHTS.sha256
