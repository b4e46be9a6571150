#!/usr/bin/env python3
"""Writes cells.tsv and pairs.tsv, what the h3 package of PyPI (Uber's C library) says of cells: pip install h3==4.5.0

cells.tsv: latitude, longitude, resolution, the cell there, its center, its corners, its neighbors.
pairs.tsv: two cells of a resolution and their distance, or - where the library cannot tell.
"""
import os
import random

import h3

random.seed(7)
here = os.path.dirname(os.path.abspath(__file__))


def line(lat, lng, res):
    c = h3.latlng_to_cell(lat, lng, res)
    at = lambda p: "%.10f %.10f" % p
    return "\t".join([repr(lat), repr(lng), str(res), c, at(h3.cell_to_latlng(c)),
                      ",".join(at(p) for p in h3.cell_to_boundary(c)), ",".join(sorted(h3.grid_disk(c, 1)))])


def place():
    while True:
        v = [random.gauss(0, 1) for _ in range(3)]
        r = sum(x * x for x in v) ** 0.5
        if r > 0.1:
            import math
            return math.degrees(math.asin(v[2] / r)), math.degrees(math.atan2(v[1], v[0]))


with open(os.path.join(here, "cells.tsv"), "w") as f:
    for res in range(16):
        for _ in range(30):
            print(line(*place(), res), file=f)
        for p in h3.get_pentagons(res):
            print(line(*h3.cell_to_latlng(p), res), file=f)
            near = random.choice(sorted(h3.grid_disk(p, 3)))
            print(line(*h3.cell_to_latlng(near), res), file=f)

with open(os.path.join(here, "pairs.tsv"), "w") as f:
    for res in range(16):
        cells = [h3.latlng_to_cell(*place(), res) for _ in range(12)] + random.sample(sorted(h3.get_pentagons(res)), 6)
        for c in cells:
            for d in random.sample(sorted(h3.grid_disk(c, 9)), min(8, len(h3.grid_disk(c, 9)))):
                try:
                    n = str(h3.grid_distance(c, d))
                except Exception:
                    n = "-"
                print(c, d, n, sep="\t", file=f)

SHAPES = {
    "city": [[(-122.52, 37.70), (-122.35, 37.70), (-122.38, 37.83), (-122.51, 37.80)]],
    "hole": [[(10, 40), (20, 41), (21, 50), (9, 49)], [(12, 43), (18, 44), (15, 47)]],
    "antimeridian": [[(175, -20), (-172, -19), (-173, -12), (176, -11)]],
    "pentagon": [[(5, 60), (16, 60), (15, 68), (4, 67)]],
    "sliver": [[(0.1, 0.1), (30, 0.2), (30, 0.3), (0.1, 0.15)]],
    "tiny": [[(2.3500, 48.8500), (2.3501, 48.8500), (2.3501, 48.8501)]],
}

with open(os.path.join(here, "polygons.tsv"), "w") as f:
    import hashlib
    for name, rings in SHAPES.items():
        flip = [[(lat, lng) for lng, lat in r] for r in rings]
        shape = h3.LatLngPoly(flip[0], *flip[1:])
        for res in {"city": (5, 7, 9), "tiny": (9, 12, 14)}.get(name, (1, 3, 5)):
            cells = sorted(h3.h3shape_to_cells(shape, res))
            text = "|".join(" ".join("%r,%r" % p for p in r) for r in rings)
            print(name, text, res, len(cells), hashlib.sha256(",".join(cells).encode()).hexdigest()[:16], sep="\t", file=f)
