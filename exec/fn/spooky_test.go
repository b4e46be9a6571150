package fn

import "testing"

// TestSpooky: the answers that SpookyHash's own test publishes, for texts of n bytes
// 128, 129 and so on.
func TestSpooky(t *testing.T) {
	buf := make([]byte, 512)
	for i := range buf {
		buf[i] = byte(i + 128)
	}
	for n, want := range map[int]uint32{
		0: 0x6bf50919, 1: 0x70de1d26, 2: 0xa2b37298, 3: 0x35bc5fbf, 4: 0x8223b279, 7: 0xf9f1a233, 8: 0xee193982, 11: 0x9ed60886, 12: 0x5f23d1da,
		15: 0x83ec01f9, 16: 0xf274736c, 31: 0x027bca7c, 32: 0xe5cfc8b6, 47: 0x75728d0a, 48: 0x390e5fdc, 63: 0x09c1afb4, 64: 0x069c8bb7, 127: 0x82356bf2,
		128: 0x94e948ec, 191: 0xe13d9e19, 192: 0x77e012bd, 193: 0x2d05114c, 255: 0x2f40ee0b, 256: 0x38cebf03, 287: 0xc22c642d, 288: 0x47880140, 383: 0x4827f45c, 384: 0x44eb5634, 511: 0xcc1c8250,
	} {
		if got := uint32(spooky64(buf[:n])); got != want {
			t.Errorf("%d bytes: %08x, want %08x", n, got, want)
		}
	}
}
