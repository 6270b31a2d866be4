"""``python -m portal_linkage``: the same as the command ``portal-linkage``."""

import sys

from .cli import main

if __name__ == "__main__":
    sys.exit(main())
