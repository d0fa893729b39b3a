"""Measures; asserts nothing. Times are given as ratios within one run: machines differ, ratios less.

``python -m bench``: the shop's answers and an import. ``python -m bench.credentials``: a credential's
life with a failing workspace, and what logging in costs. ``python -m bench.drills``: what a service
under load notices of faults (six minutes). ``python -m bench.gateway``: what the emulator's gateway
costs beside Postgres with TLS (ten minutes). ``python -m bench.fuzz``: a million hostile packets.
"""
