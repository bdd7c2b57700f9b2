"""French typography: the one rule for every French text, stated here and nowhere else.

A sign must not stand alone at the start of a line. So the space before `: ; ! ?`, inside « », after "n°"
and before "ko" and "Mo" is the no-break space, U+00A0. Printers set a narrower one (U+202F) before `; ! ?`:
it is not used, since older fonts and mail programs show a box for it, and U+00A0 is in all of them.

The tables of sentences are written with ordinary spaces, and pass through `french` before they are filled
in: what people typed stays as they typed it. Two kinds of text keep ordinary spaces: SMS, whose alphabet
(`gsm7`) has no other, and the lines of the command line, which are searched and piped.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["NO_BREAK", "french"]

NO_BREAK: Final = "\u00a0"

_BEFORE: Final = re.compile(r" (?=[:;!?»]|[KMkm]o\b)")
_AFTER: Final = re.compile(r"(?<=[«°]) ")


def french(template: str) -> str:
    """The template as it is read; what is typeset already stays as it is."""
    return _AFTER.sub(NO_BREAK, _BEFORE.sub(NO_BREAK, template))
