"""Copies what fuzzers found in other readers of Arrow, with what pyarrow makes of it now.

    pip install pyarrow && python expect.py .../arrow-testing/data

The files are those of arrow-ipc-file and arrow-ipc-stream in apache/arrow-testing
(Apache-2.0, see ../integration/LICENSE.txt). expect.json has a line for each: the
rows (the first 100), or pyarrow's error. pyarrow runs in a process of its own: some files have
made it crash.
"""
import json, pathlib, shutil, subprocess, sys

ONE = """
import json, sys, pyarrow as pa
def shown(v):
    if isinstance(v, dict):
        return [shown(x) for x in v.values()]
    if isinstance(v, list):
        return [shown(x) for x in v]
    return v if v is None or isinstance(v, (int, str)) else repr(v)
kind, path = sys.argv[1:]
with open(path, "rb") as f:
    if kind == "file":
        r = pa.ipc.open_file(f)
        batches = [r.get_batch(i) for i in range(r.num_record_batches)]
    else:
        batches = list(pa.ipc.open_stream(f))
    for b in batches:
        b.validate(full=True)
    print(json.dumps([[shown(v) for v in r] for b in batches for r in zip(*(c.to_pylist() for c in b.columns))][:100]))
"""

out = []
for kind in ("file", "stream"):
    pathlib.Path(kind).mkdir(exist_ok=True)
    for path in sorted((pathlib.Path(sys.argv[1]) / f"arrow-ipc-{kind}").glob("clusterfuzz*")):
        name = f"{kind}/" + path.name.replace(f"arrow-ipc-{kind}-fuzz-", "").replace("clusterfuzz-testcase-", "").replace(".fuzz", "-fuzz")
        shutil.copyfile(path, name)
        p = subprocess.run([sys.executable, "-c", ONE, kind, name], capture_output=True, text=True, timeout=60)
        line = {"name": name}
        if p.returncode == 0:
            line["rows"] = json.loads(p.stdout)
        else:
            line["error"] = p.stderr.strip().splitlines()[-1][:100] if p.stderr.strip() else f"exit {p.returncode}"
        out.append(line)
with open("expect.json", "w") as f:
    for line in out:
        f.write(json.dumps(line) + "\n")
