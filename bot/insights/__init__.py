"""What the log says of the service: measures with definitions, the live board, history, export.

Reads ids, codes and times only; no text of a patient is ever opened here.
"""
