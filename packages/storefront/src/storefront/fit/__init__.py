"""Which size fits: from body measures, from what a customer kept or sent back, from what buyers say.

Tables: body_measures. The method is in ``advice`` and measured by ``bench/sizes.py``.
"""
