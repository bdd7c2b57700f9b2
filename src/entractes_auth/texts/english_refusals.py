"""Refusals in English: what to show for each problem of a field and for each error, and how to mend it."""

from __future__ import annotations

from typing import Final

from entractes_auth import errors
from entractes_auth.texts.wording import Wording

__all__ = ["ENGLISH_REFUSALS"]

_PAGES: Final = {
    "identity": "Identity and practice address",
    "practice": "Type of practice",
    "care": "Type of care",
    "contacts": "Contacts",
}

_LABELS: Final = {
    "identity.last_name": "Last name",
    "identity.first_name": "First name",
    "identity.organisation": "Establishment or structure",
    "identity.street": "Address",
    "identity.postcode": "Postcode",
    "identity.city": "City",
    "practice.profession": "Profession",
    "practice.networks": "Networks",
    "practice.professional_number": "RPPS (ADELI) number",
    "practice.structure_number": "FINESS/SIRET number",
    "care.visit": "Visits",
    "care.consultation": "Consultations",
    "contacts.mobile": "Mobile phone",
    "contacts.contact_phone": "Contact phone",
    "contacts.email": "E-mail",
    "contacts.newsletter": "Newsletter",
    "document": "Supporting document",
    "documents": "Supporting document",
    "identifier": "Identifier",
    "password": "Password",
    "code": "Verification code",
    "email": "E-mail",
    "question": "Question",
    "reason": "Reason",
    "note": "Note",
    "text": "Text",
    "steps": "Pages to look at again",
    "limit": "Number of lines",
    **_PAGES,
}

_TYPED: Final = {
    "missing": ("Fill in the field “{label}”.",),
    **{f"{page}:missing": ("Fill in the page “{label}”.",) for page in _PAGES},
    "to_redo": ("Our team asks you to look at the page “{label}” again.",),
    "not_text": ("The field “{label}” must be a text: type it again.",),
    "too_long": (
        "The field “{label}” is too long: {maximum} characters at most.",
        "The field “{label}” is too long: shorten it.",
    ),
    "too_short": (
        "The field “{label}” is too short: {minimum} characters at least.",
        "The field “{label}” is too short: complete it.",
    ),
    "too_small": (
        "The value of the field “{label}” is too small: {minimum} at least.",
        "The value of the field “{label}” is too small.",
    ),
    "out_of_range": (
        "The value of the field “{label}” must be between {minimum} and {maximum}.",
        "The value of the field “{label}” is out of range.",
    ),
    "bad_character": (
        "Character {position} of the field “{label}” is not accepted: delete it.",
        "The field “{label}” holds a character that is not accepted: delete it.",
    ),
    "no_letter": ("The field “{label}” holds no letter: spell it out.",),
    "unknown_field": ("The form holds an unknown field: reload the page and try again.",),
    "not_an_object": ("The form cannot be read: reload the page and try again.",),
    "not_a_list": ("Choose at least one answer for “{label}”.",),
    "not_a_choice": ("Tick “{label}” or leave it unticked.",),
    "digits_only": (
        "Type the {digits} digits of the code, without letters.",
        "The field “{label}” holds digits only: delete the rest.",
    ),
    "wrong_length": (
        "The code has {digits} digits: check what you typed.",
        "The field “{label}” has another number of digits: check what you typed.",
    ),
    "not_a_postcode": ("A postcode has five digits, for instance 75011.",),
    "bad_cursor": ("This page of the list no longer exists: go back to the start of the list.",),
}

_CONTACTS: Final = {
    "not_a_phone": ("This is not a phone number: type its ten digits, for instance 06 12 34 56 78.",),
    "not_a_mobile": (
        "This is not a mobile number: codes are sent by SMS, so give a number that starts with 06 or 07.",
    ),
    "country_code_needed": (
        "This number exists in several territories: type it with its country code, for instance +687.",
    ),
    "region_not_accepted": ("Numbers of this country are not accepted: give a French number.",),
    "premium_not_accepted": (
        "Premium and special numbers are not accepted: give a landline or a mobile number.",
    ),
    "not_an_email": ("This is not an e-mail address: check it, it looks like first.last@example.org.",),
    "email_not_ascii": ("E-mail addresses with accents are not accepted: give one without accents.",),
}

_ONE_CARE: Final = "Choose at least one type of care: visits, consultations, or both."

_PRACTICE: Final = {
    "one_number_needed": ("Give an RPPS (ADELI) number, a FINESS/SIRET number, or both.",),
    "unknown_profession": ("Choose your profession in the list.",),
    "profession_not_offered": ("This profession is not offered here: choose one in the list.",),
    "not_offered": ("This choice is not offered here: choose one in the list.",),
    "unknown_network": ("Choose your networks in the list.",),
    "none_with_another": ("You ticked a network, and also that you are in none: untick one of the two.",),
    "adeli_not_accepted": (
        "The ADELI register is closed: give your RPPS number, of 11 digits. "
        "Your professional order or your ARS can tell you what it is.",
    ),
    "test_number_not_accepted": ("This number is kept for tests: give your own number.",),
    "test_number": ("This number is kept for tests: give your own number.",),
    "one_choice_needed": ("Make at least one choice for “{label}”.",),
    "care.visit:one_choice_needed": (_ONE_CARE,),
    "one_care_needed": (_ONE_CARE,),
}

_DOCUMENTS: Final = {
    "document_missing": (
        "Attach a document that shows your right to practise, for instance a photo of your CPS card "
        "or a certificate from your ARS.",
    ),
    "empty": ("This file is empty: choose another.",),
    "too_large": (
        "This file is too large: {megabytes} at most. A photo of the document will do.",
        "This file is too large: a photo of the document will do.",
    ),
    "not_accepted": ("This file is not accepted: send a PDF or a photo (JPEG, PNG or HEIC).",),
    "ambiguous": (
        "This file hides another one, of another type: "
        "take a photo of the document, or save it as a PDF again.",
    ),
    "too_many": (
        "That is too many: {maximum} at most. Remove one before you add another.",
        "That is too many: remove one before you add another.",
    ),
}

_MISCONFIGURED: Final = "The service is not set up correctly and cannot answer. Write to the support team."

_ERRORS: Final[dict[type[errors.AuthError], str]] = {
    errors.AuthError: "Something went wrong. Reload the page and try again.",
    errors.InvalidInput: "A field is not filled in correctly: check what you typed.",
    errors.DocumentRefused: "This file is not accepted: send a PDF or a photo (JPEG, PNG or HEIC).",
    errors.NumberRefused: "This number is not valid: check it on your card.",
    errors.LinkRefused: (
        "The link is incomplete, has expired or was already used. Open it again from the newest message, "
        "or ask for a new one."
    ),
    errors.CodeRefused: (
        "This code is not valid. Check that it is the one in the newest message, or ask for a new one."
    ),
    errors.SignInRefused: (
        "The identifier or the password is not right. Check them, or choose “Forgotten password”."
    ),
    errors.CaptchaRefused: "The robot check was not passed: do it again.",
    errors.Limited: "There were too many tries. Try again later.",
    errors.NotPossibleNow: "This step is not possible now. Reload the page to see where you are.",
    errors.NotFound: "This page does not exist, or you have no access to it. Check its address.",
    errors.StoreError: "Nothing was saved. Try again in a moment.",
    errors.Conflict: "Somebody has just changed this, and nothing was saved. Reload the page and try again.",
    errors.Taken: "Nothing was saved. Reload the page and try again.",
    errors.AlreadyRedeemed: "This code or link was already used. Ask for a new one.",
    errors.StoreUnavailable: (
        "The service is not available right now, and nothing was saved. Try again in a few minutes."
    ),
    errors.DeliveryFailed: "The message could not be sent. Try again in a few minutes.",
    errors.ConfigurationError: _MISCONFIGURED,
    errors.PolicyError: _MISCONFIGURED,
    errors.KeyMissing: _MISCONFIGURED,
}

ENGLISH_REFUSALS: Final = Wording(
    labels=_LABELS,
    problems={**_TYPED, **_CONTACTS, **_PRACTICE, **_DOCUMENTS},
    unknown_problem="Check the field “{label}”.",
    number="This number is not valid: check it on your card.",
    errors=_ERRORS,
    limited="There were too many tries. Try again {when}.",
    now="now",
    within="in {amount} {unit}",
    units={"minute": ("minute", "minutes"), "hour": ("hour", "hours"), "day": ("day", "days")},
    at="on {date} at {time} ({zone})",
    date="%Y-%m-%d",
    megabytes="{amount} MB",
    decimal_mark=".",
    typeset=str,  # as it is written
)
