"""Our own parts of Rasa's NLU graph, named in `config.yml`."""

from bot.assistant.components.sentence_encoder import SentenceEncoderFeaturizer

__all__ = ["SentenceEncoderFeaturizer"]
