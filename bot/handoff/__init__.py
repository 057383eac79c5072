"""Hard cases: the request for a person, the queue, the promise, and who has the case."""
