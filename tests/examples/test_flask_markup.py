"""The markup of every page: what a screen reader, a password manager and a phone's keyboard rely on."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser

import pytest
from typing_extensions import override

from tests.examples.flask_site import Visitor, build
from tests.examples.flask_tour import every_page

_VOID = frozenset({"input", "meta", "link", "br"})
# HTML, "Autofill", the tokens that a single line of text may have; and "off".
_AUTOCOMPLETE = frozenset(
    {
        *("off", "username", "current-password", "one-time-code", "email", "tel", "work"),
        *("family-name", "given-name", "organization", "address-line1", "postal-code", "address-level2"),
    }
)


class _Reader(HTMLParser):
    """Keeps each element's name and attributes, the names of its ancestors, and the text by language."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str], list[str]]] = []
        self.texts: list[tuple[str, str]] = []
        self._open: list[tuple[str, str]] = []
        self.feed(page)
        assert not self._open, f"{self._open} left open"

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.elements.append((tag, attributes, [name for name, _ in self._open]))
        language = attributes.get("lang", self._open[-1][1] if self._open else "")
        if tag not in _VOID:
            self._open.append((tag, language))

    @override
    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass  # the lines of an icon

    @override
    def handle_endtag(self, tag: str) -> None:
        name, _ = self._open.pop()
        assert name == tag, f"</{tag}> closes <{name}>"

    @override
    def handle_data(self, data: str) -> None:
        if self._open and data.strip():
            self.texts.append((self._open[-1][1], data))

    def attributes(self, *tags: str) -> list[dict[str, str]]:
        """The attributes of each element that has one of these names, or of all."""
        return [found for tag, found, _ in self.elements if not tags or tag in tags]


@pytest.fixture(scope="module")
def french() -> dict[str, _Reader]:
    return {name: _Reader(page.text) for name, page in every_page(Visitor(build()))}


@pytest.fixture(scope="module")
def english() -> dict[str, _Reader]:
    return {name: _Reader(page.text) for name, page in every_page(Visitor(build(), english=True))}


def test_every_id_is_there_once_and_whatever_names_one_finds_it(french: dict[str, _Reader]) -> None:
    for name, page in french.items():
        ids = Counter(found["id"] for found in page.attributes() if "id" in found)
        assert {one for one, count in ids.items() if count > 1} == set(), name
        for found in page.attributes():
            named = [*found.get("aria-describedby", "").split(), *found.get("aria-labelledby", "").split()]
            named += [found["for"]] if "for" in found else []
            named += [found["href"][1:]] if found.get("href", "").startswith("#") else []
            assert set(named) <= ids.keys(), (name, found)


def test_every_control_has_its_label_and_every_group_its_legend(french: dict[str, _Reader]) -> None:
    for name, page in french.items():
        labelled = {found["for"] for found in page.attributes("label")}
        for found in page.attributes("input", "select", "textarea"):
            assert found.get("type") == "hidden" or found["id"] in labelled, (name, found)
        tags = [tag for tag, _, _ in page.elements]
        follows = [tags[at + 1] for at, tag in enumerate(tags) if tag == "fieldset"]
        assert set(follows) <= {"legend"}, name


def test_a_filter_asks_for_nothing_and_so_can_be_sent(french: dict[str, _Reader]) -> None:
    """A browser does not send a form whose `required` fields are empty: no filter would ever work."""
    for name, page in french.items():
        forms = [found for tag, found, _ in page.elements if tag == "form"]
        if any(found["method"] == "get" for found in forms):
            needed = [found["id"] for found in page.attributes("input", "select") if "required" in found]
            assert needed == [], name
            break
    else:
        pytest.fail("no page has a filter")


def test_an_invalid_control_says_so_and_leads_to_its_sentence(french: dict[str, _Reader]) -> None:
    wrong = 0
    for name, page in french.items():
        for found in page.attributes("p"):
            if found.get("class") == "error":
                wrong += 1
                tied = [one for one in page.attributes() if found["id"] in one.get("aria-describedby", "")]
                assert tied, (name, found)
    assert wrong > 10


def test_autofill_knows_every_token_that_the_forms_name(french: dict[str, _Reader]) -> None:
    named = {
        token
        for page in french.values()
        for found in page.attributes("input", "select", "textarea")
        for token in found.get("autocomplete", "").split()
    }
    assert named == _AUTOCOMPLETE


def test_each_page_has_one_heading_one_main_part_and_its_language(french: dict[str, _Reader]) -> None:
    for name, page in french.items():
        tags = Counter(tag for tag, _, _ in page.elements)
        assert (tags["h1"], tags["main"], tags["title"]) == (1, 1, 1), name
        assert page.attributes("html") == [{"lang": "fr"}]


def test_an_error_summary_takes_the_focus_and_is_named_in_the_title(french: dict[str, _Reader]) -> None:
    summaries = 0
    for name, page in french.items():
        found = [one for one in page.attributes() if one.get("id") == "error-summary"]
        _, title = page.texts[0]
        assert title.startswith("Erreur\u00a0: ") == bool(found), name
        for one in found:
            summaries += 1
            assert (one["role"], one["tabindex"], "autofocus" in one) == ("alert", "-1", True), name
    assert summaries > 10


def test_french_pages_hold_no_english_and_no_punctuation_that_can_stand_alone(
    french: dict[str, _Reader],
) -> None:
    for name, page in french.items():
        for language, text in page.texts:
            if language == "fr":
                left = re.search(
                    r"\b(the|and|your|with|this|that|from|of|is|are|not|you)\b", text, re.IGNORECASE
                )
                assert left is None, (name, text)
                assert not re.search(r" [:;!?»]|« | [kM]o\b|[^\d]\.\.\.", text), (name, text)


def test_english_pages_hold_no_french(english: dict[str, _Reader]) -> None:
    for name, page in english.items():
        for language, text in page.texts:
            if language == "en":
                left = re.search(
                    r"\b(le|les|des|une|vous|votre|pour|dans|est|et|avec|aucun|autre)\b", text, re.IGNORECASE
                )
                assert left is None, (name, text)
