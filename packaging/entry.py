"""Where the executable begins: the command line, or the child in which pictures are developed.

The server starts that child as it would start a Python, so the executable takes as much of
Python's own command line as that needs.
"""

import sys

from plexichat.cli import main
from plexichat.core import darkroom
from plexichat.core.imaging import DARKROOM

if __name__ == "__main__":
    if sys.argv[1:4] == ["-P", "-m", DARKROOM]:
        darkroom.main(*sys.argv[4:])
    else:
        main()
