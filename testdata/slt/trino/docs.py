"""Takes the examples out of Trino's documentation: the SQL of its code blocks, with the answers that
the pages show as comments behind statements or as tables.
"""

import re

from tests import Record

FOLDER = "docs/src/main/sphinx/"
PAGES = re.compile(r"(functions|language)/|sql/(select|values|match-recognize|pattern-recognition-in-window|prepare|execute|execute-immediate|deallocate-prepare|"
                   r"describe|describe-input|describe-output|explain|explain-analyze|show-columns|show-create-table|show-create-view|show-functions|show-tables|show-schemas|"
                   r"show-catalogs|create-view|create-table-as|insert|use|set-time-zone)\.md$")
UNFINISHED = re.compile(r"(\(|\b(UNION|ALL|EXCEPT|INTERSECT|DISTINCT|AS|FROM|\)|INTO \w+|EXPLAIN[^\n]*|VERBOSE)|CORRESPONDING)\s*$", re.I)
LEFT_OUT = {"functions/ai.md", "functions/ml.md", "functions/variant.md", "functions/datasketches.md", "functions/list.md", "functions/list-by-topic.md", "functions/geospatial.md"}
QUERY = re.compile(r"\s*(SELECT|WITH|VALUES|TABLE|SHOW|DESCRIBE|EXPLAIN|PREPARE|EXECUTE|DEALLOCATE|SET|USE|CREATE|INSERT|DROP|\()\b", re.I)

# What the pages speak of: their own tables, and those of TPC-H, a few rows of each.
TABLES = {
    "sql/select.md": ["CREATE VIEW shipping AS SELECT * FROM (VALUES ('California', 94131, 'New Jersey', 8648, 13), ('California', 94131, 'New Jersey', 8540, 42), "
                      "('New Jersey', 7081, 'Connecticut', 6708, 225), ('California', 90210, 'Connecticut', 6927, 1337), ('California', 94131, 'Colorado', 80302, 5), "
                      "('New York', 10002, 'New Jersey', 8540, 3)) t(origin_state, origin_zip, destination_state, destination_zip, package_weight)"],
}


def blocks(source):
    """Yields (language, text) of the code blocks of a page."""
    for m in re.finditer(r"^([ ]*)```(\w*)[^\n]*\n(.*?)^\1```", source, re.M | re.S):
        indent = len(m[1])
        yield m[2], "\n".join(line[indent:] for line in m[3].split("\n"))


def statements(text):
    """Yields (SQL, comment behind it) of a block. What is between comment lines in front belongs to nothing."""
    sql, comments, depth = [], [], False
    for line in text.split("\n") + [""]:
        ended = bool(sql) and sql[-1].rstrip().endswith(";")
        if sql and not ended and line.startswith("SELECT ") and not UNFINISHED.search("\n".join(sql)):
            yield "\n".join(sql), comments
            sql, comments = [], []
        if m := re.match(r"\s*--\s?(.*)", line):
            if ended:
                comments.append(m[1].rstrip())
            elif sql:
                sql.append("")  # a comment inside of the statement
            continue
        if ended and (line.strip() == "" and comments or line.strip() and (QUERY.match(line) or comments)):
            yield "\n".join(sql), comments
            sql, comments = [], []
        if line.strip() == "" and not sql:
            continue
        code, comment = behind(line)
        sql.append(code)
        if comment is not None and code.rstrip().endswith(";"):
            comments.append(comment)
    if any(s.strip() for s in sql):
        yield "\n".join(sql), comments


def behind(line):
    """Cuts a comment off the end of a line."""
    quoted = False
    for i, c in enumerate(line):
        if c == "'":
            quoted = not quoted
        elif not quoted and line.startswith("--", i):
            return line[:i].rstrip(), line[i + 2:].strip(" >")
    return line, None


def table(text):
    """Gives the rows of a table that the command line printed, or None."""
    lines = text.split("\n")
    for i, line in enumerate(lines):
        if re.fullmatch(r"\s*-+(\+-+)*\s*", line) and i > 0 and lines[i - 1].strip():
            rows = []
            for row in lines[i + 1:]:
                if not row.strip() or re.match(r"\s*\(\d+ rows?\)", row):
                    break
                rows.append("|".join(re.sub(r"^'(.*)'$", r"\1", c.strip()) or "(empty)" for c in row.split("|")))
            return rows
    return None


def value(comments):
    """Gives the answer that comments show, or None if they say something else."""
    text = " ".join(c.strip() for c in comments).strip()
    text = re.sub(r"\bROW\(([^()]*)\)", r"[\1]", text.replace(" -> ", "=").replace(" = ", "="))
    text = re.sub(r"^\{v1=([^=]*), v2=([^=]*), v3=([^=]*)\}$", r"[\1, \2, \3]", text)
    if not text:
        return None
    if re.fullmatch(r"'[^']*'", text):
        return text[1:-1] or "(empty)"
    if re.fullmatch(r"[Nn][Uu][Ll][Ll]", text):
        return "NULL"
    if re.fullmatch(r"-?[\d.]+(E-?\d+)?|true|false|[\[{].*[\]}]|\d{4}-\d\d-\d\d.*|\d\d:\d\d.*|-?\d+ \d\d:.*|-?\d+-\d+|\S+", text, re.I):
        text = re.sub(r"\bNULL\b", "null", text)
        return re.sub(r"'([^']*)'", r"\1", text) if text[0] in "[{" else text
    return None


def records(name, source):
    """Yields the records of a page, or the reasons why there are none."""
    if not PAGES.match(name):
        return
    if name in LEFT_OUT:
        yield "a page of what Athena has not, or that is tested elsewhere"
        return
    for sql in TABLES.get(name, []):
        r = Record(sql)
        r.setup = True
        yield r
    found = list(blocks(source))
    for i, (language, text) in enumerate(found):
        if language not in ("", "sql"):
            continue
        shown = table(text)
        if shown is not None:
            text = text[:text.find(";") + 1] if ";" in text else ""
        elif i + 1 < len(found) and found[i + 1][0] in ("text", "") and not QUERY.match(found[i + 1][1]):
            shown = table(found[i + 1][1])
        all_of = list(statements(text))
        for k, (sql, comments) in enumerate(all_of):
            yield example(sql, comments, shown if k == len(all_of) - 1 else None)


def example(sql, comments, shown):
    sql = sql.strip()
    if not QUERY.match(sql):
        return "not a statement"
    if "..." in sql or re.search(r"<\w+>|\[,|\bexpression\b", sql):
        return "a template"
    r = Record(sql)
    if comments and re.search(r"fail|error|raise", " ".join(comments), re.I) and "NULL" not in comments[0]:
        r.error = "*"
        return r
    v = value(comments)
    if v is not None:
        r.rows = [v]
    elif shown is not None:
        r.rows, r.sort = shown, True
    else:
        r.rows = ["..."]
    return r
