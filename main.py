"""Starts Lumbre."""

import sys

from app.application import main

if __name__ == "__main__":
    sys.exit(main())
