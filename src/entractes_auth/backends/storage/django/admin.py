"""Django's admin over the store: to look at, masked. What changes anything is a flow, and is audited.

Nobody adds, changes or deletes here. Identifiers, names, phones and addresses are masked; nonces, seeds,
hashes and the answers of the wizard are in no page, and challenges have no page at all.

A page that hides a column must not be asked about it either: `?email__startswith=a` would read it
letter by letter, and so would sorting. So the query string filters by what is offered, and by
nothing else. Searching is by whole ids and professional numbers, which are public; not by
addresses, since what is searched for stands in the URL, and URLs in logs.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from typing_extensions import override

from entractes_auth.backends.storage.django.models import Account, Event, Message, Registration
from entractes_auth.contacts import mask_address, mask_email, mask_phone
from entractes_auth.records.event import What
from entractes_auth.records.kinds import AccountState, Channel, Kind, MessageState, State

if TYPE_CHECKING:
    # Only the stubs know Django's classes as generic ones.
    _ModelAdmin = admin.ModelAdmin[Any]
else:
    _ModelAdmin = admin.ModelAdmin

__all__ = ["AccountAdmin", "EventAdmin", "MessageAdmin", "RegistrationAdmin"]

_SEARCH_HELP = "A whole id, or a whole RPPS, ADELI, FINESS, SIREN or SIRET number, without spaces"


def _number(number: str | None) -> str:
    return "" if number is None else f"{number[:2]}{'•' * (len(number) - 4)}{number[-2:]}"


class _OneOf(admin.SimpleListFilter):
    """One column with few values, which are known: no query is needed to list them."""

    values: ClassVar[type[StrEnum]]

    @override
    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return [(each.value, each.value.replace("_", " ")) for each in self.values]

    @override
    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        return queryset if value is None else queryset.filter(**{str(self.parameter_name): value})


def _filter(column: str, values: type[StrEnum]) -> type[_OneOf]:
    named = {"title": column, "parameter_name": column, "values": values, "__module__": __name__}
    return type(f"{column.title()}Filter", (_OneOf,), named)


class _LookOnly(_ModelAdmin):
    """A page for looking; `fields` are all that it shows, `filters` all that its list is filtered by."""

    filters: ClassVar[tuple[type[_OneOf], ...]]
    actions = None
    show_full_result_count = False  # a count of all rows reads all rows

    @override
    def get_list_filter(self, request: HttpRequest) -> Any:
        return self.filters

    @override
    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields or ()

    @override
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @override
    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @override
    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @override
    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        return lookup in [each.parameter_name for each in self.filters]


@admin.register(Registration)
class RegistrationAdmin(_LookOnly):
    """Where registrations stand. What people wrote is for the reviewers' pages."""

    list_display = ("id", "state", "kind", "number", "position", "reviewer_id")
    fields = (
        *("id", "state", "kind", "locale", "number", "structure", "mobile", "email"),
        *("created_at", "updated_at", "submitted_at", "expires_at", "proven_at", "consent_at"),
        *("reviewer_id", "claim_until", "account_id"),
    )
    filters = (_filter("state", State), _filter("kind", Kind))
    ordering = ("state", "position", "id")  # an index has this order, and none has another
    search_fields = ("id__exact", "professional_number__exact", "structure_number__exact")
    search_help_text = _SEARCH_HELP

    @admin.display(description="professional number")
    def number(self, row: Registration) -> str:
        """Its first and last two digits."""
        return _number(row.professional_number)

    @admin.display(description="structure number")
    def structure(self, row: Registration) -> str:
        """Its first and last two digits."""
        return _number(row.structure_number)

    @admin.display(description="mobile")
    def mobile(self, row: Registration) -> str:
        """Masked, once it is proven."""
        return mask_phone(row.proven_mobile) if row.proven_mobile else ""

    @admin.display(description="e-mail")
    def email(self, row: Registration) -> str:
        """Masked."""
        return mask_email(row.email_key) if row.email_key else ""


@admin.register(Account)
class AccountAdmin(_LookOnly):
    """Accounts, without what signs in to them."""

    list_display = ("id", "state", "kind", "masked_identifier", "number", "created_at")
    fields = (
        *("id", "state", "kind", "locale", "masked_identifier", "initials", "number", "structure"),
        *("masked_mobile", "masked_email", "registration_id"),
        *("created_at", "updated_at", "credential_changed_at"),
    )
    filters = (_filter("state", AccountState), _filter("kind", Kind))
    ordering = ("id",)
    search_fields = (
        *("id__exact", "registration_id__exact"),
        *("professional_number__exact", "structure_number__exact"),
    )
    search_help_text = _SEARCH_HELP

    @admin.display(description="identifier")
    def masked_identifier(self, row: Account) -> str:
        """Its last digit: half of a sign-in is not for a list."""
        return f"{'•' * (len(row.identifier) - 1)}{row.identifier[-1:]}"

    @admin.display(description="initials")
    def initials(self, row: Account) -> str:
        """Of the first and the last name."""
        return f"{row.first_name[:1]}. {row.last_name[:1]}."

    @admin.display(description="professional number")
    def number(self, row: Account) -> str:
        """Its first and last two digits."""
        return _number(row.professional_number)

    @admin.display(description="structure number")
    def structure(self, row: Account) -> str:
        """Its first and last two digits."""
        return _number(row.structure_number)

    @admin.display(description="mobile")
    def masked_mobile(self, row: Account) -> str:
        """Masked."""
        return mask_phone(row.mobile)

    @admin.display(description="e-mail")
    def masked_email(self, row: Account) -> str:
        """Masked."""
        return mask_email(row.email)


@admin.register(Message)
class MessageAdmin(_LookOnly):
    """The outbox: dead letters are seen here. Neither what a message says nor what it is derived from is."""

    list_display = ("id", "template", "state", "masked_address", "tries", "created_at", "deadline")
    fields = (
        *("id", "template", "channel", "masked_address", "locale", "state", "reason", "tries"),
        *("created_at", "next_try_at", "leased_until", "deadline"),
    )
    filters = (_filter("state", MessageState), _filter("channel", Channel))
    ordering = ("-created_at", "-id")
    search_fields = ("id__exact",)
    search_help_text = "A whole id"

    @admin.display(description="address")
    def masked_address(self, row: Message) -> str:
        """Masked."""
        return mask_address(Channel(row.channel), row.address)


@admin.register(Event)
class EventAdmin(_LookOnly):
    """The audit trail, which holds names of reasons and steps and nothing personal."""

    list_display = ("at", "what", "subject_id", "actor", "actor_id", "details")
    fields = ("id", "at", "what", "subject_id", "actor", "actor_id", "details")
    filters = (_filter("what", What),)
    ordering = ("-at", "-id")
    search_fields = ("id__exact", "subject_id__exact")
    search_help_text = "The whole id of an event, a registration or an account"
