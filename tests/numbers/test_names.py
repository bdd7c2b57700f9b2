"""A name as typed is the directory's, or it is not: accents and hyphens do not count, everything else does."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entractes_auth.numbers.names import compare_first_names, compare_last_names, comparison_key

names = st.text("aÀéçœŒæßẞİıøΣςdeJM -’'.‑\u0301\u0327\u00ad", max_size=30) | st.text(max_size=30)
words = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("typed", "listed"),
    [
        ("de La Tour", "DE LA TOUR"),
        ("DELATOUR", "DE LA TOUR"),
        ("d’Aubigné", "D AUBIGNE"),
        ("d'Aubigné", "DAUBIGNE"),
        ("Le Goff", "LEGOFF"),
        ("N’Guyen-Morel", "N GUYEN MOREL"),
        ("Lefèvre", "LEFEVRE"),
        ("Lefe\u0300vre", "LEFÈVRE"),
        ("Bœuf", "BOEUF"),
        ("BŒUF", "Boeuf"),
        ("Lætitia", "LAETITIA"),
        ("Strauß", "STRAUSS"),
        ("STRAUẞ", "Strauss"),
        ("İnönü", "INONU"),
        ("Işık", "ISIK"),
        ("ışık", "IŞIK"),
        ("Nguyễn", "NGUYEN"),
        ("O", "O"),
        ("  Martin ", "MARTIN"),
        ("St. Jean", "ST JEAN"),
        ("Çelik", "CELIK"),
        ("Muñoz y Peña", "MUNOZ Y PENA"),
        ("ﬁlou", "FILOU"),
        ("Ｍartin", "MARTIN"),
    ],
)
def test_one_name_in_two_spellings_is_the_same(typed: str, listed: str) -> None:
    assert compare_last_names(typed, listed) == "same"
    assert compare_first_names(typed, listed) == "same"


@pytest.mark.parametrize("apostrophe", "'’‘‛`´′ʹʻʼʽˈ՚ꞌ＇")
def test_every_apostrophe_is_a_space(apostrophe: str) -> None:
    assert comparison_key(f"d{apostrophe}Aubigné") == "D AUBIGNE"


@pytest.mark.parametrize("hyphen", "-\u00ad‐\u2011‒–—―⁃−﹣－.·․ \u00a0\u2009\u202f\u3000")
def test_every_hyphen_dot_and_space_is_a_space(hyphen: str) -> None:
    assert comparison_key(f"Jean{hyphen}Pierre") == "JEAN PIERRE"
    assert compare_first_names(f"Jean{hyphen}Pierre", "JEANPIERRE") == "same"


@pytest.mark.parametrize("sign", '_!/(),;:&+%0"')
def test_no_other_sign_is_a_space(sign: str) -> None:
    assert comparison_key(f"Jean{sign}Pierre") == f"JEAN{sign}PIERRE"


@pytest.mark.parametrize(
    ("typed", "listed"),
    [
        ("Dupont", "DUPOND"),
        ("Martin", "MARTINEZ"),
        ("Martin", "MARTI N E"),
        ("Martin", "MATRIN"),
        ("de La Tour", "LA TOUR"),
        ("Dupont", "DUPONT MARTIN"),
        ("Le Goff", "GOFF LE"),
        ("Jørgensen", "JORGENSEN"),
        ("Мартин", "MAPTИH"),
        ("Mart\u0456n", "MARTIN"),  # a Cyrillic i
        ("0", "O"),
    ],
)
def test_names_that_are_only_near_differ(typed: str, listed: str) -> None:
    """A substring, a swapped letter and a look-alike of another script are other names."""
    assert compare_last_names(typed, listed) == "differs"
    assert compare_last_names(listed, typed) == "differs"


@pytest.mark.parametrize(
    ("typed", "listed"),
    [
        ("Jean", "JEAN-PIERRE"),
        ("Jean-Pierre", "JEAN"),
        ("Jeanpierre", "JEAN PIERRE MARIE"),
        ("Anne-Laure", "Anne Laure Élise"),
        ("M", "M ANGE"),
    ],
)
def test_the_first_part_of_a_first_name_is_no_match(typed: str, listed: str) -> None:
    assert compare_first_names(typed, listed) == "first_part"


@pytest.mark.parametrize(
    ("typed", "listed"),
    [
        ("Pierre", "JEAN-PIERRE"),
        ("Jea", "JEAN-PIERRE"),
        ("Jean", "JEANNE"),
        ("Jeanp", "JEAN-PIERRE"),
        ("J", "JEAN"),
    ],
)
def test_a_later_part_and_a_part_of_a_part_differ(typed: str, listed: str) -> None:
    assert compare_first_names(typed, listed) == "differs"


@pytest.mark.parametrize("nothing", ["", " ", "-", "’", "\u0301"])
@pytest.mark.parametrize("other", ["", "MARTIN", "-"])
def test_a_name_of_nothing_is_the_same_as_nothing(nothing: str, other: str) -> None:
    """An answer without a name must not pass for anybody's."""
    assert comparison_key(nothing) == ""
    for compare in (compare_last_names, compare_first_names):
        assert compare(nothing, other) == compare(other, nothing) == "differs"


@given(names)
def test_a_key_is_its_own_key_in_any_case(name: str) -> None:
    key = comparison_key(name)
    assert comparison_key(key) == comparison_key(key.lower()) == key


@given(names)
def test_a_key_has_single_spaces_and_no_mark(name: str) -> None:
    key = comparison_key(name)
    assert key == " ".join(key.split())
    assert not any(unicodedata.combining(symbol) for symbol in key)


@given(names)
def test_composed_and_decomposed_spellings_have_one_key(name: str) -> None:
    forms = {comparison_key(unicodedata.normalize(form, name)) for form in ("NFC", "NFD", "NFKC", "NFKD")}
    assert len(forms) == 1


@given(names)
def test_a_name_is_the_same_as_itself_unless_it_is_nothing(name: str) -> None:
    expected = "same" if comparison_key(name) else "differs"
    assert compare_last_names(name, name) == compare_first_names(name, name) == expected


@given(names, names)
def test_the_order_of_the_two_does_not_matter(one: str, other: str) -> None:
    assert compare_last_names(one, other) == compare_last_names(other, one)
    assert compare_first_names(one, other) == compare_first_names(other, one)


@given(names, names)
def test_only_equal_keys_without_their_spaces_are_the_same(one: str, other: str) -> None:
    bare = [comparison_key(name).replace(" ", "") for name in (one, other)]
    assert (compare_last_names(one, other) == "same") == (bare[0] == bare[1] != "")
    assert (compare_first_names(one, other) == "same") == (bare[0] == bare[1] != "")


@given(st.lists(words, min_size=2, max_size=5), st.data())
def test_each_beginning_of_a_first_name_that_ends_with_a_part_is_its_first_part(
    parts: list[str], data: st.DataObject
) -> None:
    count = data.draw(st.integers(1, len(parts) - 1))
    assert compare_first_names("-".join(parts[:count]), " ".join(parts)) == "first_part"


def test_a_name_of_two_megabytes_is_compared_all_the_same() -> None:
    """What a directory answers is not ours to bound: the time is linear in its length."""
    assert compare_first_names("Jean", "JEAN" + " A" * 1_000_000) == "first_part"
