"""What merchandisers edit: collections, the words of pages, redirects. Pages and API, under /admin.

Tables: none. Calls collections, content and redirects; every change is logged by backoffice.
"""
