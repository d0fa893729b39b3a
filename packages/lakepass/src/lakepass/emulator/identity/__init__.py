"""Keys, tokens, secrets and certificates of the local workspace."""
