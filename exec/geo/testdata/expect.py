#!/usr/bin/env python3
"""Writes expect.json: what shapely (GEOS) says of random pairs of shapes.

    python3 -m venv venv && venv/bin/pip install shapely && venv/bin/python expect.py > expect.json

Coordinates lie on a coarse grid, so that shapes often touch, overlap and equal
each other.
"""
import json, random
import shapely
from shapely import wkt as W
from shapely.geometry import LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon
from shapely.ops import nearest_points

random.seed(20)


def polygon(x, y):
    d = random.randint(2, 9)
    kind = random.randint(0, 3)
    if kind == 0:
        return Polygon([(x, y), (x + d, y), (x + d, y + d), (x, y + d)])
    if kind == 1:
        return Polygon([(x, y), (x + d, y + 1), (x + d / 2, y + d)])
    if kind == 2:
        return Polygon([(x, y), (x + d, y), (x + d, y + d), (x, y + d)], [[(x + d / 4, y + d / 4), (x + d / 2, y + d / 4), (x + d / 2, y + d / 2)]])
    return Polygon([(x, y), (x + d, y), (x + d, y + d), (x + d / 2, y + 1), (x, y + d)])


def line(x, y):
    pts = [(x, y)]
    for _ in range(random.randint(1, 4)):
        x, y = x + random.randint(-4, 4), y + random.randint(1, 4)
        pts.append((x, y))
    return LineString(pts)


def shape():
    x, y = random.randint(0, 12), random.randint(0, 12)
    kind = random.randint(0, 7)
    if kind == 0:
        return Point(x, y)
    if kind == 1:
        return MultiPoint([(x, y), (x + 3, y + 3), (x + 5, y)])
    if kind in (2, 3):
        return line(x, y)
    if kind == 4:
        return MultiLineString([line(x, y), line(x + 20, y)])
    if kind == 5:
        return MultiPolygon([polygon(x, y), polygon(x + 20, y)])
    return polygon(x, y)


def text(g):
    return W.dumps(g, trim=True)


def num(x):
    return float("%.12g" % x)


RELATIONS = ["contains", "crosses", "disjoint", "equals", "intersects", "overlaps", "touches", "within"]
OVERLAYS = ["intersection", "union", "difference", "symmetric_difference"]
out = []
for i in range(600):
    a, b = shape(), shape()
    if i % 10 == 0:
        b = a
    c = {"a": text(a), "b": text(b), "relations": [bool(getattr(a, r)(b)) for r in RELATIONS], "matrix": a.relate(b)}
    c["overlays"] = []
    for o in OVERLAYS:
        g = getattr(a, o)(b)
        c["overlays"].append([num(g.area), num(g.length if g.geom_type.endswith("LineString") else 0), g.is_empty])
    p, q = nearest_points(a, b)
    c["distance"] = num(a.distance(b))
    c["nearest"] = num(p.distance(q))
    c["area"], c["hull"] = num(a.area), num(a.convex_hull.area)
    c["length"] = num(a.length) if a.geom_type.endswith("LineString") else 0
    c["centroid"] = [num(a.centroid.x), num(a.centroid.y)]
    c["buffer"] = num(a.buffer(1.5, quad_segs=24).area)
    c["simple"], c["points"] = bool(a.is_simple), int(shapely.get_num_coordinates(a))
    if a.geom_type == "LineString":
        c["locate"] = num(a.project(Point(7, 7), normalized=True))
        m = a.interpolate(0.3, normalized=True)
        c["interpolate"] = [num(m.x), num(m.y)]
    c["wkb"] = a.wkb_hex
    c["geojson"] = json.loads(shapely.to_geojson(a))
    out.append(c)
print("[" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in out) + "]")
