"""Supporting documents: `memory` and `filesystem` keep them, `sniff` finds out what they are."""
