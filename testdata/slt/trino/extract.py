"""Writes the scripts of this folder from a clone of Trino's source.

    python extract.py GIT_DIRECTORY DOCS_REVISION TESTS_REVISION

takes the examples of the documentation (docs/) and the assertions of the tests (tests/), and writes
skipped.txt: how many examples of each file were left out, and why. The committed scripts are of the
documentation of Trino 483 and the tests of Trino 442, which is as old as Athena's engine.
"""

import collections
import os
import re
import subprocess
import sys

import docs
import tests

HERE = os.path.dirname(os.path.abspath(__file__))
JAVA = "core/trino-main/src/test/java/io/trino/"
FOLDERS = ("operator/scalar/", "type/", "sql/query/")
MOST = 400  # records of a script about times: one with more gives a sample spread over it
SCHEMAS = re.compile(r"\btpch\.(tiny|sf1)\.")
PICOSECONDS = re.compile(r"\.\d{10,}\b|\b(?:timestamp|time)\s*\(1[0-2]\)", re.I)


def git(directory, *args):
    return subprocess.run(["git", "--git-dir", directory, *args], check=True, capture_output=True).stdout


def one_line(sql):
    """Folds the white space between lines: a record's SQL must not hold an empty line. None: a literal holds one."""
    pieces = re.split(r"('(?:[^']|'')*')", sql.strip().rstrip(";").strip())
    if any("\n" in p for p in pieces[1::2]):
        return None
    return "".join(p if i % 2 else re.sub(r"\s*\n\s*", " ", p) for i, p in enumerate(pieces))


def visible(s):
    """Shows control characters as the runner does."""
    return "".join(chr(0x2400 + ord(c)) if ord(c) < 32 else c for c in s)


def write(record):
    """Gives a record's text, or the reason why it cannot be one."""
    sql = record.sql
    if re.search(r"[\0-\x09\x0b-\x1f\ud800-\udfff]", sql) or one_line(sql) is None or one_line(record.same or "") is None:
        return None, "control characters in the statement"
    if any(re.search(r"[\ud800-\udfff]", r) for r in record.rows or []):
        return None, "not Unicode"
    sql = SCHEMAS.sub("", one_line(sql))
    if PICOSECONDS.search(sql) or record.same and PICOSECONDS.search(record.same) or record.type and PICOSECONDS.search(record.type):
        return None, "picoseconds"
    if re.search(r"\bNUMBER\b", sql + (record.same or "")) or "VARIANT" in (sql + (record.same or "")).upper():
        return None, "a type newer than Athena's: number, variant"
    if re.search(r"\bmock\.", sql):
        return None, "of a connector for tests"
    if len(sql) > 4000:
        return None, "long"
    if getattr(record, "setup", False):
        return "statement ok\n" + sql, None
    lines = []
    if record.type:
        lines.append("# type " + record.type)
    if record.error:
        return "\n".join(lines[1:] + ["statement error " + record.error, sql]), None
    lines += ["query rowsort" if record.sort else "query", sql, "----"]
    if record.same is not None:
        if PICOSECONDS.search(record.same):
            return None, "picoseconds"
        lines.append("= " + one_line(record.same))
    else:
        lines += [visible(r) for r in record.rows]
    return "\n".join(lines), None


def script(name, found, head, skipped):
    """Writes a script of what was found in a file."""
    texts, seen = [], set()
    for r in found:
        if isinstance(r, str):
            skipped[name, r] += 1
            continue
        t, why = write(r)
        if why:
            skipped[name, why] += 1
        elif t not in seen:
            seen.add(t)
            texts.append(t)
    if len(texts) > MOST and re.search("/scalar_time", name):
        skipped[name, "of a sample left out"] += len(texts) - MOST
        texts = [texts[i * len(texts) // MOST] for i in range(MOST)]
    if not texts:
        return
    path = os.path.join(HERE, name + ".slt")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write("\n\n".join(head + texts) + "\n")


def main():
    directory, docs_at, tests_at = sys.argv[1:]
    names = lambda at: git(directory, "ls-tree", "-r", "--name-only", at).decode().split("\n")
    read = lambda at, n: git(directory, "show", at + ":" + n).decode("utf-8")
    skipped = collections.Counter()
    head = ["statement ok\nSET dialect = 'athena'", "statement ok\nSET TIME ZONE '%s'" % tests.ZONE]
    for n in names(tests_at):
        short = n[len(JAVA):]
        if n.startswith(JAVA) and n.endswith(".java") and short.startswith(FOLDERS):
            name = "tests/" + short[:-5].replace("operator/scalar/", "scalar/").replace("sql/query/", "query/").replace("AbstractTest", "").replace("Test", "").replace("/", "_").lower()
            script(name, tests.records(read(tests_at, n)), head, skipped)
    for n in names(docs_at):
        if n.startswith(docs.FOLDER) and n.endswith(".md"):
            script("docs/" + n[len(docs.FOLDER):-3].replace("/", "_"), docs.records(n[len(docs.FOLDER):], read(docs_at, n)), head, skipped)
    with open(os.path.join(HERE, "skipped.txt"), "w") as f:
        for (name, why), n in sorted(skipped.items()):
            f.write("%s: %d: %s\n" % (name, n, why))


main()
