"""`python -m plexichat.cli`."""

from plexichat.cli import main

main()
