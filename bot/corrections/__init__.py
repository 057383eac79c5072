"""Who read an answer, and putting it right with them when it was wrong."""
