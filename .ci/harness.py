"""What the clients' tests have in common: options, the list of tests, its runner."""
import argparse, json, logging, os, subprocess, sys, time, traceback, warnings

warnings.filterwarnings("ignore")
logging.getLogger().addHandler(logging.NullHandler())  # what clients log they raise as well
ap = argparse.ArgumentParser()
for flag in ("bin", "glaux", "data", "glue", "athena", "s3", "work"):
    ap.add_argument("--" + flag, default="")
ap.add_argument("only", nargs="*", help="run the tests whose names begin so")
opt = ap.parse_args()
os.environ["AWS_ENDPOINT_URL_GLUE"] = opt.glue
os.environ["AWS_ENDPOINT_URL_ATHENA"] = opt.athena
if opt.s3:
    os.environ["AWS_ENDPOINT_URL_S3"] = opt.s3

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

tests = []


class Skipped(Exception):
    """What a test needs is not here."""


def test(f):
    tests.append(f)
    return f


def raises(code, f, *args, **kw):
    try:
        f(*args, **kw)
    except ClientError as e:
        assert e.response["Error"]["Code"] == code, e
        return e
    raise AssertionError(f"no {code}")


def aws(service, *args, fails=False, env=None):
    """Runs the aws command line and gives its JSON, or what it says when it fails."""
    p = subprocess.run([f"{opt.bin}/aws", service, *args, "--output", "json"], capture_output=True, text=True, env=dict(os.environ, **env or {}))
    assert (p.returncode != 0) == fails, p.stderr + p.stdout
    return p.stderr if fails else json.loads(p.stdout or "{}")


def s3():
    """A client of the S3 server; tests that need one are skipped without."""
    if not opt.s3:
        raise Skipped("no S3 server (GLAUX_TEST_S3_ENDPOINT)")
    return boto3.client("s3", endpoint_url=opt.s3, config=Config(s3={"addressing_style": "path"}))


def run():
    """Runs the tests and ends the program."""
    passed = failed = skipped = 0
    for f in tests:
        if opt.only and not f.__name__.startswith(tuple(opt.only)):
            continue
        began = time.time()
        try:
            f()
            passed += 1
            print(f"ok    {f.__name__} ({time.time() - began:.1f} s)", flush=True)
        except Skipped as e:
            skipped += 1
            print(f"skip  {f.__name__}: {e}")
        except Exception:
            failed += 1
            print(f"FAIL  {f.__name__}")
            traceback.print_exc(file=sys.stdout)
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""), flush=True)
    sys.exit(failed > 0)
