"""A host's models, for the tests of the Django fields."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from entractes_auth.fields.django.models import FinessField, IdNatStructField, ProfessionalField, RppsField
from tests.django_settings import configure

__all__ = ["Nurse", "Practice"]

configure()


class Nurse(models.Model):
    """One number that must be there, and one that need not."""

    rpps = RppsField(unique=True)
    finess = FinessField(null=True, blank=True)
    name: models.CharField[str, str] = models.CharField(max_length=40, blank=True)

    objects: ClassVar[models.Manager[Nurse]] = models.Manager()

    class Meta:
        app_label = "fields_tests"


class Practice(models.Model):
    """Columns that hold more than one kind of number."""

    professional = ProfessionalField()
    structure = IdNatStructField(blank=True)

    objects: ClassVar[models.Manager[Practice]] = models.Manager()

    class Meta:
        app_label = "fields_tests"
