"""multilingual-e5-small, made ready for Spanish.

Nobody packs it as a graph that our runtime reads. One package carries the weights in a format of
its own, another the tokenizer for all languages; `careline train` builds of both what
`bot/language/spanish.py` runs: a graph with 8-bit arithmetic and the Latin part of the vocabulary.
"""
