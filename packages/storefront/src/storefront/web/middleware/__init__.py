"""Middleware for every request and response, one in each module."""
