"""Takes the checked answers out of Trino's tests: an assertion about an expression, a function, an
operator or a query becomes a record of a script. What needs Java to know is left out, and counted.
"""

import datetime
import decimal
import re
import struct
import zoneinfo

from java import Parser, Unknown, tokens

ZONE = "Pacific/Apia"  # of Trino's test sessions

# The beginning of the SQLSTATEs that an error code of Trino's may have here; * is any.
CODES = {
    "DIVISION_BY_ZERO": "22012", "NUMERIC_VALUE_OUT_OF_RANGE": "22", "INVALID_CAST_ARGUMENT": "22", "INVALID_FUNCTION_ARGUMENT": "22",
    "INVALID_LITERAL": "22", "JSON_INPUT_CONVERSION_ERROR": "22", "JSON_OUTPUT_CONVERSION_ERROR": "22", "JSON_VALUE_RESULT_ERROR": "22",
    "PATH_EVALUATION_ERROR": "22", "FUNCTION_NOT_FOUND": "42", "TYPE_MISMATCH": "42", "SYNTAX_ERROR": "42", "TYPE_NOT_FOUND": "42",
    "COLUMN_NOT_FOUND": "42", "SUBQUERY_MULTIPLE_ROWS": "21000", "NOT_SUPPORTED": "*",
}

OPERATORS = {"ADD": "+", "SUBTRACT": "-", "MULTIPLY": "*", "DIVIDE": "/", "MODULUS": "%", "EQUAL": "=", "LESS_THAN": "<",
             "LESS_THAN_OR_EQUAL": "<=", "IDENTICAL": "IS NOT DISTINCT FROM"}

TYPES = {"BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "REAL", "DOUBLE", "VARCHAR", "VARBINARY", "DATE", "JSON", "UUID", "IPADDRESS", "UNKNOWN"}
NAMED = {"INTERVAL_DAY_TIME": "interval day to second", "INTERVAL_YEAR_MONTH": "interval year to month", "createUnboundedVarcharType": "varchar",
         "TIMESTAMP_MILLIS": "timestamp(3)", "TIMESTAMP_MICROS": "timestamp(6)", "TIMESTAMP_NANOS": "timestamp(9)", "TIMESTAMP_SECONDS": "timestamp(0)",
         "TIMESTAMP_TZ_MILLIS": "timestamp(3) with time zone", "TIMESTAMP_TZ_MICROS": "timestamp(6) with time zone", "TIME_MILLIS": "time(3)",
         "TIMESTAMP_TZ_NANOS": "timestamp(9) with time zone", "DATETIME": "date"}
SIZED = {"createVarcharType": "varchar(%s)", "createCharType": "char(%s)", "createTimestampType": "timestamp(%s)", "createTimeType": "time(%s)",
         "createTimestampWithTimeZoneType": "timestamp(%s) with time zone", "createTimeWithTimeZoneType": "time(%s) with time zone"}
BOUNDS = {("Long", "MAX_VALUE"): 2**63 - 1, ("Long", "MIN_VALUE"): -2**63, ("Integer", "MAX_VALUE"): 2**31 - 1, ("Integer", "MIN_VALUE"): -2**31,
          ("Short", "MAX_VALUE"): 2**15 - 1, ("Short", "MIN_VALUE"): -2**15, ("Byte", "MAX_VALUE"): 127, ("Byte", "MIN_VALUE"): -128,
          ("Double", "NaN"): float("nan"), ("Double", "POSITIVE_INFINITY"): float("inf"), ("Double", "NEGATIVE_INFINITY"): float("-inf"),
          ("Double", "MAX_VALUE"): 1.7976931348623157e308, ("Double", "MIN_VALUE"): 5e-324, ("Math", "PI"): 3.141592653589793, ("Math", "E"): 2.718281828459045}


class Single(float):
    """A float of 32 bits."""


class Bytes(bytes):
    """A varbinary."""


class Text(str):
    """A value whose text is known: a time, an interval, a decimal."""


class Row(list):
    """A row, or an array."""


def shortest(x):
    """Writes a double, or a float of 32 bits, with the fewest digits that give it back, as Java does."""
    if x != x:
        return "NaN"
    if x in (float("inf"), float("-inf")):
        return "Infinity" if x > 0 else "-Infinity"
    text = repr(float(x))
    if isinstance(x, Single):
        for digits in range(1, 10):
            text = "%.*g" % (digits, x)
            if struct.unpack("f", struct.pack("f", float(text)))[0] == x:
                break
    sign, digits, exponent = decimal.Decimal(text).as_tuple()
    digits = "".join(map(str, digits)).rstrip("0") or "0"
    point = len(str(decimal.Decimal(text).as_tuple().digits and "".join(map(str, decimal.Decimal(text).as_tuple().digits)))) + exponent
    if x == 0:
        return "-0.0" if str(float(x))[0] == "-" else "0.0"
    lead = "-" if sign else ""
    if 1e-3 <= abs(x) < 1e7:
        if point <= 0:
            return lead + "0." + "0" * -point + digits
        return lead + digits[:point].ljust(point, "0") + "." + (digits[point:] or "0")
    return lead + digits[0] + "." + (digits[1:] or "0") + "E" + str(point - 1)


def text(v):
    """Writes a value as the runner writes results."""
    if v is None:
        return "null"
    if v is True or v is False:
        return str(v).lower()
    if isinstance(v, float):
        return shortest(v)
    if isinstance(v, Bytes):
        return " ".join("%02x" % b for b in v)
    if isinstance(v, dict):
        return "{" + ", ".join(sorted((text(k) + "=" + text(x) for k, x in v.items()), key=str.encode)) + "}"
    if isinstance(v, list):
        return "[" + ", ".join(text(x) for x in v) + "]"
    return str(v)


def clock(precision, fraction, at):
    """Writes a fraction of a second, given in 10^-at, with precision digits."""
    if fraction and precision > 9:
        raise Unknown("more than 9 digits of a second")
    return "." + str(fraction).rjust(at, "0")[:precision] if precision else ""


class Java:
    """Computes the values of expressions; names holds the constants that were seen."""

    def __init__(self):
        self.names = {}

    def value(self, e):
        kind = e[0]
        if kind == "str":
            return e[1]
        if kind == "num":
            return number(e[1])
        if kind == "neg":
            v = self.value(e[1])
            return Single(-v) if isinstance(v, Single) else -v
        if kind == "name":
            if e[1] in ("true", "false", "null"):
                return {"true": True, "false": False, "null": None}[e[1]]
            return self.named(e[1])
        if kind == "field":
            if e[1][0] == "name" and (e[1][1], e[2]) in BOUNDS:
                return BOUNDS[e[1][1], e[2]]
            return self.named(e[2])
        if kind == "op":
            return self.operation(e[1], self.value(e[2]), self.value(e[3]))
        if kind == "call":
            return self.call(e)
        if kind == "new":
            return self.new(e[1], e[2])
        raise Unknown("Java: " + kind)

    def named(self, name):
        if name not in self.names:
            raise Unknown("computed by Java")
        return self.names[name]

    def operation(self, op, a, b):
        if op == "+" and (isinstance(a, str) or isinstance(b, str)):
            return (a if isinstance(a, str) else text(a)) + (b if isinstance(b, str) else text(b))
        if isinstance(a, str) or isinstance(b, str) or a is None or b is None:
            raise Unknown("computed by Java")
        if op == "/" and isinstance(a, int) and isinstance(b, int):
            return int(a / b)
        return {"+": a + b, "-": a - b, "*": a * b, "/": a / b if b else float("nan")}[op]

    def call(self, e):
        name, target = e[2], e[1]
        f = getattr(self, "call_" + name, None)
        if f:
            return f(*e[3])
        args = e[3]
        if name == "formatted" or name == "repeat" or name == "replace" or name == "trim" or name == "toString":
            s = self.value(target)
            if not isinstance(s, str):
                raise Unknown("computed by Java")
            if name == "repeat":
                return s * self.value(args[0])
            if name == "replace":
                return s.replace(self.value(args[0]), self.value(args[1]))
            if name == "trim":
                return s.strip()
            if name == "formatted":
                return self.call_format(target, *args)
            return s
        if name in ("of", "asList", "list", "newArrayList", "singletonList", "emptyList"):
            if target is not None and target[-1] in ("ImmutableMap", "Map"):
                vs = [self.value(a) for a in args]
                return dict((freeze(k), v) for k, v in zip(vs[::2], vs[1::2]))
            if target is not None and target[-1] in ("Optional", "ImmutableSet", "Set"):
                raise Unknown("of a " + target[-1])
            return Row(self.value(a) for a in args)
        if name == "valueOf":
            return self.value(args[0])
        raise Unknown("Java: " + name + "()")

    def call_format(self, pattern, *args):
        p = self.value(pattern)
        if re.search(r"%[^sd%n]", p):
            raise Unknown("computed by Java")
        vs = [self.value(a) for a in args]
        return p.replace("%n", "\n") % tuple(v if isinstance(v, str) else text(v) for v in vs) if "%d" not in p else p.replace("%d", "%s") % tuple(vs)

    def call_utf8Slice(self, s):
        return self.value(s)

    def call_asMap(self, keys, values):
        return dict((freeze(k), v) for k, v in zip(self.value(keys), self.value(values)))

    def call_decimal(self, s, typ=None):
        return Text(plain(self.value(s)))

    def call_sqlVarbinary(self, *args):
        vs = [self.value(a) for a in args]
        if len(vs) == 1 and isinstance(vs[0], str):
            return Bytes(vs[0].encode())
        return Bytes(v & 255 for v in vs)

    call_varbinary = call_sqlVarbinary

    def call_sqlVarbinaryFromHex(self, s):
        return Bytes.fromhex(self.value(s))

    def call_padRight(self, s, n):
        return self.value(s).ljust(self.value(n))

    def call_sqlDateOf(self, *args):
        return Text("%04d-%02d-%02d" % tuple(self.value(a) for a in args))

    def call_timestamp(self, precision, *args):
        p, *rest, pico = [self.value(a) for a in (precision,) + args]
        return Text("%04d-%02d-%02d %02d:%02d:%02d" % tuple(rest) + clock(p, pico, 12))

    def call_sqlTimestampOf(self, *args):
        p, y, mo, d, h, mi, s, ms = [self.value(a) for a in args]
        return Text("%04d-%02d-%02d %02d:%02d:%02d" % (y, mo, d, h, mi, s) + clock(p, ms, 3))

    def call_time(self, *args):
        p, h, m, s, pico = [self.value(a) for a in args]
        return Text("%02d:%02d:%02d" % (h, m, s) + clock(p, pico, 12))

    def call_timeWithTimeZone(self, *args):
        p, h, m, s, pico, offset = [self.value(a) for a in args]
        sign = "-" if offset < 0 else "+"
        return Text("%02d:%02d:%02d" % (h, m, s) + clock(p, pico, 12) + "%s%02d:%02d" % (sign, abs(offset) // 60, abs(offset) % 60))

    def call_getTimeZoneKey(self, name):
        return self.value(name)

    def call_timestampWithTimeZone(self, *args):
        p, *at, pico, zone = [self.value(a) for a in args]
        if m := re.fullmatch(r"([+-])(\d\d):(\d\d)", zone):
            delta = datetime.timedelta(minutes=int(m[2]) * 60 + int(m[3])) * (-1 if m[1] == "-" else 1)
            zone = datetime.timezone(delta)
        else:
            zone = zoneinfo.ZoneInfo(zone)
        utc = datetime.datetime(*at, tzinfo=zone).astimezone(datetime.timezone.utc)
        return Text("%04d" % utc.year + utc.strftime("-%m-%d %H:%M:%S") + clock(p, pico, 12))

    def call_number(self, s):
        raise Unknown("of the type number")

    def new(self, name, args):
        if name == "SqlIntervalDayTime":
            vs = [self.value(a) for a in args]
            if len(vs) == 1:
                return interval(vs[0])
            return interval((((vs[0] * 24 + vs[1]) * 60 + vs[2]) * 60 + vs[3]) * 1000 + vs[4])
        if name == "SqlIntervalYearMonth":
            vs = [self.value(a) for a in args]
            months = vs[0] if len(vs) == 1 else vs[0] * 12 + vs[1]
            return Text("%s%d-%d" % ("-" if months < 0 else "", abs(months) // 12, abs(months) % 12))
        if name == "SqlVarbinary" and args[0][0] == "new":
            return Bytes(self.value(a) & 255 for a in args[0][2])
        if name == "String" and len(args) == 1:
            return self.value(args[0])
        if name.endswith("[]"):
            return Row(self.value(a) for a in args)
        if name in ("ArrayList", "ImmutableList"):
            return Row()
        raise Unknown("Java: new " + name)

    def call_toChars(self, point):
        return chr(self.value(point))

    def type(self, e):
        """Gives the SQL name of a type's expression."""
        if e[0] == "field":
            e = ("name", e[2])
        if e[0] == "name":
            if e[1] in TYPES:
                return e[1].lower()
            if e[1] in NAMED:
                return NAMED[e[1]]
            if e[1].startswith("JSON"):
                return "json"
            if isinstance(self.names.get(e[1]), tuple):
                return self.names[e[1]][0]
            raise Unknown("type " + e[1])
        name, args = e[2 if e[0] == "call" else 1], e[3 if e[0] == "call" else 2]
        if name in NAMED:
            return NAMED[name]
        if name in SIZED and args:
            return SIZED[name] % self.value(args[0])
        if name == "createDecimalType":
            vs = [self.value(a) for a in args] or [38]
            return "decimal(%s,%s)" % tuple((vs + [0])[:2])
        if name == "ArrayType" or name == "arrayType":
            return "array(%s)" % self.type(args[0])
        if name == "mapType":
            return "map(%s, %s)" % (self.type(args[0]), self.type(args[1]))
        if name in ("anonymousRow", "anonymous", "rowType"):
            if len(args) == 1 and args[0][0] == "call":
                args = args[0][3]
            return "row(%s)" % ", ".join(self.type(a) for a in args)
        raise Unknown("type " + name)


def freeze(v):
    return v if not isinstance(v, (list, dict)) else Text(text(v))


def plain(s):
    """Writes a decimal without zeros in front."""
    m = re.fullmatch(r"([+-]?)0*(\d*)(\.\d*)?", s)
    if not m:
        raise Unknown("decimal " + s)
    whole, fraction = m[2] or "0", m[3] or ""
    if fraction == ".":
        fraction = ""
    zero = not (whole + fraction).strip("0.")
    return ("-" if m[1] == "-" and not zero else "") + whole + fraction


def interval(ms):
    sign, ms = "-" if ms < 0 else "", abs(ms)
    return Text("%s%d %02d:%02d:%02d.%03d" % (sign, ms // 86400000, ms // 3600000 % 24, ms // 60000 % 60, ms // 1000 % 60, ms % 1000))


def number(t):
    t = t.replace("_", "")
    if t[:2] in ("0x", "0X"):
        v = int(t.rstrip("lL"), 16)
        if t[-1] in "lL":
            return v - 2**64 if v >= 2**63 else v
        return v - 2**32 if v >= 2**31 else v
    if t[:2] in ("0b", "0B"):
        return int(t.rstrip("lL"), 2)
    if t[-1] in "lL":
        return int(t[:-1])
    if t[-1] in "fF":
        return Single(struct.unpack("f", struct.pack("f", float(t[:-1])))[0])
    if t[-1] in "dD" or "." in t or "e" in t.lower():
        return float(t.rstrip("dD"))
    return int(t)


def chain(e):
    """Unwinds a.b(x).c(y) to (a, [(b, [x]), (c, [y])])."""
    calls = []
    while e[0] == "call" and e[1] is not None:
        calls.append((e[2], e[3]))
        e = e[1]
    return e, calls[::-1]


def subject(java, e):
    """Gives the SQL of assertions.expression(...) and its kin, and whether it is a query."""
    if e[0] == "ref":
        e = e[1]
    if e[0] == "lambda":
        raise Unknown("a lambda of Java")
    base, calls = chain(e)
    if base[0] == "call":
        calls = [(base[2], base[3])] + calls
    if not calls:
        raise Unknown("no expression")
    (name, args), rest = calls[0], calls[1:]
    bound = []
    for call, a in rest:
        if call == "binding":
            bound.append((java.value(a[0]), java.value(a[1])))
        elif call not in ("evaluate", "query"):
            raise Unknown("Java: " + call + "()")
    if args and args[0][0] in ("name", "call") and (args[0][-1] if args[0][0] == "name" else args[0][2]) in ("session", "getSession", "build", "SESSION"):
        raise Unknown("of a session of its own")
    vs = [java.value(a) for a in args]
    if name == "query":
        return vs[0], True
    if name == "expression":
        sql = vs[0]
    elif name == "function":
        sql = "%s(%s)" % (vs[0], ", ".join(vs[1:]))
    elif name == "operator":
        raise Unknown("operator")
    else:
        raise Unknown("not about SQL")
    if bound:
        return "SELECT %s FROM (VALUES ROW(%s)) t(%s)" % (sql, ", ".join(v for _, v in bound), ", ".join(n for n, _ in bound)), False
    return "SELECT " + sql, False


def operator(java, e):
    """Gives the SQL of assertions.operator(NAME, ...), or None if it is none."""
    if e[0] == "ref":
        e = e[1]
    if e[0] != "call" or e[2] != "operator":
        return None
    op, args = e[3][0][-1], [java.value(a) for a in e[3][1:]]
    if op in OPERATORS:
        return "SELECT (%s) %s (%s)" % (args[0], OPERATORS[op], args[1])
    if op == "NEGATION":
        return "SELECT -(%s)" % args[0]
    if op == "SUBSCRIPT":
        return "SELECT (%s)[%s]" % (args[0], args[1])
    if op == "CAST" or op == "INDETERMINATE" or op.startswith("HASH") or op.startswith("XX") or op.startswith("COMPARISON"):
        raise Unknown("an operator that SQL cannot name")
    raise Unknown("computed by Java")


class Record:
    """One record of a script."""

    def __init__(self, sql):
        self.sql, self.rows, self.type, self.error, self.sort, self.same = sql, None, None, None, False, None


SKIPPED_CALLS = {"describedAs", "as", "isNotNull"}


def assertion(java, e):
    """Makes a record of assertThat(...).x().y(); or of assertTrinoExceptionThrownBy(...)."""
    base, calls = chain(e)
    if base[2] in ("assertTrinoExceptionThrownBy", "assertThatThrownBy"):
        return failure(java, base, calls)
    arg = base[3][0]
    sql = operator(java, arg)
    query = False
    if sql is None:
        sql, query = subject(java, arg)
    r = Record(sql)
    r.sort = query
    for name, args in calls:
        expect(java, r, name, args, query)
    if r.rows is None and r.same is None and r.error is None:
        raise Unknown("nothing expected")
    return r


def expect(java, r, name, args, query):
    if name == "hasType":
        try:
            r.type = java.type(args[0])
        except Unknown:
            r.type = None
    elif name == "isEqualTo":
        v = java.value(args[0])
        r.rows = [cell(v)]
    elif name in ("isTrue", "isFalse"):
        r.rows = ["true" if name == "isTrue" else "false"]
    elif name == "isNull":
        r.rows = ["NULL"]
        if args:
            expect(java, r, "hasType", args, query)
    elif name in ("returnsEmptyResult", "isEmpty"):
        r.rows = []
    elif name == "ordered":
        r.sort = False
    elif name == "skippingTypesCheck" or name in SKIPPED_CALLS:
        pass
    elif name == "matches" and len(args) == 1:
        r.same = java.value(args[0])
        if not query:
            r.same = "SELECT " + r.same
    elif name in ("failure", "nonTrinoExceptionFailure"):
        r.error = "*"
    elif name == "hasErrorCode":
        r.error = CODES.get(args[0][-1], "*")
    elif name in ("hasMessage", "hasMessageContaining", "hasMessageMatching", "hasMessageStartingWith"):
        r.error = r.error or "*"
    else:
        raise Unknown("checked by Java: " + name + "()")


def failure(java, base, calls):
    arg = base[3][0]
    if arg[0] == "lambda":
        raise Unknown("a lambda of Java")
    sql = operator(java, arg)
    if sql is None:
        sql, _ = subject(java, arg)
    r = Record(sql)
    r.error = "*"
    for name, args in calls:
        if name == "hasErrorCode":
            r.error = CODES.get(args[0][-1], "*")
    return r


def cell(v):
    if v is None:
        return "NULL"
    s = text(v)
    return s if s else "(empty)"


def records(source):
    """Yields a Record, or the reason why there is none, for every assertion of a Java file."""
    toks = tokens(source)
    java = Java()
    i = 0
    while i < len(toks):
        kind, word = toks[i]
        after = toks[i + 1][1] if i + 1 < len(toks) else ""
        if kind == "name" and after == "=" and i > 0 and (toks[i - 1][0] == "name" or toks[i - 1][1] in (">", "]")):
            remember(java, toks, i)
        elif kind == "name" and word in ("assertThat", "assertTrinoExceptionThrownBy", "assertThatThrownBy") and after == "(":
            p = Parser(toks, i)
            try:
                e = p.expression()
                yield assertion(java, e)
            except (Unknown, ValueError, TypeError, IndexError, KeyError, OverflowError, struct.error) as err:
                yield str(err) if isinstance(err, Unknown) else "computed by Java"
        i += 1


def remember(java, toks, i):
    """Keeps the value, or the type, that a variable is given."""
    name = toks[i][1]
    try:
        e = Parser(toks, i + 2).expression()
        if toks[i - 1][1].endswith("Type"):
            java.names[name] = (java.type(e),)
        else:
            java.names[name] = java.value(e)
    except (Unknown, ValueError, TypeError, IndexError, KeyError, OverflowError):
        java.names.pop(name, None)
