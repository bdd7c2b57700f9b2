"""The closed lists of the pages have the keys that the records have."""

from __future__ import annotations

from entractes_auth.numbers.kinds import CARE_TYPES, KINDS
from entractes_auth.records.kinds import Kind
from entractes_auth.steps import Care


def test_the_audiences_are_those_of_the_records_in_their_order() -> None:
    assert [one.key for one in KINDS] == [kind.value for kind in Kind]
    assert [one.label_fr for one in KINDS] == [
        "Professionnel de santé",
        "Établissement de santé",
        "Acteur médicosocial",
    ]


def test_the_types_of_care_are_the_fields_of_the_page() -> None:
    assert [one.key for one in CARE_TYPES] == list(Care.model_fields)
    assert [(one.label_fr, one.label_en) for one in CARE_TYPES] == [
        ("Visite", "Visit"),
        ("Consultation", "Consultation"),
    ]


def test_each_entry_has_a_label_of_its_own_in_both_languages() -> None:
    for choices in (KINDS, CARE_TYPES):
        assert (
            len({one.label_fr for one in choices}) == len({one.label_en for one in choices}) == len(choices)
        )
        assert all(one.label_fr and one.label_en for one in choices)
