"""Proposals at four levels: rules, actions, what everybody may read."""
