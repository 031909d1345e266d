"""The doctor: looks at a server from its machine and from outside, and says what to do.

Nothing is changed by it, and a server need not run. Every finding that is not well names the
command that mends it.
"""
