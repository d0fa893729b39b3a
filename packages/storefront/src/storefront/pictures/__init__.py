"""Pictures: originals by key, renditions by key and width, served under immutable names.

Owns a folder, no table. Offers store.PictureStore and renditions.Renditions. Keys that begin with
``drawn/`` describe a drawing completely; the function that draws them is given by name (``app.py``).
"""
