"""Take and give: the base as files, a clinic's own answers as drafts, everything as a book."""
