package pgdiff

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Case is one entry of testdata/statements: a statement, or several that run
// one after the other on one connection.
//
//	-- @case name          starts a case; names are unique
//	-- @describe           only Parse and Describe: types of parameters and columns
//	-- @types 23 0         OIDs that the client gives for the parameters
//	-- @params 1|\N|x      values in text; extended protocol only
//	-- @novalues           values may differ (times, OIDs), their number may not
//	-- @simple             only the simple protocol
//
// Each line that ends in a semicolon ends a statement.
type Case struct {
	Name       string
	Topic      string // the file
	Statements []string
	Describe   bool
	Types      []uint32
	Params     [][]byte
	NoValues   bool
	Simple     bool
}

// ReadCases reads all files of a folder.
func ReadCases(dir string) ([]Case, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.sql"))
	if err != nil {
		return nil, err
	}
	var all []Case
	seen := map[string]bool{}
	for _, name := range files {
		list, err := readFile(name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for _, c := range list {
			if seen[c.Name] || len(c.Statements) == 0 {
				return nil, fmt.Errorf("%s: case %q is there twice, or empty", name, c.Name)
			}
			seen[c.Name] = true
		}
		all = append(all, list...)
	}
	return all, nil
}

func readFile(name string) ([]Case, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	topic := strings.TrimSuffix(filepath.Base(name), ".sql")
	var list []Case
	var text []string
	for sc := bufio.NewScanner(f); sc.Scan(); {
		line := sc.Text()
		word, rest, _ := strings.Cut(strings.TrimPrefix(line, "-- @"), " ")
		switch {
		case strings.HasPrefix(line, "-- @case"):
			list = append(list, Case{Name: rest, Topic: topic})
		case len(list) == 0 || strings.TrimSpace(line) == "":
		case strings.HasPrefix(line, "-- @"):
			if err := list[len(list)-1].directive(word, rest); err != nil {
				return nil, err
			}
		default:
			text = append(text, line)
			if strings.HasSuffix(line, ";") {
				c := &list[len(list)-1]
				c.Statements = append(c.Statements, strings.TrimSuffix(strings.Join(text, "\n"), ";"))
				text = nil
			}
		}
	}
	if text != nil {
		return nil, fmt.Errorf("no semicolon after %q", text)
	}
	return list, nil
}

func (c *Case) directive(word, rest string) error {
	switch word {
	case "describe":
		c.Describe = true
	case "novalues":
		c.NoValues = true
	case "simple":
		c.Simple = true
	case "types":
		for _, s := range strings.Fields(rest) {
			var oid uint32
			if _, err := fmt.Sscan(s, &oid); err != nil {
				return err
			}
			c.Types = append(c.Types, oid)
		}
	case "params":
		for _, s := range strings.Split(rest, "|") {
			if s == `\N` {
				c.Params = append(c.Params, nil)
			} else {
				c.Params = append(c.Params, []byte(s))
			}
		}
	default:
		return fmt.Errorf("unknown directive %q", word)
	}
	return nil
}

// Modes gives the ways in which the case is sent.
func (c Case) Modes() []Mode {
	switch {
	case c.Describe:
		return []Mode{Describe}
	case c.Simple:
		return []Mode{Simple}
	case c.Params != nil:
		return []Mode{Text, Binary}
	}
	return []Mode{Simple, Text, Binary}
}
