"""Writes all_types.ion (text) and all_types.10n (binary).   pip install amazon.ion && python generate.py"""
from amazon.ion import simpleion as ion

TEXT = r'''$ion_1_0
// a comment
{id: 1, name: "Ann \"the\" Lee\n", 'quoted name': sym, n: 12345678901234567890, neg: -7, hex: 0xFF, d: 1.50, big: 12d2, f: 1.5e0, inf: +inf,
 ok: true, day: 2024-03-01, month: 2024-02T, at: 2024-03-01T10:00:00.250+02:00, minute: 2024-03-01T10:00Z,
 tags: ["a", 'b c', null.string], sexp: (a b 1), who: person::{id: 1, deep: {x: null}}, blob: {{AAH/}}, clob: {{"text"}},
 long: \'\'\'one \'\'\' \'\'\'two\'\'\', zero: 0., e: {}, l: []}
/* another
   comment */
{id: 2, name: null, ok: false, d: -0.001, neg: 0}
note::{id: 3, "text": nan}
'''.replace("\\'", "'")
values = ion.loads(TEXT, single_value=False)
with open("all_types.ion", "w") as f:
    f.write(TEXT)
with open("all_types.10n", "wb") as f:
    ion.dump(values, f, binary=True, sequence_as_stream=True)
