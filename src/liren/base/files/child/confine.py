"""Locks the decoding process in before it looks at a single byte of a stranger's file."""

import os
import resource

MEMORY = 1024 * 1024 * 1024  # bytes of address space: a 50-megapixel RGBA picture twice, and the libraries
CPU_SECONDS = 10
NOBODY = 65534


def confine(*, memory: int = MEMORY, cpu_seconds: int = CPU_SECONDS) -> None:
    """Give up root, further memory and time, and every chance of opening a file, socket or pipe.

    Import all that is needed before: with no file descriptor left to open, imports fail too. What is already
    open (standard input and output) goes on working. The kernel ends the process when its CPU time is spent.
    """
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    limits = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CPU: cpu_seconds,
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_NOFILE: 0,
    }
    for what, most in limits.items():
        resource.setrlimit(what, (most, most))
