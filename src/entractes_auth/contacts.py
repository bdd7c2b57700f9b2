"""Phone numbers and e-mail addresses: read once, compared by a key, shown masked.

Codes and links go to what these functions return, so that each refuses what would send a person's
code to somebody else: a number that could be two different numbers, an address that only looks like
another. Nothing here asks a network: that a number rings or that a mailbox exists is proved by the
confirmation, not guessed.

Sources: phonenumbers (Google's libphonenumber metadata); ARCEP, plan national de numérotation, for
the overseas blocks; RFC 5321 and 6531 through email-validator.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Final

from entractes_auth.errors import InvalidInput, Problem
from entractes_auth.records.kinds import Channel
from entractes_auth.typed_text import short_text

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

__all__ = [
    "FRENCH_REGIONS",
    "email_key",
    "mask_address",
    "mask_email",
    "mask_phone",
    "number_prefix",
    "parse_email",
    "parse_mobile",
    "parse_phone",
]

FRENCH_REGIONS: Final = frozenset({"FR", "GP", "BL", "MF", "MQ", "GF", "RE", "YT", "PM", "WF", "PF", "NC"})
"""Where a number of the French Republic may be (ISO 3166). Monaco has its own code, +377."""

# The ten-digit plan. Overseas first: the metadata of FR claims blocks that are overseas landlines, such
# as Martinique's 0596.
_TEN_DIGIT_REGIONS = ("GP", "RE", "GF", "MQ", "YT", "FR")
# Plans of six or eight digits. The same six are up to three persons' numbers, and an 06 with three
# digits missing is a mobile in Saint-Pierre: never guessed, or a code goes to a stranger.
_SHORT_PLAN_REGIONS = ("PM", "WF", "PF", "NC")

_PHONE_LONGEST = 40  # typed, separators included; E.164 has 15 digits
_PHONE_CHARACTERS = frozenset("0123456789 .-/()\u00a0\u202f\u2010\u2011")
_OVERSEAS_CODES = ("+262", "+508", "+590", "+594", "+596", "+681", "+687", "+689")

_EMAIL_LONGEST = 254  # RFC 5321, section 4.5.3.1.3, less the angle brackets


def parse_mobile(text: object, *, regions: Collection[str], field: str = "contacts.mobile") -> str:
    """The mobile that `text` is, in E.164 ("+33612345678").

    Typed nationally or internationally; `regions` (ISO 3166) says whose mobiles may receive codes:
    premium numbers and far countries are how SMS are pumped for money.
    Raises `InvalidInput`: missing, not_text, too_long, bad_character, not_a_phone,
    country_code_needed, region_not_accepted, not_a_mobile.
    """
    from phonenumbers import PhoneNumberType, number_type

    number = _read_number(text, field, regions)
    if number_type(number) not in (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE):
        raise InvalidInput(Problem(field, "not_a_mobile"))
    return _e164(number)


def parse_phone(text: object, *, regions: Collection[str], field: str = "contacts.contact_phone") -> str:
    """The number that patients call, in E.164: a landline, a mobile, or an 08 or 09 that costs no more.

    Raises `InvalidInput` as `parse_mobile` does, with premium_not_accepted in place of not_a_mobile.
    """
    from phonenumbers import PhoneNumberType as Type
    from phonenumbers import number_type

    number = _read_number(text, field, regions)
    lines = (Type.FIXED_LINE, Type.MOBILE, Type.FIXED_LINE_OR_MOBILE)
    if number_type(number) not in (*lines, Type.VOIP, Type.TOLL_FREE, Type.UAN):
        raise InvalidInput(Problem(field, "premium_not_accepted"))
    return _e164(number)


def parse_email(text: object, field: str = "contacts.email") -> str:
    """The address that `text` is, in ASCII: the name as typed, the domain in lower case and punycode.

    A name with accents (RFC 6531) is refused as `email_not_ascii`: too many mail servers cannot
    deliver to it. Quoted names, bare IP addresses and the reserved domains of RFC 6761 (.test,
    .local, localhost, ...) are refused; example.org and its like are accepted.
    Raises `InvalidInput`: missing, not_text, too_long, bad_character, not_an_email, email_not_ascii.
    """
    from email_validator import EmailNotValidError, validate_email

    typed = short_text(text, field, maximum=_EMAIL_LONGEST)
    for position, symbol in enumerate(typed, 1):
        if not symbol.isprintable() or symbol == " ":
            # A line end in an address is a second header in a mail.
            raise InvalidInput(Problem(field, "bad_character", {"position": position}))
    try:
        # `strict`: the lengths of RFC 5321, which mail servers hold to.
        address = validate_email(typed, check_deliverability=False, strict=True)
    except EmailNotValidError:
        refused = "not_an_email"
    else:
        # Of what was typed: composed by the library, the Kelvin sign is an ordinary K.
        if address.ascii_email is not None and typed.rpartition("@")[0].isascii():
            return address.ascii_email
        refused = "email_not_ascii"
    # Raised out of the handler: the library's text quotes what was typed.
    raise InvalidInput(Problem(field, refused))


def email_key(email: str) -> str:
    """What two spellings of one address have in common; for unique keys, look-ups and budgets.

    For an address that `parse_email` returned. Dots and +suffixes stay: whether they matter is the
    mail provider's business. Case goes, which a server may in theory tell apart, and so a message
    must be sent to the *stored* address, never to the one that was typed to find it.
    Raises `InvalidInput` for a text that is not ASCII and that `parse_email` refuses: folding any
    other letter would let an address that only looks like somebody's find that somebody's account.
    """
    return (email if email.isascii() else parse_email(email)).lower()


def mask_phone(phone: str) -> str:
    """An E.164 number for pages and messages: "06 •• •• •• 78", or "+262 … 56" outside +33."""
    if phone.startswith("+33") and len(phone) == 12:
        return f"0{phone[3]} •• •• •• {phone[-2:]}"
    if len(phone) < 8:  # no E.164 number; two of its characters could be half of what there is
        return "…"
    code = next((code for code in _OVERSEAS_CODES if phone.startswith(code)), "+")
    return f"{code} … {phone[-2:]}"


def mask_email(email: str) -> str:
    """An address for pages and messages: "m•••@example.fr", as long for a short name as for a long one."""
    name, at, domain = email.rpartition("@")
    return f"{name[:1]}•••@{domain}" if at else "•••"


def number_prefix(phone: str) -> str:
    """An E.164 number without its last four digits: pumped SMS go to rented blocks of neighbours."""
    return phone[:-4]


def _read_number(text: object, field: str, regions: Collection[str]) -> PhoneNumber:
    from phonenumbers import is_valid_number_for_region

    typed = short_text(text, field, maximum=_PHONE_LONGEST)
    _check_characters(typed, field)
    typed = typed.replace(
        "\u202f", " "
    )  # French typesetting's thin space, which `phonenumbers` does not read
    number = _first_valid(typed, _dialled_from(typed))
    if number is None:
        foreign_plan = not typed.startswith(("0", "+")) and _first_valid(typed, _SHORT_PLAN_REGIONS)
        raise InvalidInput(Problem(field, "country_code_needed" if foreign_plan else "not_a_phone"))
    # Asked of each region, not of the number: +590 is shared by GP, BL and MF.
    if not any(is_valid_number_for_region(number, region) for region in regions):
        raise InvalidInput(Problem(field, "region_not_accepted"))
    return number


def _check_characters(typed: str, field: str) -> None:
    """Digits 0 to 9 and separators: no letters (extensions), no other script's digits, no control."""
    for position, symbol in enumerate(typed, 1):
        in_front = not typed[: position - 1].strip("( ")
        if symbol not in _PHONE_CHARACTERS and not (symbol == "+" and in_front):
            raise InvalidInput(Problem(field, "bad_character", {"position": position}))


def _dialled_from(typed: str) -> Collection[str]:
    """08 and 09 are one series for the whole ten-digit plan, which the metadata gives to each region."""
    digits = "".join(symbol for symbol in typed if symbol.isdigit()).lstrip("0")
    return ("FR",) if digits.startswith(("8", "9")) else _TEN_DIGIT_REGIONS


def _first_valid(typed: str, regions: Collection[str]) -> PhoneNumber | None:
    """What `typed` reaches, dialled from the first of the regions where it is a valid number."""
    from phonenumbers import NumberParseException, is_valid_number, parse

    for region in regions:
        try:
            number = parse(typed, region)
        except NumberParseException:
            continue
        if is_valid_number(number):
            return number
    return None


def _e164(number: PhoneNumber) -> str:
    from phonenumbers import PhoneNumberFormat, format_number

    return format_number(number, PhoneNumberFormat.E164)


def mask_address(channel: Channel, address: str) -> str:
    """A phone or an e-mail address, masked as its kind is."""
    match channel:
        case Channel.SMS:
            return mask_phone(address)
        case Channel.EMAIL:
            return mask_email(address)
