"""The yardstick of `careline bench`: an ordinary Rasa server of the same version.

Rasa's default pipeline and policies, a SQL tracker store, and an action server. The training
examples are the first ones of each of Careline's intents, so that training takes minutes.
"""
