"""The bench: it starts the real server, drives it, and prints what an operation costs.

`python3 plexichat.py bench [scenario…]` prints one JSON line a scenario, each beside the floor of
this machine and beside the most it may cost.
"""
