package jsontext

import "bytes"

// Equal compares two values: objects without order, numbers by value.
func Equal(a, b []byte) bool { return containsDepth(a, b, true, 0) }

// Contains reports whether a holds b, as PostgreSQL's @> does.
func Contains(a, b []byte) bool {
	if Kind(a) == '[' && Kind(b) != '[' && Kind(b) != '{' { // an array may hold a bare scalar
		found := false
		Each(a, func(_, v []byte) bool {
			found = found || Equal(v, b)
			return !found
		})
		return found
	}
	return containsDepth(a, b, false, 0)
}

func containsDepth(a, b []byte, equal bool, depth int) bool {
	ka, kb := Kind(a), Kind(b)
	if depth > MaxDepth {
		return false
	}
	switch {
	case ka == '{' && kb == '{':
		return objectContains(Members(a), Members(b), equal, depth)
	case ka == '[' && kb == '[':
		return arrayContains(a, b, equal, depth)
	case ka == '"' && kb == '"':
		return bytes.Equal(Unquote(nil, bytes.TrimSpace(a)), Unquote(nil, bytes.TrimSpace(b)))
	}
	x, y := bytes.TrimSpace(a), bytes.TrimSpace(b)
	if bytes.Equal(x, y) {
		return true
	}
	return isNumber(ka) && isNumber(kb) && CompareNumbers(x, y) == 0
}

// isNumber tells a number by its first byte.
func isNumber(k byte) bool { return k == '-' || k >= '0' && k <= '9' }

// Members gives an object's members by name; of repeated names the last.
func Members(b []byte) map[string][]byte {
	out := map[string][]byte{}
	Each(b, func(k, v []byte) bool {
		out[string(Unquote(nil, k))] = v
		return true
	})
	return out
}

func objectContains(a, b map[string][]byte, equal bool, depth int) bool {
	if equal && len(a) != len(b) {
		return false
	}
	for k, v := range b {
		if x, has := a[k]; !has || !containsDepth(x, v, equal, depth+1) {
			return false
		}
	}
	return true
}

func arrayContains(a, b []byte, equal bool, depth int) bool {
	var xs [][]byte
	Each(a, func(_, v []byte) bool { xs = append(xs, v); return true })
	if equal {
		if int64(len(xs)) != Len(b) {
			return false
		}
		i, ok := 0, true
		Each(b, func(_, v []byte) bool {
			ok = containsDepth(xs[i], v, true, depth+1)
			i++
			return ok
		})
		return ok
	}
	ok := true
	Each(b, func(_, v []byte) bool {
		found := false
		for _, x := range xs {
			if found = containsDepth(x, v, false, depth+1); found {
				break
			}
		}
		ok = found
		return ok
	})
	return ok
}
