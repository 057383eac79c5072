"""The assistant's verbs, one a file: thin adapters between Rasa and the knowledge."""
