"""What the Python programs of this folder share: where the server is, and
lines "ok CHECK", "fail CHECK reason", "skip CHECK reason" for the runner."""
import datetime
import decimal
import os
import sys
import threading
import time
import traceback
import uuid

HOST = os.environ["PGHOST"]
PORT = int(os.environ["PGPORT"])
USER = os.environ["PGUSER"]
PASSWORD = os.environ.get("PGPASSWORD", "")
DATABASE = os.environ["PGDATABASE"]
SSL = os.environ.get("PGSSLMODE", "prefer")

# The rows of setup.sql as Python's values.
ROW = {
    "c_bool": True, "c_int2": 12, "c_int4": -123456, "c_int8": 9007199254740993, "c_float4": 1.5, "c_float8": 0.1,
    "c_numeric": decimal.Decimal("12345.6700"), "c_text": "naïve", "c_char": "ab   ", "c_bytea": b"\x00\xff\x10",
    "c_date": datetime.date(2024, 2, 29), "c_time": datetime.time(13, 14, 15, 500000),
    "c_timestamp": datetime.datetime(2024, 2, 29, 13, 14, 15, 123456),
    "c_timestamptz": datetime.datetime(2024, 2, 29, 13, 14, 15, 123456, tzinfo=datetime.timezone.utc),
    "c_interval": datetime.timedelta(days=1), "c_uuid": uuid.UUID("123e4567-e89b-12d3-a456-426614174000"),
    "c_json": {"a": [1, 2]}, "c_ints": [1, 2, None], "c_texts": ["a", "b,c", 'd"e'], "c_map": {"k": 1},
}

# The types that a round trip as a parameter is tried with.
PARAMETERS = {k: ROW[k] for k in ("c_bool", "c_int2", "c_int4", "c_int8", "c_float4", "c_float8", "c_numeric", "c_text", "c_bytea",
                                  "c_date", "c_time", "c_timestamp", "c_timestamptz", "c_interval", "c_uuid")}

# A statement that takes long enough to be canceled.
SLOW = "select count(*) from lineitem a, lineitem b, lineitem c where a.l_comment < b.l_comment and b.l_comment < c.l_comment"


def row_differs(got, skip=()):
    """Tells how a row of alltypes (a mapping) differs from ROW; '' if it does not."""
    wrong = [f"{k}: {got[k]!r} is not {v!r}" for k, v in ROW.items() if k not in skip and got[k] != v]
    return "; ".join(wrong)


def same(got, want):
    assert got == want, f"got {got!r}, want {want!r}"


def soon(f, seconds=0.5):
    """Calls f after a moment, in a thread."""
    t = threading.Timer(seconds, f)
    t.daemon = True
    t.start()
    return t


def within(seconds, f):
    """Calls f and checks how long it took."""
    start = time.monotonic()
    out = f()
    took = time.monotonic() - start
    assert took < seconds, f"took {took:.1f} s"
    return out


_failed = False


def check(name, f):
    """Runs a check and prints its line."""
    global _failed
    try:
        detail = f()
        print("ok", name, detail or "", flush=True)
    except NotImplementedError as e:
        print("skip", name, e, flush=True)
    except BaseException as e:  # whatever a driver raises is a finding
        _failed = True
        text = " ".join(f"{type(e).__name__}: {e}".split())
        print("fail", name, text[:400], flush=True)
        if os.environ.get("CLIENTS_TRACE"):
            traceback.print_exc()


def end():
    sys.stdout.flush()
    os._exit(1 if _failed else 0)
