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
