"""A week of a clinic's queue on a virtual clock, with the real service code."""
