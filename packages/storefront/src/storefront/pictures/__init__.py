"""Pictures: originals by key, renditions by key and width, served under immutable names.

Owns a folder, no table. Offers store.PictureStore. Calls the demo's drawing for keys that begin with
``drawn/``: the original of such a picture is a drawing that its key describes completely.
"""
