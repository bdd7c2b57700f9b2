"""French departments, as the strategies name them: INSEE code, a postcode, its town, its beginnings of numbers.

Written down here a second time, apart from what `entractes_auth.numbers` knows: a kit that asked the
library what is right could not find the library wrong. Paris is first, since examples shrink to it.

Sources: INSEE, code officiel géographique (January 2025); La Poste's postcodes; ANS for the ADELI
beginnings of the overseas departments, DREES for those of FINESS.
"""

from __future__ import annotations

from typing import Final, NamedTuple

__all__ = [
    "DEPARTMENTS",
    "TEST_DEPARTMENT",
    "Department",
    "adeli_beginnings",
    "department",
    "finess_beginnings",
]

TEST_DEPARTMENT: Final = "0B"
"""The agency's own, which is nowhere in France: its numbers are test identities."""


class Department(NamedTuple):
    """`code` is INSEE's ("75", "2A", "971"); `postcode` and `town` are those of its prefecture."""

    code: str
    postcode: str
    town: str

    @property
    def postcodes(self) -> str:
        """What all its postcodes begin with: two digits, or three in Corsica and overseas."""
        return self.postcode[:2] if self.code.isdigit() and len(self.code) == 2 else self.postcode[:3]


def department(code: str) -> Department:
    """The department of an INSEE code; raises ValueError for a code that is none."""
    found = next((one for one in DEPARTMENTS if one.code == code), None)
    if found is None:
        raise ValueError(f"no French department has the INSEE code {code!r}")
    return found


def adeli_beginnings(code: str | None) -> tuple[str, ...]:
    """What ADELI numbers of a department begin with; of all of them for None. Empty where none were given."""
    return _beginnings(code, _ADELI_OVERSEAS, ("20",))


def finess_beginnings(code: str | None) -> tuple[str, ...]:
    """What FINESS numbers of a department begin with; of all of them for None. Empty where none are given."""
    return _beginnings(code, _FINESS_OVERSEAS, ())


def _beginnings(code: str | None, overseas: dict[str, str], former: tuple[str, ...]) -> tuple[str, ...]:
    if code is not None:
        found = overseas.get(department(code).code, code)
        return (found,) if len(code) == 2 or code in overseas else ()
    mainland = tuple(one.code for one in DEPARTMENTS if len(one.code) == 2)
    return (*mainland, *dict.fromkeys(overseas.values()), *former)


# The two islands that left Guadeloupe in 2007 are numbered with it still.
_ADELI_OVERSEAS: Final = {
    "971": "9A",
    "972": "9B",
    "973": "9C",
    "974": "9D",
    "975": "9E",
    "976": "9F",
    "977": "9A",
    "978": "9A",
}
_FINESS_OVERSEAS: Final = {
    "971": "9701",
    "972": "9702",
    "973": "9703",
    "974": "9704",
    "976": "9805",
    "977": "9701",
    "978": "9701",
    "986": "9806",
}

DEPARTMENTS: Final = (
    Department("75", "75001", "Paris"),
    Department("01", "01000", "Bourg-en-Bresse"),
    Department("02", "02000", "Laon"),
    Department("03", "03000", "Moulins"),
    Department("04", "04000", "Digne-les-Bains"),
    Department("05", "05000", "Gap"),
    Department("06", "06000", "Nice"),
    Department("07", "07000", "Privas"),
    Department("08", "08000", "Charleville-Mézières"),
    Department("09", "09000", "Foix"),
    Department("10", "10000", "Troyes"),
    Department("11", "11000", "Carcassonne"),
    Department("12", "12000", "Rodez"),
    Department("13", "13001", "Marseille"),
    Department("14", "14000", "Caen"),
    Department("15", "15000", "Aurillac"),
    Department("16", "16000", "Angoulême"),
    Department("17", "17000", "La Rochelle"),
    Department("18", "18000", "Bourges"),
    Department("19", "19000", "Tulle"),
    Department("2A", "20000", "Ajaccio"),
    Department("2B", "20200", "Bastia"),
    Department("21", "21000", "Dijon"),
    Department("22", "22000", "Saint-Brieuc"),
    Department("23", "23000", "Guéret"),
    Department("24", "24000", "Périgueux"),
    Department("25", "25000", "Besançon"),
    Department("26", "26000", "Valence"),
    Department("27", "27000", "Évreux"),
    Department("28", "28000", "Chartres"),
    Department("29", "29000", "Quimper"),
    Department("30", "30000", "Nîmes"),
    Department("31", "31000", "Toulouse"),
    Department("32", "32000", "Auch"),
    Department("33", "33000", "Bordeaux"),
    Department("34", "34000", "Montpellier"),
    Department("35", "35000", "Rennes"),
    Department("36", "36000", "Châteauroux"),
    Department("37", "37000", "Tours"),
    Department("38", "38000", "Grenoble"),
    Department("39", "39000", "Lons-le-Saunier"),
    Department("40", "40000", "Mont-de-Marsan"),
    Department("41", "41000", "Blois"),
    Department("42", "42000", "Saint-Étienne"),
    Department("43", "43000", "Le Puy-en-Velay"),
    Department("44", "44000", "Nantes"),
    Department("45", "45000", "Orléans"),
    Department("46", "46000", "Cahors"),
    Department("47", "47000", "Agen"),
    Department("48", "48000", "Mende"),
    Department("49", "49000", "Angers"),
    Department("50", "50000", "Saint-Lô"),
    Department("51", "51000", "Châlons-en-Champagne"),
    Department("52", "52000", "Chaumont"),
    Department("53", "53000", "Laval"),
    Department("54", "54000", "Nancy"),
    Department("55", "55000", "Bar-le-Duc"),
    Department("56", "56000", "Vannes"),
    Department("57", "57000", "Metz"),
    Department("58", "58000", "Nevers"),
    Department("59", "59000", "Lille"),
    Department("60", "60000", "Beauvais"),
    Department("61", "61000", "Alençon"),
    Department("62", "62000", "Arras"),
    Department("63", "63000", "Clermont-Ferrand"),
    Department("64", "64000", "Pau"),
    Department("65", "65000", "Tarbes"),
    Department("66", "66000", "Perpignan"),
    Department("67", "67000", "Strasbourg"),
    Department("68", "68000", "Colmar"),
    Department("69", "69001", "Lyon"),
    Department("70", "70000", "Vesoul"),
    Department("71", "71000", "Mâcon"),
    Department("72", "72000", "Le Mans"),
    Department("73", "73000", "Chambéry"),
    Department("74", "74000", "Annecy"),
    Department("76", "76000", "Rouen"),
    Department("77", "77000", "Melun"),
    Department("78", "78000", "Versailles"),
    Department("79", "79000", "Niort"),
    Department("80", "80000", "Amiens"),
    Department("81", "81000", "Albi"),
    Department("82", "82000", "Montauban"),
    Department("83", "83000", "Toulon"),
    Department("84", "84000", "Avignon"),
    Department("85", "85000", "La Roche-sur-Yon"),
    Department("86", "86000", "Poitiers"),
    Department("87", "87000", "Limoges"),
    Department("88", "88000", "Épinal"),
    Department("89", "89000", "Auxerre"),
    Department("90", "90000", "Belfort"),
    Department("91", "91000", "Évry-Courcouronnes"),
    Department("92", "92000", "Nanterre"),
    Department("93", "93000", "Bobigny"),
    Department("94", "94000", "Créteil"),
    Department("95", "95000", "Cergy"),
    Department("971", "97100", "Basse-Terre"),
    Department("972", "97200", "Fort-de-France"),
    Department("973", "97300", "Cayenne"),
    Department("974", "97400", "Saint-Denis"),
    Department("975", "97500", "Saint-Pierre"),
    Department("976", "97600", "Mamoudzou"),
    Department("977", "97133", "Saint-Barthélemy"),
    Department("978", "97150", "Saint-Martin"),
    Department("986", "98600", "Mata-Utu"),
    Department("987", "98714", "Papeete"),
    Department("988", "98800", "Nouméa"),
)
