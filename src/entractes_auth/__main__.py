"""`python -m entractes_auth`: the command `entractes-auth`, where scripts are not on the PATH."""

from __future__ import annotations

import sys

from entractes_auth.cli import main

if __name__ == "__main__":
    sys.exit(main())
