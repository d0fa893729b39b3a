"""Demo shoppers: what each prefers. Owns no table."""
