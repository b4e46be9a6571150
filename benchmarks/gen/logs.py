#!/usr/bin/env python3
"""Makes the table of the wide log benchmark: one row a request to a content delivery
network, 100 columns, text with few and with very many values, all of them skewed.

    python3 -m venv .venv && .venv/bin/pip install -r benchmarks/gen/requirements.txt
    .venv/bin/python benchmarks/gen/logs.py --scale 1 --out /tmp/logs1

Scale 1 is 10 million rows in ten files, in the order of time. A value depends on the
row's number and the column's alone: the same scale gives the same rows.
"""
import argparse
import pathlib

import duckdb

FILES = 10
ROWS = 10_000_000
STEP_MS = 259  # between requests: scale 1 spans 30 days


def u(salt):
    """A number in [0, 1) that depends on the row and the column."""
    return f"(hash(i * 1000 + {salt}) / 18446744073709551616.0)"


def skew(n, salt, power=3):
    """An integer in [0, n): small ones are frequent."""
    return f"(floor({n} * pow({u(salt)}, {power})))::bigint"


def pick(values, salt, power=3):
    """One of values, the first the most frequent."""
    return f"([{', '.join(repr(v) for v in values)}])[1 + {skew(len(values), salt, power)}]"


def spread(n, salt):
    """An integer in [0, n), all alike."""
    return f"(hash(i * 1000 + {salt}) % {n})::bigint"


def some(share, value, salt, other="null"):
    return f"case when {u(salt)} < {share} then {value} else {other} end"


COUNTRIES = "US DE IN GB FR BR JP CA IT ES NL PL MX AU KR SE TR ID AR CH BE AT NO DK FI IE PT CZ RO GR HU IL ZA SG MY TH VN PH CL CO PE UA NZ EG NG KE MA SA AE PK BD LK".split()
HOSTS = ["www.example.com", "shop.example.com", "static.example.net", "img.example.net", "api.example.com", "video.example.org", "news.example.org", "m.example.com", "blog.example.com", "docs.example.io"]
BROWSERS = ["Chrome", "Safari", "Firefox", "Edge", "Samsung Internet", "Opera", "curl", "Googlebot", "bingbot", "okhttp"]
SYSTEMS = ["Windows", "Android", "iOS", "macOS", "Linux", "ChromeOS", "Other"]
POPS = [f"{c}{n}" for c in "fra lhr iad sfo nrt gru sin syd bom jnb ams cdg".split() for n in (1, 2, 3)]
WORDS = ("cheap best owl lamp chair desk red blue green used new small large wooden garden kitchen winter summer shoes phone case cover "
         "screen cable charger light table bed sofa mirror carpet clock bag coat hat ring watch book game toy bike helmet tent rope knife "
         "pan pot cup plate glass bottle tea coffee sugar salt oil soap towel brush paper pen ink tape glue paint wall door window roof tile").split()
PAGES = ["product", "category", "search", "article", "user", "cart", "static/js", "static/css", "images", "api/v2/items"]
ERRORS = ["upstream timed out after 30000 ms", "connection reset by peer", "no healthy upstream", "certificate has expired",
          "response header too large", "client closed the request", "too many redirects", "cache write failed: disk quota exceeded"]


def columns():
    """The 100 columns: names and what they are made of, by the row's number i."""
    word = lambda salt: pick(WORDS, salt, 2)
    yield "request_id", "(hash(i * 1000 + 1) >> 1)", "bigint"
    yield "event_time", f"timestamp '2026-01-01' + to_milliseconds(i * step + {spread(200, 2)})", "timestamp"
    yield "event_date", f"(timestamp '2026-01-01' + to_milliseconds(i * step + {spread(200, 2)}))::date", "date"
    yield "user_id", some(0.6, skew(4_000_000, 3, 2), 4, "0"), "bigint"
    yield "session_id", f"md5(({skew(2_600_000, 5, 1.3)})::varchar)", "varchar"
    yield "client_ip", f"concat_ws('.', 1 + {skew(220, 6, 2)}, {skew(256, 7, 2)}, {skew(256, 8, 1.5)}, {spread(256, 9)})", "varchar"
    yield "asn", f"1000 + {skew(40_000, 10, 5)}", "integer"
    yield "country", pick(COUNTRIES, 11), "varchar"
    yield "region", f"{pick(COUNTRIES, 11)} || '-' || ({skew(16, 12)})::varchar", "varchar"
    yield "city", f"'City ' || ({skew(9000, 13, 4)})::varchar", "varchar"
    yield "latitude", f"round({u(14)} * 130 - 50, 4)", "double"
    yield "longitude", f"round({u(15)} * 360 - 180, 4)", "double"
    yield "edge_pop", pick(POPS, 16, 1.5), "varchar"
    yield "edge_server", f"{pick(POPS, 16, 1.5)} || '-' || ({spread(40, 17)})::varchar", "varchar"
    yield "method", pick(["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS"], 18, 6), "varchar"
    yield "scheme", some(0.97, "'https'", 19, "'http'"), "varchar"
    yield "host", pick(HOSTS, 20, 2), "varchar"
    yield "path", f"'/' || {pick(PAGES, 21, 2)} || '/' || ({skew(300_000, 22, 4)})::varchar || {some(0.3, repr('/') + ' || ' + word(23), 24, repr(''))}", "varchar"
    yield "query_string", some(0.2, f"'utm_source=' || {word(25)} || '&id=' || ({skew(50_000, 26)})::varchar", 27, "''"), "varchar"
    yield "referer", some(0.55, f"'https://' || {pick(['www.google.com', 'www.example.com', 'news.example.org', 'bing.com', 't.co', 'duckduckgo.com'], 28, 2)} || '/' || {word(29)} || '/' || ({skew(200_000, 30, 4)})::varchar", 31, "''"), "varchar"
    yield "search_phrase", some(0.13, f"{word(32)} || ' ' || {word(33)} || {some(0.5, repr(' ') + ' || ' + word(34), 35, repr(''))}", 36, "''"), "varchar"
    yield "title", f"'The ' || {word(37)} || ' ' || {word(38)} || ' of ' || {pick(HOSTS, 20, 2)} || ' - page ' || ({skew(5000, 39, 4)})::varchar", "varchar"
    yield "browser", pick(BROWSERS, 40, 2.5), "varchar"
    yield "browser_version", f"90 + {skew(60, 41, 2)}", "smallint"
    yield "os", pick(SYSTEMS, 42, 2), "varchar"
    yield "os_version", f"{skew(18, 43, 2)}", "smallint"
    yield "user_agent", f"'Mozilla/5.0 (' || {pick(SYSTEMS, 42, 2)} || '; rv:' || ({skew(18, 43, 2)})::varchar || ') ' || {pick(BROWSERS, 40, 2.5)} || '/' || (90 + {skew(60, 41, 2)})::varchar || '.0.' || ({skew(90, 44, 4)})::varchar", "varchar"
    yield "device_model", some(0.4, f"'Model-' || ({skew(800, 45, 4)})::varchar", 46, "''"), "varchar"
    yield "is_mobile", f"{u(47)} < 0.52", "boolean"
    yield "is_bot", f"{u(48)} < 0.06", "boolean"
    yield "status", pick([200, 304, 404, 301, 206, 403, 500, 502, 503, 429], 49, 5), "smallint"
    yield "bytes_sent", f"(200 + 40000 * exp(6 * {u(50)} - 3) * {u(51)})::bigint", "bigint"
    yield "bytes_received", f"100 + {skew(8000, 52, 4)}", "integer"
    yield "duration_us", f"(80 * exp(9 * pow({u(53)}, 2)))::bigint", "integer"
    yield "ttfb_ms", f"round(0.4 * exp(6 * pow({u(54)}, 2)), 3)", "double"
    yield "cache_status", pick(["HIT", "MISS", "EXPIRED", "BYPASS", "STALE", "REVALIDATED"], 55, 3), "varchar"
    yield "cache_age_s", some(0.7, skew(86_400, 56, 3), 57), "integer"
    yield "origin_id", some(0.3, skew(300, 58, 3), 59), "integer"
    yield "origin_ms", some(0.3, f"(3 * exp(7 * {u(60)}))::integer", 59), "integer"
    yield "protocol", pick(["h2", "h3", "http/1.1", "http/1.0"], 61, 2), "varchar"
    yield "tls_version", pick(["TLSv1.3", "TLSv1.2"], 62, 3), "varchar"
    yield "tls_cipher", pick(["AES128-GCM", "AES256-GCM", "CHACHA20"], 63, 2), "varchar"
    yield "content_type", pick(["text/html", "image/webp", "application/json", "text/css", "application/javascript", "video/mp4", "font/woff2"], 64, 1.5), "varchar"
    yield "language", pick("en de fr es pt ja zh hi it nl pl ko sv tr".split(), 65, 3), "varchar"
    yield "timezone_min", f"({spread(25, 66)} - 12) * 60", "smallint"
    yield "screen_width", pick([1920, 390, 1366, 414, 360, 2560, 1440, 1536, 768, 3840], 67, 2), "smallint"
    yield "screen_height", pick([1080, 844, 768, 896, 800, 1440, 900, 864, 1024, 2160], 67, 2), "smallint"
    yield "pixel_ratio", pick([1.0, 2.0, 3.0, 1.5], 68, 2), "real"
    yield "product_id", some(0.35, skew(60_000, 69, 3), 70), "integer"
    yield "category", pick([f"category-{n}" for n in range(40)], 71, 3), "varchar"
    yield "price", some(0.35, f"round(exp(7 * {u(72)}), 2)", 70), "decimal(12,2)"
    yield "quantity", some(0.05, f"1 + {skew(9, 73, 4)}", 74), "smallint"
    yield "order_id", some(0.02, "i", 75), "bigint"
    yield "currency", pick(["USD", "EUR", "GBP", "JPY", "INR", "BRL"], 76, 2.5), "varchar"
    yield "campaign", some(0.15, f"'campaign-' || ({skew(2000, 77, 4)})::varchar", 78, "''"), "varchar"
    yield "ad_id", some(0.1, skew(500_000, 79, 4), 80, "0"), "bigint"
    yield "experiment", pick(["", "checkout-a", "search-b", "home-c", "price-d"], 81, 3), "varchar"
    yield "variant", f"{spread(4, 82)}", "smallint"
    yield "error_message", some(0.03, f"{pick(ERRORS, 83, 2)} || ' (request ' || ({spread(1000, 84)})::varchar || ')'", 85), "varchar"
    yield "visitor_first_seen", f"date '2025-01-01' + ({skew(365, 86, 1.5)})::integer", "date"
    yield "page_views", f"1 + {skew(60, 87, 4)}", "smallint"
    yield "scroll_percent", f"{spread(101, 88)}", "smallint"
    yield "dwell_ms", f"(exp(13 * {u(89)}))::integer", "integer"
    yield "trace_id", some(0.1, "hash(i * 1000 + 90)::ubigint::varchar", 91, "''"), "varchar"
    # What such logs are full of: flags, counters and timings, most of them zero.
    for n, name in enumerate(["is_refresh", "is_download", "is_internal", "is_prefetch", "cookies_on", "javascript_on", "do_not_track", "is_first_visit",
                              "is_logged_in", "has_basket", "is_amp", "is_webview", "tls_resumed", "early_data", "is_retry"]):
        yield name, f"{u(100 + n)} < {0.02 + 0.06 * n}", "boolean"
    for n, name in enumerate(["dns_us", "connect_us", "tls_us", "request_us", "response_us", "dom_us", "paint_us", "load_us"]):
        yield name, some(0.5, f"(50 * exp(8 * {u(130 + n)}))::integer", 140 + n, "0"), "integer"
    for n in range(8):
        yield f"counter_{n}", f"{skew(10 ** (n // 2 + 1), 150 + n, 6)}", "integer"
    for n in range(5):
        yield f"tag_{n}", some(0.2 * (n + 1), f"'tag-{n}-' || ({skew(10 ** (n + 1), 160 + n, 3)})::varchar", 170 + n, "''"), "varchar"


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--scale", type=float, default=1, help="1: ten million rows")
    p.add_argument("--out", type=pathlib.Path, required=True)
    a = p.parse_args()
    rows = int(ROWS * a.scale)
    cols = list(columns())
    assert len(cols) == 100, len(cols)
    folder = a.out / "requests"
    folder.mkdir(parents=True, exist_ok=True)
    select = ",\n".join(f"({e})::{t} as {name}" for name, e, t in cols)
    db = duckdb.connect()
    step = STEP_MS / a.scale
    for f in range(FILES):
        begin, end = rows * f // FILES, rows * (f + 1) // FILES
        db.execute(f"""copy (select {select.replace("i * step", f"(i * {step})::bigint")} from range({begin}, {end}) t(i))
            to '{folder / f"part-{f}.parquet"}' (format parquet, compression snappy)""")


if __name__ == "__main__":
    main()
