"""Equal shares of a file by pabutools, in a Python that has it: the library beside which bench/budget.py holds ours.

pabutools is GPL-3.0-or-later and brings a proprietary solver, so it is no requirement of this house, not even for
development. `pip install pabutools==1.2.3` in a virtual environment elsewhere, and BESIDE_PYTHON=that/bin/python before
`python -m bench --only budget --data FOLDER`; without it the figures kept in bench/budget.py are used.
"""

import json
import sys
import time


def main(path: str, utility: str) -> None:
    """Seconds of processor time from file to winners, ballots grouped: the faster of its two ways. Imports do not count."""
    from pabutools.election import parse_pabulib, satisfaction
    from pabutools.rules import method_of_equal_shares

    begun = time.process_time()
    instance, profile = parse_pabulib(path)
    found = method_of_equal_shares(
        instance, profile.as_multiprofile(), sat_class=getattr(satisfaction, utility)
    )
    took = time.process_time() - begun
    print(json.dumps({"seconds": took, "winners": [project.name for project in found]}))


if __name__ == "__main__":
    main(*sys.argv[1:])
