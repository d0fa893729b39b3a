"""Passwords: where they come from, and the cache that always has a live one."""
