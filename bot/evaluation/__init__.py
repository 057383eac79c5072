"""Quality measured by the product itself: ask, eval, bench."""
