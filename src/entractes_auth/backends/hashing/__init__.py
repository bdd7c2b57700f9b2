"""Password hashing: `argon2` (Argon2id) and `bounded` (how many hashes run at once)."""
