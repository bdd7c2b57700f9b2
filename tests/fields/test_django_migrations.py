"""A host's migrations: written once, stable ever after. In a process of its own, where the host's app is installed."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

MODELS = """
from django.db import models
from entractes_auth.fields.django.models import FinessField, ProfessionalField, RppsField

class Nurse(models.Model):
    rpps = RppsField(unique=True)
    finess = FinessField("N° FINESS", null=True, blank=True)
    professional = ProfessionalField(blank=True)
"""
PROGRAM = """
import django
from django.conf import settings
from django.core.management import call_command

settings.configure(
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=["clinic"],
)
django.setup()
call_command("makemigrations", "clinic", verbosity=0)
call_command("makemigrations", "clinic", check=True, dry_run=True)    # exits with 1 if there is anything new
call_command("migrate", verbosity=0)

from clinic.models import Nurse

Nurse.objects.create(rpps="99 700 218 896")
print(repr(Nurse.objects.get().rpps))
"""


def test_a_migration_is_written_once_and_runs(tmp_path: Path) -> None:
    """A field that did not deconstruct to itself would ask for a new migration at every run."""
    app = tmp_path / "clinic"
    app.mkdir()
    app.joinpath("__init__.py").touch()
    app.joinpath("models.py").write_text(textwrap.dedent(MODELS), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["No changes detected in app 'clinic'", "Rpps('99•••••••96')"]
    [written] = app.glob("migrations/0001_*.py")
    script = written.read_text(encoding="utf-8")
    assert "import entractes_auth.fields.django.models" in script
    assert "entractes_auth.fields.django.models.RppsField(max_length=11, unique=True)" in script
    assert "Numéro RPPS" not in script
