"""Whether the files that deploy the shop fit each other, the platform and the code.

Offers ``check``. Reads files of the checkout and nothing else: no network, no database, no environment.
"""
