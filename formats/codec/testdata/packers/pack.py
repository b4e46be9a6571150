"""Writes this folder: one text, packed by the programs that people pack text with.

    apt-get install bzip2 pbzip2 lbzip2 gzip pigz tabix lz4 lzop xz-utils pixz zstd zip
    pip install python-snappy lz4 brotli && python pack.py

The text is not here: packers_test.go makes the same.
"""
import io, os, struct, subprocess, zipfile, zlib
import brotli, lz4.block, snappy

LINES = 9000
TEXT = "".join(f"{i},name {i % 97},{i * 2654435761 % (1 << 32) >> 12:05x}\n" for i in range(LINES)).encode()
HERE = os.path.dirname(os.path.abspath(__file__))


def write(name, data):
    with open(os.path.join(HERE, name), "wb") as f:
        f.write(data)


def run(*cmd, text=TEXT):
    return subprocess.run(cmd, input=text, stdout=subprocess.PIPE, check=True).stdout


def parts(n):
    """The text in pieces that do not end where lines do."""
    return [TEXT[i : i + n] for i in range(0, len(TEXT), n)]


def programs():
    cut = len(TEXT) // 2 + 7
    write("gzip.gz", run("gzip", "-n"))
    write("gzip_members.gz", run("gzip", "-n", text=TEXT[:cut]) + run("gzip", "-n", text=TEXT[cut:]))
    write("pigz.gz", run("pigz", "-n", "-b", "128"))
    write("pigz_independent.gz", run("pigz", "-n", "-i", "-b", "128"))
    write("pigz.zz", run("pigz", "-z"))
    write("bgzip.gz", run("bgzip", "-c"))
    # A file of bgzip, one of gzip, and another one of bgzip.
    write("bgzip_and_gzip.gz", run("bgzip", "-c", text=TEXT[:100_000]) + run("gzip", "-n", text=TEXT[100_000:150_000]) + run("bgzip", "-c", text=TEXT[150_000:]))
    write("bzip2.bz2", run("bzip2", "-1"))
    write("bzip2_streams.bz2", run("bzip2", text=TEXT[:cut]) + run("bzip2", "-2", text=b"") + run("bzip2", "-1", text=TEXT[cut:]))
    write("pbzip2.bz2", run("pbzip2", "-c", "-z", "-1", "-b1"))
    write("lbzip2.bz2", run("lbzip2", "-1"))
    write("xz.xz", run("xz", "-1"))
    write("xz_blocks.xz", run("xz", "-1", "--block-size=65536", "--check=sha256"))
    write("xz_threads.xz", run("xz", "-1", "-T2", "--block-size=65536", "--check=crc32"))
    write("xz_streams.xz", run("xz", "-1", "--check=none", text=TEXT[:cut]) + b"\0" * 8 + run("xz", "-1", "--block-size=65536", text=TEXT[cut:]) + b"\0" * 4)
    write("pixz.xz", run("pixz", "-t", "-1"))
    write("lzop.lzo", run("lzop", "-c"))
    write("lzop_9.lzo", run("lzop", "-9", "-c", "--crc32"))
    write("lzop_files.lzo", run("lzop", "-c", "-F", text=TEXT[:cut]) + run("lzop", "-c", text=TEXT[cut:]))
    write("lz4.lz4", run("lz4", "-c", "-B4"))
    write("lz4_frames.lz4", run("lz4", "-c", "-BD", text=TEXT[:cut]) + run("lz4", "-9", "-c", text=TEXT[cut:]))
    write("lz4_legacy.lz4", run("lz4", "-c", "-l"))
    write("zstd.zst", run("zstd", "-c"))
    write("zstd_long.zst", run("zstd", "-c", "--ultra", "-20", "--long=27"))
    write("pzstd.zst", run("pzstd", "-c", "-p", "3"))


def zstd_seekable():
    """Frames with a table of them behind (contrib/seekable_format of zstd), with
    and without checksums."""
    for name, checked in [("zstd_seekable.zst", True), ("zstd_seekable_unchecked.zst", False)]:
        out, table = b"", b""
        for part in parts(40_000):
            frame = run("zstd", "-c", "-q", text=part)
            table += struct.pack("<II", len(frame), len(part))
            if checked:
                table += struct.pack("<I", 0)  # the lower half of XXH64, which readers need not check
            out += frame
        n = len(parts(40_000))
        table += struct.pack("<IBI", n, 0x80 if checked else 0, 0x8F92EAB1)
        write(name, out + struct.pack("<II", 0x184D2A5E, len(table)) + table)


def libraries():
    framed, hadoop = io.BytesIO(), snappy.HadoopStreamCompressor()
    snappy.stream_compress(io.BytesIO(TEXT), framed)
    write("snappy_framed.snappy", framed.getvalue())
    write("snappy_hadoop.hsnappy", b"".join(hadoop.compress(p) for p in parts(50_000)))
    write("snappy_raw.snappy", snappy.compress(TEXT))
    write("lz4_hadoop.lz4", b"".join(struct.pack(">II", len(p), len(b)) + b for p in parts(60_000) for b in [lz4.block.compress(p, store_size=False)]))
    write("brotli.br", brotli.compress(TEXT, quality=5))
    write("zlib.deflate", zlib.compress(TEXT, 9))


def lzo_hadoop():
    """Hadoop's blocks of LZO1X: the blocks are lzop's, without its header."""
    data = run("lzop", "-c", "-F")
    at = 9 + 2 + 2 + 2 + 1 + 1 + 4 + 4 + 4 + 4 + 1 + 4  # the name is empty
    out = b""
    while True:
        (size,) = struct.unpack_from(">I", data, at)
        if size == 0:
            break
        (packed,) = struct.unpack_from(">I", data, at + 4)
        out += struct.pack(">II", size, packed) + data[at + 8 : at + 8 + packed]
        at += 8 + packed
    write("lzo_hadoop.lzo_deflate", out)


def archives():
    z = io.BytesIO()
    with zipfile.ZipFile(z, "w", zipfile.ZIP_DEFLATED) as w:
        w.writestr(zipfile.ZipInfo("a.csv", (2024, 1, 1, 0, 0, 0)), TEXT, zipfile.ZIP_DEFLATED)
    write("python.zip", z.getvalue())
    write("infozip_stream.zip", run("zip", "-q", "-", "-"))


if __name__ == "__main__":
    programs()
    zstd_seekable()
    libraries()
    lzo_hadoop()
    archives()
