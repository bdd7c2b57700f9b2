"""Hypothesis strategies for what a French health platform is given: numbers, people, pages, documents, records.

    from hypothesis import given
    from entractes_auth.testing import strategies as fr

    @given(fr.as_typed(fr.rpps_numbers()))
    def test_my_form_reads_an_rpps_as_people_type_it(rpps):
        assert my_form(rpps.typed).number == rpps.value

    @given(fr.almost_rpps_numbers())
    def test_my_form_refuses_what_is_no_rpps(typed):
        assert my_form(typed).errors

What the strategies promise is worked out apart from the library, so that they find it wrong where it is.
Each shrinks to a readable example and is the same at each run of the same seed. Needs Hypothesis (extra
`testing`); `entractes_auth.testing` itself does not.
"""

from __future__ import annotations

from entractes_auth.testing.strategies.address import Address, addresses
from entractes_auth.testing.strategies.almost import (
    almost_adeli_numbers,
    almost_finess_numbers,
    almost_idnat_ps_numbers,
    almost_idnat_struct_numbers,
    almost_professional_numbers,
    almost_rpps_numbers,
    almost_siren_numbers,
    almost_siret_numbers,
    almost_structure_numbers,
)
from entractes_auth.testing.strategies.document import (
    HostileUpload,
    Upload,
    documents,
    hostile_documents,
    oversized_documents,
)
from entractes_auth.testing.strategies.email import emails, refused_emails, typed_emails
from entractes_auth.testing.strategies.name import first_names, last_names, refused_names
from entractes_auth.testing.strategies.number import (
    adeli_numbers,
    finess_numbers,
    idnat_ps_numbers,
    idnat_struct_numbers,
    professional_numbers,
    rpps_numbers,
    siren_numbers,
    siret_numbers,
    structure_numbers,
)
from entractes_auth.testing.strategies.page import (
    care_pages,
    contacts_pages,
    identity_pages,
    pages,
    practice_pages,
)
from entractes_auth.testing.strategies.phone import (
    Phone,
    landlines,
    mobiles,
    refused_contact_phones,
    refused_mobiles,
)
from entractes_auth.testing.strategies.refused_page import RefusedPage, refused_pages
from entractes_auth.testing.strategies.registration import accounts, applicants, members, registrations
from entractes_auth.testing.strategies.typed import Typed, as_typed

__all__ = [
    "Address",
    "HostileUpload",
    "Phone",
    "RefusedPage",
    "Typed",
    "Upload",
    "accounts",
    "addresses",
    "adeli_numbers",
    "almost_adeli_numbers",
    "almost_finess_numbers",
    "almost_idnat_ps_numbers",
    "almost_idnat_struct_numbers",
    "almost_professional_numbers",
    "almost_rpps_numbers",
    "almost_siren_numbers",
    "almost_siret_numbers",
    "almost_structure_numbers",
    "applicants",
    "as_typed",
    "care_pages",
    "contacts_pages",
    "documents",
    "emails",
    "finess_numbers",
    "first_names",
    "hostile_documents",
    "identity_pages",
    "idnat_ps_numbers",
    "idnat_struct_numbers",
    "landlines",
    "last_names",
    "members",
    "mobiles",
    "oversized_documents",
    "pages",
    "practice_pages",
    "professional_numbers",
    "refused_contact_phones",
    "refused_emails",
    "refused_mobiles",
    "refused_names",
    "refused_pages",
    "registrations",
    "rpps_numbers",
    "siren_numbers",
    "siret_numbers",
    "structure_numbers",
    "typed_emails",
]
