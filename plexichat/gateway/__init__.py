"""Who is connected, and what reaches them: sockets, the sessions they carry, and the fan-out.

Nothing here knows a dialect's words or a rule of the house: a `Wire` brings its own frames, an
event its own audience.
"""
