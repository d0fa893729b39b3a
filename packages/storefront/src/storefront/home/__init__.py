"""The front page and the page of all departments.

Tables: none. May import: collections, content, search, product cards, and what lies below.
"""
