"""Changes of the schema, in order. One that was released is never edited."""
