"""A link opens the one record it was made for, for the one purpose it was made for, and nothing changed opens."""

from __future__ import annotations

import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entractes_auth.errors import LinkRefused
from entractes_auth.keys import Keyring
from entractes_auth.links import open_link, seal
from entractes_auth.records.kinds import Purpose
from entractes_auth.redact import Secret

OLD, NEW = bytes(range(32)), bytes(range(50, 90))
KEYS = Keyring({"k1": OLD, "k2": NEW})
ID = "0123456789abcdef0123456789abcdef"
LINK = seal(Purpose.CONFIRM, ID, KEYS).reveal()
IDS = st.text("0123456789abcdef", min_size=32, max_size=32)


@given(id_=IDS, purpose=st.sampled_from(Purpose))
def test_a_link_names_its_record_for_its_purpose_and_no_other(id_: str, purpose: Purpose) -> None:
    link = seal(purpose, id_, KEYS)
    assert open_link(link, purpose, KEYS) == open_link(link.reveal(), purpose, KEYS) == id_
    for other in set(Purpose) - {purpose}:
        with pytest.raises(LinkRefused):
            open_link(link, other, KEYS)


@given(place=st.integers(0, len(LINK) - 1), character=st.characters())
def test_any_single_changed_character_is_refused(place: int, character: str) -> None:
    changed = LINK[:place] + character + LINK[place + 1 :]
    if changed == LINK:
        return
    with pytest.raises(LinkRefused):
        open_link(changed, Purpose.CONFIRM, KEYS)


def test_each_character_swapped_for_each_other_of_the_alphabet_is_refused() -> None:
    """Every one, the last too: its two unused bits make no second spelling of the same link."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."
    for place, right in enumerate(LINK):
        for character in alphabet.replace(right, ""):
            with pytest.raises(LinkRefused):
                open_link(LINK[:place] + character + LINK[place + 1 :], Purpose.CONFIRM, KEYS)


@pytest.mark.parametrize("cut", range(len(LINK)))
def test_a_link_cut_in_two_is_refused_at_whatever_place(cut: int) -> None:
    for half in (LINK[:cut], LINK[cut:] if cut else "", LINK[:cut] + "\n" + LINK[cut:] if cut else "\n"):
        with pytest.raises(LinkRefused):
            open_link(half, Purpose.CONFIRM, KEYS)


@given(st.text(max_size=250))
def test_whatever_else_comes_from_a_browser_is_refused(text: str) -> None:
    with pytest.raises(LinkRefused):
        open_link(text, Purpose.CONFIRM, KEYS)


@pytest.mark.parametrize(
    "text",
    [
        LINK + LINK,
        LINK + "=",
        LINK + "%3D",
        LINK.upper(),
        LINK.replace(".", "%2E"),
        "https://www.example.fr/confirmation/" + LINK,
        LINK + "\x00",
        LINK + "\u200b",
        "\ud800" + LINK,
        " " * 200 + LINK,
        LINK * 100_000,
    ],
)
def test_a_link_with_something_more_is_refused(text: str) -> None:
    with pytest.raises(LinkRefused):
        open_link(text, Purpose.CONFIRM, KEYS)


def test_ten_megabytes_are_refused_before_they_are_looked_at() -> None:
    with pytest.raises(LinkRefused):
        open_link("k1." + "0" * 10_000_000, Purpose.CONFIRM, KEYS)


@pytest.mark.parametrize("around", [" ", "\n", "\r\n", "\t", "\u00a0"])
def test_white_space_around_a_copied_link_is_accepted(around: str) -> None:
    assert open_link(around + LINK + around, Purpose.CONFIRM, KEYS) == ID


def test_links_are_made_with_the_active_key_and_opened_with_the_retired_one() -> None:
    link = seal(Purpose.CONFIRM, ID, Keyring({"k1": OLD}))
    assert open_link(link, Purpose.CONFIRM, Keyring({"k2": NEW, "k1": OLD})) == ID
    assert seal(Purpose.CONFIRM, ID, Keyring({"k2": NEW, "k1": OLD})).reveal().startswith("k2.")


def test_a_link_of_a_key_that_is_gone_is_refused_as_any_other() -> None:
    with pytest.raises(LinkRefused) as caught:
        open_link(LINK, Purpose.CONFIRM, Keyring({"k2": NEW}))
    assert (str(caught.value), caught.value.__cause__) == ("", None)


def test_a_link_under_another_key_of_the_same_name_or_renamed_to_another_key_is_refused() -> None:
    with pytest.raises(LinkRefused):
        open_link(LINK, Purpose.CONFIRM, Keyring({"k1": NEW}))
    with pytest.raises(LinkRefused):
        open_link("k2" + LINK[2:], Purpose.CONFIRM, KEYS)


def test_the_id_of_one_link_under_the_mac_of_another_is_refused() -> None:
    other = seal(Purpose.CONFIRM, ID[::-1], KEYS).reveal()
    with pytest.raises(LinkRefused):
        open_link(LINK[:36] + other[36:], Purpose.CONFIRM, KEYS)


def test_a_link_is_given_as_a_secret_that_can_stand_in_a_url_as_it_is() -> None:
    link = seal(Purpose.RESUME, ID, KEYS)
    assert ID not in repr(link)
    assert isinstance(link, Secret)
    assert set(link.reveal()) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")
    assert len(link.reveal()) <= 16 + 1 + 32 + 1 + 43


def test_a_forged_link_leaves_the_right_one_in_no_frame() -> None:
    """A crash reporter sends the variables of each frame along: who knows an id must not read its MAC there."""
    mac = LINK.rpartition(".")[2]
    with pytest.raises(LinkRefused) as refused:
        open_link(LINK.replace(mac, "A" * 43), Purpose.CONFIRM, KEYS)
    frames = [frame for frame, _ in traceback.walk_tb(refused.value.__traceback__)][1:]
    assert frames
    assert mac not in str([frame.f_locals for frame in frames])
