package fn

import (
	"encoding/hex"
	"fmt"
	"testing"
)

// TestHashes compares with the reference implementations of xxHash and
// MurmurHash3 over the first bytes of 0, 1, 2, ...
func TestHashes(t *testing.T) {
	var data []byte
	for i := range 100 {
		data = append(data, byte(i))
	}
	for _, c := range []struct {
		n          int
		xx, murmur string
	}{
		{0, "ef46db3751d8e999", "00000000000000000000000000000000"},
		{3, "e5c7bb4533bc65dd", "bee653ef2fa172b8b696b352c25562fb"},
		{7, "14cc643f630c72d2", "680d4bca87694cbd87c725bdd4dd3a61"},
		{12, "424af23f1f08dca5", "caa51292e6a75db34653f7ec46f17580"},
		{31, "c346d2b59b4d8ee1", "94d02ca3e1d33d05905400b4ef9ae59e"},
		{32, "cbf59c5116ff32b4", "0f502fb622906dc65111c3346e0a051c"},
		{33, "0c535d1acafb8ead", "1246bafa1b28417d0ba3d6a77380ac55"},
		{64, "f7c67301db6713f0", "0123818d2d52d5ffa18e3356eb3822a2"},
		{100, "6ac1e58032166597", "ca5140c199996fb0990734c8936dbd0f"},
	} {
		if got := fmt.Sprintf("%016x", xxhash64(data[:c.n])); got != c.xx {
			t.Errorf("xxhash64 of %d bytes = %s, want %s", c.n, got, c.xx)
		}
		if got := hex.EncodeToString(murmur3(nil, data[:c.n])); got != c.murmur {
			t.Errorf("murmur3 of %d bytes = %s, want %s", c.n, got, c.murmur)
		}
	}
}
