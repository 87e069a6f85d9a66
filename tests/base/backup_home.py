"""An installation on SQLite of its own, used by its commands alone, for tests that copy and restore it."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

OFFICE = """
from datetime import UTC, datetime
from liren.kernel.policy import SYSTEM
from liren.registers.places import actions
then = datetime(2024, 1, 1, tzinfo=UTC)
district = actions.open_place(kind="district", parent_id=None, by=SYSTEM, now=then, name="望澜区")
actions.open_place(kind="street", parent_id=district, by=SYSTEM, now=then, name="栖禾街道", office=True)
"""

DEMAND = """
from liren.cases import actions
from liren.cases.actions import Contact, Demand
from liren.kernel.clock import utc_now
from liren.kernel.policy import SYSTEM
contact = Contact("王芳", "13900000000")
said = Demand(words="{words}", channel="counter", contact=contact)
print(actions.open_case(said, by=SYSTEM, now=utc_now(), key="{words}").voice_id)
"""


@dataclass
class Home:
    """A LIREN_HOME and the folder its copies go to."""

    home: Path
    copies: Path
    env: dict[str, str] = field(default_factory=dict)

    def environ(self) -> dict[str, str]:
        """What its commands see."""
        plain = {name: value for name, value in os.environ.items() if not name.startswith("LIREN_")}
        plain.pop("DJANGO_SETTINGS_MODULE", None)
        own = {"LIREN_HOME": str(self.home), "LIREN_BACKUPS": str(self.copies), "LIREN_ZONE": "Asia/Shanghai"}
        return plain | own | {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"} | self.env

    def liren(self, *words: str, fails: bool = False, told: str = "") -> str:
        """Run a command to its end; its output. `told` is what it reads."""
        done = subprocess.run(
            [sys.executable, "-m", "liren", *words],
            env=self.environ(),
            cwd=ROOT,
            input=told,
            capture_output=True,
            text=True,
        )
        assert (done.returncode != 0) == fails, done.stdout + done.stderr
        assert "Traceback" not in done.stderr, done.stderr
        return done.stdout + done.stderr

    def python(self, code: str) -> str:
        """Run some lines inside it; what they print last."""
        lines = self.liren("shell", "--verbosity", "0", "-c", code).strip().splitlines()
        return lines[-1] if lines else ""

    def say(self, words: str) -> int:
        """Open a case with a name and a phone; the id of the voice."""
        return int(self.python(DEMAND.format(words=words)))

    def words(self) -> list[str]:
        """What was said in it, oldest first."""
        asked = (
            "from liren.cases.models import Voice; voices = Voice.objects.order_by('said_at', 'id'); "
            "print('|'.join(voices.values_list('words', flat=True)))"
        )
        return self.python(asked).split("|")

    def names(self) -> list[str]:
        """Its copies."""
        return sorted(path.stem for path in (self.copies / "copies").glob("*.json"))

    def clean(self, home: Path, *, keys: bool = True) -> "Home":
        """A new home beside it, with the same copies."""
        home.mkdir(mode=0o700)
        if keys:
            shutil.copytree(self.home / "keys", home / "keys")
        return Home(home, self.copies, dict(self.env))


def made(folder: Path) -> Home:
    """An office with its tables, its place and one demand."""
    home, copies = folder / "home", folder / "copies"
    home.mkdir(mode=0o700)
    copies.mkdir(mode=0o700)
    office = Home(home, copies)
    office.liren("setup", "--verbosity", "0")
    office.python(OFFICE)
    office.say("门口路灯不亮")
    return office


def again(kept: Home, folder: Path) -> Home:
    """The same office once more, for a test that changes it."""
    for name in ("home", "copies"):
        shutil.copytree(getattr(kept, name), folder / name, symlinks=True)
    return Home(folder / "home", folder / "copies", dict(kept.env))


def shell(
    home: Home,
    commands: list[str],
    *,
    told: str,
    places: dict[str, Path],
    scripts: dict[str, str] | None = None,
) -> str:
    """Run lines as they stand in the document, stopping at the first that fails; what they say.

    `liren` is this program, `systemctl` and `install -o …` need a server and root: the first is noted, of the second the
    owner is left out. `told` is what every command may read, `scripts` are more programs or other ones.
    """
    bin_ = home.home.parent / "bin"
    bin_.mkdir(exist_ok=True)
    liren = f'exec {sys.executable} -m liren "$@" <{bin_}/told\n'
    real = shutil.which("install")
    programs = {
        "liren": liren,
        "systemctl": 'echo "systemctl $*"\n',
        "install": f'[ "$1 $3" = "-o -g" ] && shift 4; exec {real} "$@"\n',
    }
    (bin_ / "told").write_text(told, encoding="utf-8")
    for name, lines in (programs | (scripts or {})).items():
        (bin_ / name).write_text(f"#!/bin/sh\n{lines}", encoding="utf-8")
        (bin_ / name).chmod(0o755)
    text = "\n".join(["set -e", *commands])
    for place, here in places.items():
        text = text.replace(place, str(here))
    env = home.environ() | {"PATH": f"{bin_}:{os.environ['PATH']}"}
    done = subprocess.run(["sh", "-c", text], env=env, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
