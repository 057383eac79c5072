"""What a message says, before anyone asks what it means: its language and its vector.

One encoding per message serves the assistant and the knowledge index alike.
"""
