package shape

import (
	"encoding/binary"
	"errors"
	"strconv"
)

// MaxZoom is the deepest level of Bing's tiles.
const MaxZoom = 23

// Tile is a tile of Bing's maps: column X and row Y of the 2^Zoom by 2^Zoom ones of
// a level.
type Tile struct {
	X, Y, Zoom int32
}

// TileSize is how many bytes a stored tile has.
const TileSize = 8

// AppendTile appends the bytes of a tile: Trino's number, 23 bits of X, 23 of Y, 5 of
// the level, as a big-endian integer.
func AppendTile(b []byte, t Tile) []byte {
	return binary.BigEndian.AppendUint64(b, uint64(t.X)<<28|uint64(t.Y)<<5|uint64(t.Zoom))
}

// TileOf reads the bytes of a tile.
func TileOf(b []byte) Tile {
	if len(b) == 0 {
		return Tile{}
	}
	n := binary.BigEndian.Uint64(b)
	return Tile{X: int32(n >> 28), Y: int32(n >> 5 & (1<<23 - 1)), Zoom: int32(n & 31)}
}

// AppendTileText appends a tile as JSON, which is how Trino's clients see it.
func AppendTileText(b, tile []byte) []byte {
	t := TileOf(tile)
	b = strconv.AppendInt(append(b, `{"x":`...), int64(t.X), 10)
	b = strconv.AppendInt(append(b, `,"y":`...), int64(t.Y), 10)
	b = strconv.AppendInt(append(b, `,"zoom":`...), int64(t.Zoom), 10)
	return append(b, '}')
}

// ErrQuadKey says that a text has a character that is not 0, 1, 2 or 3, or a length
// that no quadkey has.
var ErrQuadKey = errors.New("invalid quadkey")

// ParseQuadKey reads a quadkey: a digit a level, from the whole map inwards, of which
// one bit is X's and one Y's.
func ParseQuadKey(s []byte) (Tile, error) {
	if len(s) == 0 || len(s) > MaxZoom {
		return Tile{}, ErrQuadKey
	}
	t := Tile{Zoom: int32(len(s))}
	for _, c := range s {
		if c < '0' || c > '3' {
			return Tile{}, ErrQuadKey
		}
		t.X, t.Y = t.X<<1|int32(c-'0')&1, t.Y<<1|int32(c-'0')>>1
	}
	return t, nil
}

// AppendQuadKey appends the quadkey of a tile.
func AppendQuadKey(b []byte, t Tile) []byte {
	for i := t.Zoom - 1; i >= 0; i-- {
		b = append(b, '0'+byte(t.X>>i&1)+byte(t.Y>>i&1)<<1)
	}
	return b
}
