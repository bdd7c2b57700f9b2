"""`python -m entractes_auth.cli`: the same as `python -m entractes_auth`."""

from __future__ import annotations

import sys

from entractes_auth.cli import main

if __name__ == "__main__":
    sys.exit(main())
