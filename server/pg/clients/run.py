#!/usr/bin/env python3
"""Runs real PostgreSQL clients against a built glaux.

    server/pg/clients/run.py path/to/glaux [--only psql,pgjdbc] [--doc]

Each client is a program of this folder that prints a line for each check, "ok
CHECK detail", "fail CHECK reason" or "skip CHECK reason". What it needs is
installed once into $GLAUX_CI_TOOLS; a client that cannot be had is skipped with
a line that is counted. With --doc the table in docs/clients.md is written anew.
With --postgres HOST:PORT:DATABASE the programs run against a PostgreSQL with the
same tables (setup in docs/clients.md), to see that they ask for nothing that
PostgreSQL does not do.
"""
import argparse
import collections
import hashlib
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
TOOLS = pathlib.Path(os.environ.get("GLAUX_CI_TOOLS") or pathlib.Path.home() / ".cache/glaux-ci")
PGJDBC = "org.postgresql:postgresql:42.7.8"
SHOTS = pathlib.Path(tempfile.gettempdir()) / "glaux-superset"  # screenshots; --doc copies them into docs/images
PASSWORD = "correct horse"  # with a space, for those who quote badly


class Missing(Exception):
    """A client that cannot be had here."""


def sh(*command, **options):
    """Runs a command quietly; its failure is Missing, with its last line."""
    try:
        p = subprocess.run([str(c) for c in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=600, **options)
    except subprocess.TimeoutExpired:
        raise Missing(f"{command[0]}: no end after 600 s") from None
    if p.returncode:
        lines = [x for x in p.stdout.splitlines() if x.strip()] or ["no output"]
        raise Missing(f"{command[0]}: {lines[-1].strip()}")


_apt = False


def apt(have, *packages):
    """Installs Debian packages unless the command or file is there."""
    global _apt
    if shutil.which(have) or os.path.exists(have):
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise Missing(f"{have} is not installed")
    if not _apt:
        sh("apt-get", "update")
        _apt = True
    sh("apt-get", "install", "-y", "--no-install-recommends", *packages)


def cached(name, *files):
    """A folder under TOOLS whose name changes with the files' contents; fresh
    tells that it must be filled (and then marked with done)."""
    digest = hashlib.sha256(b"".join((HERE / f).read_bytes() for f in files)).hexdigest()[:12]
    folder = TOOLS / f"pgclients-{name}-{digest}"
    fresh = not (folder / "whole").exists()
    if fresh:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    return folder, fresh


def done(folder):
    (folder / "whole").touch()


def psql():
    apt("psql", "postgresql-client")
    return [HERE / "psql/client.sh"]


def python(name, before=lambda: None):
    def command():
        before()
        folder, fresh = cached("python", "python/requirements.txt")
        if fresh:
            sh(sys.executable, "-m", "venv", folder / "venv")
            sh(folder / "venv/bin/pip", "install", "-q", "--disable-pip-version-check", "-r", HERE / "python/requirements.txt")
            done(folder)
        return [folder / "venv/bin/python", HERE / f"python/{name}_client.py"]
    return command


def node(name):
    def command():
        if not shutil.which("npm"):
            raise Missing("npm is not installed")
        folder, fresh = cached("node", "node/package.json")
        if fresh:
            shutil.copy(HERE / "node/package.json", folder)
            sh("npm", "install", "--silent", "--no-audit", "--no-fund", "--no-package-lock", cwd=folder)
            done(folder)
        return ["env", f"NODE_PATH={folder}/node_modules", "node", HERE / f"node/{name}_client.js"]
    return command


def jdbc():
    if not shutil.which("javac"):
        raise Missing("no Java compiler is installed")
    if not shutil.which("mvn"):
        raise Missing("Maven is not installed")
    folder, fresh = cached("jdbc", "jdbc/Client.java")
    jar = folder / f"postgresql-{PGJDBC.split(':')[2]}.jar"
    if fresh:
        sh("mvn", "-q", "-B", "dependency:copy", f"-Dartifact={PGJDBC}", f"-DoutputDirectory={folder}")
        sh("javac", "-d", folder, "-cp", jar, HERE / "jdbc/Client.java")
        done(folder)
    return ["java", "-Xmx256m", "-cp", f"{jar}:{folder}", "Client"]


def golang(name):
    def command():
        folder, fresh = cached("go-" + name, "go/go.mod", f"go/{name}/main.go", "go/check.go")
        if fresh:
            sh("go", "build", "-o", folder / name, f"./{name}", cwd=HERE / "go")
            done(folder)
        return [folder / name]
    return command


def ruby():
    apt("/usr/share/doc/ruby-pg", "ruby", "ruby-pg")
    return ["ruby", "-W0", HERE / "ruby/pg_client.rb"]


def perl():
    apt("/usr/share/doc/libdbd-pg-perl", "libdbd-pg-perl")
    return ["perl", HERE / "perl/dbdpg_client.pl"]


def php():
    apt("/usr/share/doc/php8.2-pgsql", "php-cli", "php-pgsql")
    return ["php", HERE / "php/pdo_client.php"]


def superset():
    apt("/usr/bin/chromium", "chromium")
    apt("/usr/bin/chromedriver", "chromium-driver")
    folder, fresh = cached("superset", "superset/requirements.txt")
    if fresh:
        sh(sys.executable, "-m", "venv", folder / "venv")
        sh(folder / "venv/bin/pip", "install", "-q", "--disable-pip-version-check", "-r", HERE / "superset/requirements.txt")
        done(folder)
    return [folder / "venv/bin/python", HERE / "superset/drive.py", SHOTS]


def npgsql():
    if not shutil.which("dotnet"):
        raise Missing("no .NET SDK is installed, and Debian has none")
    raise Missing("its packages come from a registry of their own, which this runner does not use")


def odbc():
    apt("/usr/share/doc/odbc-postgresql", "odbc-postgresql", "unixodbc")


CLIENTS = {
    "psql": psql, "pgjdbc": jdbc, "psycopg2": python("psycopg2"), "psycopg 3": python("psycopg3"), "asyncpg": python("asyncpg"),
    "SQLAlchemy": python("sqlalchemy"), "pandas": python("pandas"), "psqlODBC": python("psqlodbc", odbc), "node-postgres": node("pg"),
    "postgres.js": node("postgresjs"), "pgx": golang("pgx"), "lib/pq": golang("libpq"), "ruby-pg": ruby, "DBD::Pg": perl,
    "PHP PDO": php, "Npgsql": npgsql, "Apache Superset": superset,
}

# The programs that need more than two minutes.
SLOW = {"Apache Superset": 600}

CHECKS = ["connect", "password", "catalog", "metadata", "types", "parameters", "fetch", "cancel", "errors", "transaction", "temp", "copy", "chart"]


class Server:
    """A glaux over the sample lake, with TLS and a user with a password."""

    def __init__(self, glaux, work):
        self.log = work / "serve.log"
        data = work / "data"
        quiet = dict(check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        subprocess.run([glaux, "crawl", ROOT / "testdata/lake", "--database", "demo", "--data-dir", data], **quiet)
        subprocess.run([glaux, "user", "create", "ana", "--superuser", "--data-dir", data],
                       **quiet, env={**os.environ, "GLAUX_USER_PASSWORD": PASSWORD})
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        self.process = subprocess.Popen([glaux, "serve", "--data-dir", data, "--listen", f"127.0.0.1:{self.port}", "--tls-self-signed"],
                                        stdout=self.log.open("w"), stderr=subprocess.STDOUT)
        for _ in range(200):
            with socket.socket() as s:
                if s.connect_ex(("127.0.0.1", self.port)) == 0:
                    break
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        else:
            raise SystemExit("glaux serve does not listen:\n" + self.log.read_text())
        self.env = {"PGHOST": "127.0.0.1", "PGPORT": str(self.port), "PGUSER": "ana", "PGPASSWORD": PASSWORD, "PGDATABASE": "demo",
                    "PGSSLMODE": "require"}
        subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", HERE / "setup.sql"], check=True, env={**os.environ, **self.env})

    def stop(self):
        """Ends the server as an operator does; it must do so by itself."""
        self.process.send_signal(signal.SIGTERM)
        if self.process.wait(timeout=30) != 0:
            raise SystemExit(f"glaux serve ended with {self.process.returncode}:\n" + self.log.read_text())


def environment(server, postgres):
    clean = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
    if postgres:
        host, port, database = postgres.split(":")
        return {**clean, "PGHOST": host, "PGPORT": port, "PGUSER": "postgres", "PGPASSWORD": "none", "PGDATABASE": database, "PGSSLMODE": "disable"}
    return {**clean, **server.env}


def run(name, command, env, seen):
    """Runs a client's program; gives what it passed, failed and skipped."""
    counts = collections.Counter()
    try:
        argv = [str(c) for c in command()]
    except Missing as e:
        print(f"skip {name}: {e}", flush=True)
        return collections.Counter(skip=1)
    start = time.monotonic()
    try:
        p = subprocess.run(argv, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=SLOW.get(name, 120))
        out, err, code = p.stdout, p.stderr, p.returncode
    except subprocess.TimeoutExpired as e:
        out, err, code = (e.stdout or b"").decode(), "no end in time", 1
    for line in out.splitlines():
        kind, _, rest = line.partition(" ")
        if kind not in ("ok", "fail", "skip"):
            continue
        what, _, detail = rest.partition(" ")
        counts[kind] += 1
        if kind != "ok":
            print(f"{kind} {name}: {rest}", flush=True)
        if seen[name].get(what) != "fail":
            seen[name][what] = kind
        if what == "connect" and kind == "ok":
            seen[name]["version"] = detail.strip()
    if code != 0 and not counts["fail"] or not counts:
        counts["fail"] += 1
        print(f"fail {name}: ended with {code}: {err[-600:]}", flush=True)
    print(f"{name} {seen[name].get('version', '')}: {counts['ok']} passed, {counts['fail']} failed, {counts['skip']} skipped "
          f"({time.monotonic() - start:.1f} s)", flush=True)
    return counts


def write_table(seen):
    """Replaces the table between the marks of docs/clients.md."""
    page = ROOT / "docs/clients.md"
    before, mark, rest = page.read_text().partition("<!-- table -->\n")
    _, end, after = rest.partition("<!-- end -->")
    if not mark or not end:
        raise SystemExit(f"{page} has no marks for the table")
    rows = ["| client | version | " + " | ".join(CHECKS) + " |", "|---|---|" + "---|" * len(CHECKS)]
    for name in CLIENTS:
        if name in seen:
            cells = [{"ok": "yes", "fail": "**no**", "skip": "skipped"}.get(seen[name].get(c), "") for c in CHECKS]
            rows.append(f"| {name} | {seen[name].get('version', '')} | " + " | ".join(cells) + " |")
    page.write_text(before + mark + "\n".join(rows) + "\n" + end + after)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("glaux", type=pathlib.Path)
    p.add_argument("--only", default="")
    p.add_argument("--doc", action="store_true")
    p.add_argument("--postgres", default="", metavar="HOST:PORT:DATABASE")
    args = p.parse_args()
    only = [x.strip() for x in args.only.split(",") if x.strip()]
    total, seen = collections.Counter(), collections.defaultdict(dict)
    with tempfile.TemporaryDirectory() as work:
        server = None if args.postgres else Server(args.glaux.resolve(), pathlib.Path(work))
        try:
            env = environment(server, args.postgres)
            for name, command in CLIENTS.items():
                if not only or name in only:
                    total += run(name, command, env, seen)
        finally:
            if server:
                server.stop()
    if args.doc:
        write_table(seen)
        for shot in SHOTS.glob("superset-*.png"):
            shutil.copy(shot, ROOT / "docs/images")
    print(f"{total['ok']} passed, {total['fail']} failed, {total['skip']} skipped")
    sys.exit(1 if total["fail"] else 0)


if __name__ == "__main__":
    main()
