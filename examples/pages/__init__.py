"""The pages that every example site shares: templates, one style sheet, and all texts in French and English.

`templates/` is plain Jinja: a site gives each template its values and a few functions, named in
`base.html`. `static/` holds the style sheet and the icon. `strings` holds the texts.
"""

from __future__ import annotations

from pathlib import Path

__all__ = ["STATIC", "TEMPLATES"]

STATIC = Path(__file__).parent / "static"
TEMPLATES = Path(__file__).parent / "templates"
