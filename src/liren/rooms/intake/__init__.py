"""Hear, place, classify, find twins, open a case or join a voice to one."""
