"""Values as JSON has them, from a notation in which every text is a value."""

from __future__ import annotations

from typing import Final

__all__ = ["Reader"]

_KEYS: Final = {
    "s": "system",
    "v": "value",
    "t": "type",
    "c": "coding",
    "o": "code",
    "u": "use",
    "i": "identifier",
}
_WORDS: Final = {
    "R": "https://rpps.esante.gouv.fr",
    "P": "urn:oid:1.2.250.1.71.4.2.1",
    "S": "urn:oid:1.2.250.1.71.4.2.2",
    "F": "https://finess.esante.gouv.fr",
    "E": "https://sirene.fr",
    "A": "IDNPS",
    "B": "RPPS",
    "C": "IDNST",
    "D": "FINEG",
    "G": "SIREN",
    "H": "SIRET",
    "O": "old",
}
_DEEPEST: Final = 8


class Reader:
    """`[RP]` is a list of two words, `{sRv"12"}` an object with system and value, `"` begins and ends a text,
    `#` and a character is a number, `T` is true, `X` a fraction, and what has no meaning null.

    Brackets that are left open close at the end.
    """

    def __init__(self, notation: str) -> None:
        self._notation = notation
        self._at = 0

    def value(self, depth: int = 0) -> object:
        """The next value; None at the end."""
        match self._next():
            case "[" if depth < _DEEPEST:
                return self._list(depth)
            case "{" if depth < _DEEPEST:
                return self._object(depth)
            case '"':
                return self._text()
            case "#":
                return ord(self._next() or "0")
            case "T":
                return True
            case "X":
                return 0.5
            case word:
                return _WORDS.get(word)

    def _next(self) -> str:
        symbol = self._notation[self._at : self._at + 1]
        self._at += 1
        return symbol

    def _closed_by(self, bracket: str) -> bool:
        if self._notation[self._at : self._at + 1] not in (bracket, ""):
            return False
        self._at += 1
        return True

    def _list(self, depth: int) -> list[object]:
        values: list[object] = []
        while not self._closed_by("]"):
            values.append(self.value(depth + 1))
        return values

    def _object(self, depth: int) -> dict[object, object]:
        fields: dict[object, object] = {}
        while not self._closed_by("}"):
            name = self._next()
            fields[_KEYS.get(name, name)] = self.value(depth + 1)
        return fields

    def _text(self) -> str:
        text = ""
        while not self._closed_by('"'):
            text += self._next()
        return text
