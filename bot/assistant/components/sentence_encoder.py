"""Dense sentence features from the bilingual encoder that knowledge search uses too.

Rasa wires a component by the names of its methods' arguments and reads their annotations, so
the names `messages` and `training_data` are part of the contract.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.language.encoder import WEIGHTS, encoder


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEncoderFeaturizer(DenseFeaturizer, GraphComponent):
    """Adds one sentence vector to each message that has text.

    `scale` is the vector's length. Rasa's linear classifier fixes its regularisation, and on
    unit vectors that flattens every probability; a longer vector is the same as a larger C.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The component's default settings."""
        return {**DenseFeaturizer.get_default_config(), "scale": 1.0, "lower": True}

    @staticmethod
    def required_packages() -> list[str]:
        """The runtime, whose version is part of the training fingerprint."""
        return ["onnxruntime"]

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceEncoderFeaturizer:
        """Build the component; the weights are shared by the whole process."""
        return cls(execution_context.node_name, config)

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Raises `InvalidConfigException` for a scale that is not a positive number."""
        scale = config.get("scale", 1.0)
        if isinstance(scale, bool) or not isinstance(scale, int | float) or scale <= 0:
            raise InvalidConfigException("SentenceEncoderFeaturizer: `scale` must be above zero")

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Other weights mean other features: train again."""
        return WEIGHTS.sha256

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the features, in place."""
        said = [message for message in messages if message.get(TEXT)]
        texts = [self._normalised(message.get(TEXT)) for message in said]
        vectors = encoder().encode(texts) * np.float32(self._config["scale"])
        for message, vector in zip(said, vectors, strict=True):
            row = vector.reshape(1, -1)
            # No features per token: the linear classifier reads the sentence alone.
            self.add_features_to_message(None, row, TEXT, message)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """The same, for every training example."""
        self.process(training_data.training_examples)
        return training_data

    def _normalised(self, text: str) -> str:
        return text.lower() if self._config["lower"] else text
