"""A PostgreSQL server of its own for one run of the tests: made in a folder, reached by a socket, thrown away."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

OWNER, APP = "liren_owner", "liren_app"


class NoPostgres(RuntimeError):
    """There is no PostgreSQL on this machine."""


def programs() -> Path:
    """The folder with initdb and pg_ctl, the newest version first. Raises NoPostgres."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: float(p.parts[-3]), reverse=True
    )
    if found:
        return found[0].parent
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    raise NoPostgres("initdb was not found; install PostgreSQL 15 or newer")


def _user() -> dict[str, object]:
    """PostgreSQL refuses to run as root: then it runs as the system's own postgres user."""
    if os.geteuid() != 0:
        return {}
    try:
        entry = pwd.getpwnam("postgres")
    except KeyError:
        raise NoPostgres(
            "as root it needs the system's user postgres; install PostgreSQL 15 or newer"
        ) from None
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


@contextmanager
def server(settings: Mapping[str, str] | None = None) -> Iterator[dict[str, str]]:
    """Run a server; give the environment for Liren: LIREN_DB as the app role, LIREN_DB_OWNER as the tables' owner.

    The owner may create databases, because the tests make their own. Nothing is written durably: it is fast, and gone.
    `settings` are more lines of postgresql.conf.
    """
    bin_, user = programs(), _user()
    home = Path(tempfile.mkdtemp(prefix="liren-pg-"))
    home.chmod(0o755)
    data, socket = home / "data", home / "socket"
    for folder in (data, socket):
        folder.mkdir()
        if user:
            shutil.chown(folder, "postgres", "postgres")
    run = {
        "cwd": str(home),
        "env": {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": str(home)},
        **user,
    }
    subprocess.run(
        [bin_ / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
        check=True, stdout=subprocess.DEVNULL, **run,
    )  # fmt: skip
    options = f"-c fsync=off -c full_page_writes=off -c max_connections=200 -k {socket} -h ''"
    for name, value in (settings or {}).items():
        options += f' -c "{name}={value}"'
    subprocess.run(
        [bin_ / "pg_ctl", "-D", data, "-l", data / "log", "-o", options, "-w", "start"],
        check=True, stdout=subprocess.DEVNULL, **run,
    )  # fmt: skip
    try:
        roles = f"CREATE ROLE {OWNER} LOGIN CREATEDB; CREATE ROLE {APP} LOGIN; GRANT {APP} TO {OWNER};"
        psql = [bin_ / "psql", "-h", socket, "-U", "postgres", "-q", "-v", "ON_ERROR_STOP=1"]
        subprocess.run([*psql, "-c", roles], check=True, **run)
        subprocess.run([*psql, "-c", f"CREATE DATABASE liren OWNER {OWNER}"], check=True, **run)
        where = f"/liren?host={quote(str(socket))}"
        yield {
            "LIREN_DB": f"postgresql://{APP}@{where}",
            "LIREN_DB_OWNER": f"postgresql://{OWNER}@{where}",
            "LIREN_DB_APP_ROLE": APP,
            "LIREN_PG_DATA": str(data),
            "LIREN_PG_BIN": str(bin_),
        }
    finally:
        subprocess.run(
            [bin_ / "pg_ctl", "-D", data, "-m", "immediate", "stop"], stdout=subprocess.DEVNULL, **run
        )
        shutil.rmtree(home, ignore_errors=True)
