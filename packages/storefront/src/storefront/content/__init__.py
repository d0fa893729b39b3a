"""What staff write into pages: versions of their Markdown, by language, published at set times.

Owns content_versions. A page that nobody has written shows the text that ships with the shop; help and
home ask here first.
"""
