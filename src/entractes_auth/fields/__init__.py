"""The numbers as fields of the frameworks: one module for each, and each over the same `parse`.

    entractes_auth.fields.pydantic        ProfessionalNumber, StructureNumber, explain_refusal
    entractes_auth.fields.django.models   RppsField, ... for models (extra `django`)
    entractes_auth.fields.django.forms    RppsField, ... for forms
    entractes_auth.fields.sqlalchemy      RppsType, ... and NUMBER_TYPES (extra `sqlalchemy`)
    entractes_auth.fields.wtforms         RppsNumber, ... (extra `wtforms`)

Each module imports its framework in its first lines: importing one without the framework is Python's
own ImportError, and nothing else in the package imports any of them. For pydantic the classes of
`entractes_auth.numbers` are field types by themselves.

All of them accept what people type, hand over the class of the number (`Rpps`, ...), and write the
normalised value. What is typed is always checked; what is *read back* from a database is never
refused: a stored text that is no valid number comes as `Unreadable`, so that one row written by
somebody else, or under another rule, does not take a whole page of rows down.
"""

from __future__ import annotations

from entractes_auth.fields._unreadable import Unreadable

__all__ = ["Unreadable"]
