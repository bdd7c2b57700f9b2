"""Pages with one thing wrong in them, and the field that the refusal must name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from entractes_auth.records.kinds import Step
from entractes_auth.testing.strategies.almost import almost_professional_numbers, almost_structure_numbers
from entractes_auth.testing.strategies.email import refused_emails
from entractes_auth.testing.strategies.name import refused_names
from entractes_auth.testing.strategies.page import Page, pages
from entractes_auth.testing.strategies.phone import refused_contact_phones, refused_mobiles

__all__ = ["RefusedPage", "refused_pages"]


@dataclass(frozen=True, slots=True)
class RefusedPage:
    """What was typed on a page; `field` is the only one to mend ("identity.city"), or the page's own name."""

    step: Step
    data: Page
    field: str


def refused_pages(*steps: Step) -> SearchStrategy[RefusedPage]:
    """Pages of these steps (of all when none is named) that `parse_step` must refuse for one field."""
    return st.one_of([_of_step(step) for step in steps or tuple(Step)])


@cache
def _of_step(step: Step) -> SearchStrategy[RefusedPage]:
    good = pages(step)
    broken = [
        st.builds(
            RefusedPage, st.just(step), st.builds(_put, good, st.just(name), wrong), st.just(f"{step}.{name}")
        )
        for name, wrong in _wrong_values()[step].items()
    ]
    strange = st.builds(_put, good, st.sampled_from(("is_admin", "id", "", "state")), st.just("1"))
    return st.one_of(
        *broken,
        *_of_fields_together(step, good),
        st.builds(RefusedPage, st.just(step), strange, st.just(step.value)),
    )


def _of_fields_together(step: Step, good: SearchStrategy[Page]) -> list[SearchStrategy[RefusedPage]]:
    """What is wrong between two fields is named at the first of them."""
    nothing: dict[Step, tuple[str, Page]] = {
        Step.PRACTICE: ("professional_number", {"professional_number": "", "structure_number": None}),
        Step.CARE: ("visit", {"visit": False, "consultation": "off"}),
    }
    if step not in nothing:
        return []
    name, empty = nothing[step]
    data = good.map(lambda page: {**page, **empty})
    return [st.builds(RefusedPage, st.just(step), data, st.just(f"{step}.{name}"))]


def _put(page: Page, name: str, value: object) -> Page:
    return {**page, name: value}


_NO_TEXT: Final = (None, 12, 1.5, True, ["Zoé"], {"a": 1}, b"Zoe")


def _wrong_values() -> Mapping[Step, Mapping[str, SearchStrategy[object]]]:
    """What each field must refuse, whatever the others hold."""
    no_text = st.sampled_from(_NO_TEXT)
    needed = refused_names() | no_text
    # Digits and more marks are good in these, so that only what is good in no field is kept.
    never: SearchStrategy[object] = st.sampled_from(
        ("Brest\0", "Br\nest", "\u202eBrest", "<b>", "Brest 🩺", "e" * 500)
    )
    return {
        Step.IDENTITY: {
            "last_name": needed,
            "first_name": needed,
            "organisation": never | st.sampled_from(("=1+1", "@x", "+33", "---", 12)),
            "street": never | no_text | st.sampled_from(("", "  ", "12", "=1+1")),
            "postcode": no_text | st.sampled_from(_NO_POSTCODES),
            "city": never | no_text | st.sampled_from(("", "29200", "---")),
        },
        Step.PRACTICE: {
            "profession": st.sampled_from(("60", "TRE_G15-ProfessionSante/00", "x" * 65, "\0", 60)),
            "networks": st.sampled_from(_NO_NETWORKS),
            "professional_number": almost_professional_numbers().filter(_is_something)
            | st.sampled_from((12, True, [])),
            "structure_number": almost_structure_numbers().filter(_is_something)
            | st.sampled_from((12, True, [])),
        },
        Step.CARE: {
            "visit": st.sampled_from(("perhaps", "", None, 2, [])),
            "consultation": st.sampled_from(("perhaps", "", None, 2, [])),
        },
        Step.CONTACTS: {
            "mobile": refused_mobiles() | no_text,
            "contact_phone": refused_contact_phones().filter(_is_something) | st.sampled_from((12, True, [])),
            "email": refused_emails() | no_text,
            "newsletter": st.sampled_from(("perhaps", "", None, 2, [])),
        },
    }


_NO_NETWORKS: Final[tuple[object, ...]] = (
    None,
    [],
    "none",
    [""],
    [3],
    ["x" * 65],
    ["a\nb"],
    ["none"] * 21,
    ["none", "other"],
)
_NO_POSTCODES: Final = (
    "",
    "2920",
    "292000",
    "2A000",
    "٢٩٢٠٠",
    "２９２００",
    "00000",
    "29200\n",
    "29-200",
    "F-29200",
    "-2920",
    "²9200",
)


def _is_something(text: str) -> bool:
    """An empty text is an answer where a field may be left empty."""
    return text.strip(" \u00a0\u202f") != ""
