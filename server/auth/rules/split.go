package rules

import "strings"

// split cuts a line into fields at spaces, and fields into words at commas. A #
// begins a comment. Quotes keep spaces, commas and # in a word and take the
// special meaning from it; a pair of them inside quotes is one quote.
func split(line string) ([][]Word, error) {
	var fields [][]Word
	rest := strings.TrimLeft(line, blanks+",")
	for rest != "" && rest[0] != '#' {
		var field []Word
		for {
			w, after, err := word(rest)
			if err != nil {
				return nil, err
			}
			field = append(field, w)
			rest = after
			if rest == "" || rest[0] != ',' {
				break
			}
			rest = strings.TrimLeft(rest[1:], blanks+",") // a list may go on after a space
			if rest == "" || rest[0] == '#' {
				break
			}
		}
		fields = append(fields, field)
		rest = strings.TrimLeft(rest, blanks+",")
	}
	return fields, nil
}

const blanks = " \t\r\n\f\v"

// word reads up to a space, a comma or a comment.
func word(s string) (w Word, rest string, err error) {
	var b strings.Builder
	in := false
	i := 0
	for ; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '"' && in && i+1 < len(s) && s[i+1] == '"':
			b.WriteByte('"')
			i++
		case c == '"':
			in = !in
			w.Quoted = w.Quoted || i == 0
		case !in && (c == ',' || c == '#' || strings.IndexByte(blanks, c) >= 0):
			w.Text = b.String()
			return w, s[i:], nil
		default:
			b.WriteByte(c)
		}
	}
	if in {
		return w, "", bad("a quote is not closed")
	}
	w.Text = b.String()
	return w, "", nil
}
