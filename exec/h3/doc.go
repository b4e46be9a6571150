// Package h3 is the H3 grid (https://h3geo.org): the sphere as cells in 16
// resolutions, each of which has about seven of the next one.
//
//	latitude, longitude ── face of an icosahedron, gnomonic plane (face.go)
//	        │                       │ hexagonal coordinates (ijk.go)
//	        └──────────── Cell: base cell and a digit per resolution (cell.go)
//	                         neighbors, disks, distances (grid.go, distance.go)
//	                         boundaries (boundary.go), polygons (polygon.go)
//
// It is written from the published description of the grid. Odd resolutions (class
// III) are turned against the even ones (class II). The icosahedron's twelve corners
// are pentagons, which lack the direction k and what lies there.
package h3
