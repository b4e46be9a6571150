package crawler

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/glauxdb/glaux/catalog/crawl"
)

// Configuration is what Glue's Configuration JSON says. The zero value is what
// an empty text means.
type Configuration struct {
	Combine    bool // Grouping.TableGroupingPolicy is CombineCompatibleSchemas
	TableLevel int  // Grouping.TableLevelConfiguration; 0: found
	// MergeNewColumns (CrawlerOutput.Tables.AddOrUpdateBehavior): tables only
	// get new columns, fields of nested columns among them.
	MergeNewColumns bool
	TableThreshold  int // CrawlerOutput.Tables.TableThreshold; 0: no limit
	// InheritFromTable (CrawlerOutput.Partitions.AddOrUpdateBehavior): partitions
	// are described as their table, even where their files are of another
	// format. Without it only those partitions have a description of their own.
	InheritFromTable     bool
	CreatePartitionIndex bool // tables get partition_filtering.enabled; true unless it was said
}

// ParseConfiguration reads a Configuration. Errors are 22023.
func ParseConfiguration(text string) (*Configuration, error) {
	c := &Configuration{CreatePartitionIndex: true}
	if strings.TrimSpace(text) == "" {
		return c, nil
	}
	root, err := object("Configuration", json.RawMessage(text))
	if err != nil {
		return nil, err
	}
	version, ok := root["Version"]
	if !ok {
		return nil, invalid("Configuration has no Version").WithHint(`Begin it with {"Version": 1.0, ...}.`)
	}
	var v float64
	if err := json.Unmarshal(version, &v); err != nil || v != 1 {
		return nil, invalid("Configuration has Version %s: it must be 1.0", version)
	}
	for _, part := range []struct {
		key  string
		read func(path string, raw json.RawMessage) error
	}{
		{"Grouping", c.readGrouping},
		{"CrawlerOutput", c.readOutput},
		{"CreatePartitionIndex", func(path string, raw json.RawMessage) error {
			return value(path, raw, &c.CreatePartitionIndex, "true or false")
		}},
	} {
		if raw, ok := root[part.key]; ok {
			if err := part.read(part.key, raw); err != nil {
				return nil, err
			}
		}
	}
	return c, unsupported("Configuration", root, "Version", "Grouping", "CrawlerOutput", "CreatePartitionIndex")
}

func (c *Configuration) readGrouping(path string, raw json.RawMessage) error {
	o, err := object(path, raw)
	if err != nil {
		return err
	}
	if err := unsupported(path, o, "TableGroupingPolicy", "TableLevelConfiguration"); err != nil {
		return err
	}
	if c.Combine, err = choice(path+".TableGroupingPolicy", o["TableGroupingPolicy"], "CombineCompatibleSchemas"); err != nil {
		return err
	}
	return count(path+".TableLevelConfiguration", o["TableLevelConfiguration"], &c.TableLevel)
}

func (c *Configuration) readOutput(path string, raw json.RawMessage) error {
	o, err := object(path, raw)
	if err != nil {
		return err
	}
	if err := unsupported(path, o, "Tables", "Partitions"); err != nil {
		return err
	}
	if raw, ok := o["Tables"]; ok {
		path := path + ".Tables"
		t, err := object(path, raw)
		if err != nil {
			return err
		}
		if err := unsupported(path, t, "AddOrUpdateBehavior", "TableThreshold"); err != nil {
			return err
		}
		if c.MergeNewColumns, err = choice(path+".AddOrUpdateBehavior", t["AddOrUpdateBehavior"], "MergeNewColumns"); err != nil {
			return err
		}
		if err := count(path+".TableThreshold", t["TableThreshold"], &c.TableThreshold); err != nil {
			return err
		}
	}
	if raw, ok := o["Partitions"]; ok {
		path := path + ".Partitions"
		p, err := object(path, raw)
		if err != nil {
			return err
		}
		if err := unsupported(path, p, "AddOrUpdateBehavior"); err != nil {
			return err
		}
		if c.InheritFromTable, err = choice(path+".AddOrUpdateBehavior", p["AddOrUpdateBehavior"], "InheritFromTable"); err != nil {
			return err
		}
	}
	return nil
}

// grouping gives the Configuration as crawl.Find takes it.
func (c *Configuration) grouping(stringKeys bool) crawl.Grouping {
	return crawl.Grouping{Combine: c.Combine, TableLevel: c.TableLevel, MaxTables: c.TableThreshold, StringKeys: stringKeys}
}

// object reads one JSON object and nothing behind it.
func object(path string, raw json.RawMessage) (map[string]json.RawMessage, error) {
	var o map[string]json.RawMessage
	d := json.NewDecoder(bytes.NewReader(raw))
	if err := d.Decode(&o); err != nil {
		return nil, invalid("%s is not a JSON object: %v", path, err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, invalid("%s has something behind its JSON object", path)
	}
	return o, nil
}

// unsupported refuses keys that are not known, in Glue's words.
func unsupported(path string, o map[string]json.RawMessage, known ...string) error {
	var odd []string
	for _, k := range slices.Sorted(maps.Keys(o)) {
		if !slices.Contains(known, k) {
			odd = append(odd, k)
		}
	}
	if odd == nil {
		return nil
	}
	return invalid("%s contains unsupported keys: %s.", path, strings.Join(odd, ", ")).
		WithHint("Supported: %s.", strings.Join(known, ", "))
}

// choice reads a text that has one value; false if there is none.
func choice(path string, raw json.RawMessage, only string) (bool, error) {
	if raw == nil {
		return false, nil
	}
	var text string
	if err := json.Unmarshal(raw, &text); err != nil || text != only {
		return false, invalid("%s is %s: it can only be %q", path, raw, only)
	}
	return true, nil
}

// count reads a positive number, also one that is written as a text.
func count(path string, raw json.RawMessage, to *int) error {
	if raw == nil {
		return nil
	}
	var n int
	err := json.Unmarshal(raw, &n)
	if err != nil {
		var text string
		if json.Unmarshal(raw, &text) == nil {
			_, err = fmt.Sscanf(text, "%d", &n)
			if fmt.Sprint(n) != text {
				err = io.ErrUnexpectedEOF
			}
		}
	}
	if err != nil || n < 1 || n > 1<<30 {
		return invalid("%s is %s: it must be a whole number from 1 on", path, raw)
	}
	*to = n
	return nil
}

func value(path string, raw json.RawMessage, to any, want string) error {
	if err := json.Unmarshal(raw, to); err != nil {
		return invalid("%s is %s: it must be %s", path, raw, want)
	}
	return nil
}
