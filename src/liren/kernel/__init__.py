"""Pure ground.

Ids, clock, working time, rule packs, policy, errors, events. No Django, no I/O but the reading of packs.
"""
