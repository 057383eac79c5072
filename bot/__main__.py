"""`python -m bot` is `careline`."""

from bot.cli import main

main()
