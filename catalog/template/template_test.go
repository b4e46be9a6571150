package template

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/glauxdb/glaux/catalog/fault"
)

func TestTemplatesAreWhole(t *testing.T) {
	seen := map[string]string{}
	for _, x := range All() {
		if !strings.HasPrefix(x.Source, "https://") {
			t.Errorf("%s: source %q", x.Name, x.Source)
		}
		for _, n := range append([]string{x.Name}, x.Aliases...) {
			if seen[n] != "" {
				t.Errorf("%q is a name of %s and of %s", n, seen[n], x.Name)
			}
			seen[n] = x.Name
		}
		for _, l := range x.Layouts {
			if x.Since.IsZero() {
				t.Errorf("%s has layout %s and no first day", x.Name, l.Name)
			}
			if l.folders[0].optional || l.folders[0].key != "" && !l.anywhere && kindOf(l.folders[0].key).shape[0] == anyName {
				t.Errorf("%s: layout %s begins with a folder that any location has", x.Name, l.Name)
			}
		}
	}
}

func TestFind(t *testing.T) {
	for _, name := range []string{"cloudtrail", "CloudTrail-Logs", "VPC_FLOW"} {
		if _, err := Find(name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, hint := range map[string]string{
		"cloudtrial": `Did you mean "cloudtrail"? SHOW TEMPLATES lists all of them.`,
		"vpcflowlog": `Did you mean "vpc_flow"? SHOW TEMPLATES lists all of them.`,
		"weather":    "SHOW TEMPLATES lists them.",
	} {
		_, err := Find(name)
		if !fault.Is(err, fault.CodeUndefinedObject) || fault.As(err).Hint != hint {
			t.Errorf("%s: %v, hint %q", name, err, fault.As(err).Hint)
		}
	}
}

// testTemplate has a layout of each kind.
func testTemplate(t *testing.T) *Template {
	t.Helper()
	x, err := parse("logs", `-- title: Logs
-- source: https://example.com
-- since: 2020-03-01
-- layout daily: AWSLogs/[${organization}]/${account}/logs/${region}/${day}
-- layout hive: AWSLogs/account=${account}/year=${year}
-- layout mixed: AWSLogs/account=${account}/logs/year=${year}
-- layout stream: ./${datehour}
CREATE EXTERNAL TABLE logs (a string)`)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

const org = "o-abcdefghij"

func TestPlace(t *testing.T) {
	x := testTemplate(t)
	for _, c := range []struct {
		location, options, keys, template, more string
	}{
		{"s3://b/AWSLogs/", "", "account region day", "s3://b/AWSLogs/${account}/logs/${region}/${day}/", "auto injected 2020/03/01,NOW injected"},
		{"s3://b/AWSLogs", "since=2021-05-06", "account region day", "s3://b/AWSLogs/${account}/logs/${region}/${day}/", "auto injected 2021/05/06,NOW injected"},
		{"s3://b/p/AWSLogs/AWSLogs/", "", "account region day", "s3://b/p/AWSLogs/AWSLogs/${account}/logs/${region}/${day}/", "auto injected 2020/03/01,NOW injected"},
		{"s3://b/AWSLogs/", "organization=" + org, "account region day", "s3://b/AWSLogs/" + org + "/${account}/logs/${region}/${day}/", "auto injected 2020/03/01,NOW injected"},
		{"s3://b/AWSLogs/" + org + "/", "", "account region day", "s3://b/AWSLogs/" + org + "/${account}/logs/${region}/${day}/", "auto injected 2020/03/01,NOW injected"},
		{"s3://b/AWSLogs/111122223333/", "region=eu-west-1", "region day", "s3://b/AWSLogs/111122223333/logs/${region}/${day}/", "2020/03/01,NOW enum eu-west-1"},
		{"s3://b/AWSLogs/111122223333/logs/eu-west-1/", "", "day", "s3://b/AWSLogs/111122223333/logs/eu-west-1/${day}/", "2020/03/01,NOW"},
		{"/data/AWSLogs/111122223333/logs/us-gov-west-1", "", "day", "/data/AWSLogs/111122223333/logs/us-gov-west-1/${day}/", "2020/03/01,NOW"},
		{"s3://b/AWSLogs/111122223333/logs/eu-west-1/2024/01/", "", "", "", ""},
		{"s3://b/AWSLogs/111122223333/logs/eu-west-1/2024/01/31/", "", "", "", ""},
		{"s3://b/AWSLogs/account=111122223333/", "", "year", "", "auto"},
		{"s3://b/AWSLogs/", "layout=hive", "account year", "", "auto"},
		{"s3://b/AWSLogs/", "layout=MIXED", "account year", "s3://b/AWSLogs/account=${account}/logs/year=${year}/", "auto"},
		{"s3://b/clicks/", "", "datehour", "s3://b/clicks/${datehour}/", "2020/03/01/00,NOW"},
		{"s3://b/clicks/2024/01/", "", "", "", ""},
	} {
		options := map[string]string{}
		for _, o := range strings.Fields(c.options) {
			k, v, _ := strings.Cut(o, "=")
			options[k] = v
		}
		p, err := x.Place(c.location, options)
		if err != nil {
			t.Errorf("%s %s: %v", c.location, c.options, err)
			continue
		}
		var keys, more []string
		for _, k := range p.Keys {
			keys = append(keys, k.Name)
		}
		for _, k := range slices.Sorted(maps.Keys(p.Properties)) {
			if v := p.Properties[k]; strings.HasSuffix(k, "range") || strings.HasSuffix(k, "values") || k == "partition.discovery" ||
				strings.HasSuffix(k, "type") && v != "date" {
				more = append(more, v)
			}
		}
		if got := strings.Join(keys, " "); got != c.keys {
			t.Errorf("%s %s: keys %q, want %q", c.location, c.options, got, c.keys)
		}
		if got := p.Properties["storage.location.template"]; got != c.template {
			t.Errorf("%s %s: template %q, want %q", c.location, c.options, got, c.template)
		}
		if got := strings.Join(more, " "); got != c.more {
			t.Errorf("%s %s: properties %q, want %q", c.location, c.options, got, c.more)
		}
	}
}

func TestPlaceWithoutFolders(t *testing.T) {
	x := testTemplate(t)
	x.Layouts = x.Layouts[:1]
	p, err := x.Place("s3://b/copies/", nil)
	if err != nil || len(p.Keys) > 0 || !strings.Contains(p.Note, "the location has none of the folders AWSLogs/") {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestPlaceRefuses(t *testing.T) {
	x := testTemplate(t)
	for _, c := range []struct{ location, key, value, message, hint string }{
		{"s3://b/AWSLogs/", "layot", "hive", `unknown option "layot"`, `Did you mean "layout"?`},
		{"s3://b/AWSLogs/", "layout", "hiv", `unknown layout "hiv"`, `Did you mean "hive"?`},
		{"s3://b/copies/", "layout", "daily", `location "s3://b/copies/" has none of the folders of the layout daily: AWSLogs/[${organization}]/${account}/logs/${region}/${day}`,
			"End the location at a folder of the layout, for example AWSLogs/."},
		{"s3://b/AWSLogs/", "since", "yesterday", `option since is "yesterday": expected a day such as 2024-01-31`, ""},
		{"s3://b/AWSLogs/", "account", "12", `option account: "12" is none`, "Give the names of folders, with commas between several."},
		{"s3://b/AWSLogs/", "organization", "x", `option organization: "x" is none`, "Give the names of folders, with commas between several."},
		{"s3://b/AWSLogs/111122223333/", "account", "111122223333", "option account says what the location or its folders say already", ""},
	} {
		_, err := x.Place(c.location, map[string]string{c.key: c.value})
		if f := fault.As(err); err == nil || f.Code != fault.CodeInvalidParameter || f.Message != c.message || f.Hint != c.hint {
			t.Errorf("%s %s=%s: %v, hint %q", c.location, c.key, c.value, err, fault.As(err).Hint)
		}
	}
}

func TestColumnName(t *testing.T) {
	for field, want := range map[string]string{
		"${account-id}": "account_id", "version": "version", "lineItem/UsageAmount": "line_item_usage_amount",
		"identity/LineItemId": "identity_line_item_id", "resourceTags/user:Cost Center": "resource_tags_user_cost_center",
		"cs(User-Agent)": "cs_user_agent", `"bill/PayerAccountId"`: "bill_payer_account_id", "product/APIName": "product_api_name", "/": "",
	} {
		if got := ColumnName(field); got != want {
			t.Errorf("%s: %q, want %q", field, got, want)
		}
	}
}

func TestSuggest(t *testing.T) {
	for url, want := range map[string]string{
		"s3://b/p/AWSLogs/111122223333/CloudTrail/eu-west-1/2024/01/31/x.json.gz":      "cloudtrail",
		"/d/AWSLogs/" + org + "/111122223333/CloudTrail/eu-west-1/2024/x.json.gz":      "cloudtrail",
		"s3://b/AWSLogs/111122223333/elasticloadbalancing/eu-west-1/2024/01/31/x.gz":   "alb alb_connection clb nlb",
		"s3://b/AWSLogs/111122223333/vpcflowlogs/eu-west-1/2024/01/31/22/x.log.gz":     "vpc_flow vpc_flow_parquet",
		"s3://b/AWSLogs/111122223333/x.gz":                                             "",
		"s3://b/AWSLogs/111122223333/Config/eu-west-1/2024/1/31/x.json.gz":             "",
		"s3://b/logs/2024/01/31/22/x.gz":                                               "",
		"s3://b/111122223333/eu-west-1/data/2024/01/31/2024-01-31-00-00-00-0A1B2C3D4E": "",
		"x": "",
	} {
		if got := strings.Join(Suggest(url), " "); got != want {
			t.Errorf("%s: %q, want %q", url, got, want)
		}
	}
}

func TestAdvise(t *testing.T) {
	x := testTemplate(t)
	x.Layouts = x.Layouts[:2]
	for _, c := range []struct{ location, names, want string }{
		{"s3://b/AWSLogs/", "", ""},
		{"s3://b/AWSLogs/", "111122223333 x", ""},
		{"s3://b/AWSLogs/", "111122223333 " + org, "folder " + org + " is an organization's, whose logs this table does not read: end the location there, or write WITH (organization = '" + org + "')"},
		{"s3://b/AWSLogs/", "account=111122223333", "folder account=111122223333 is one of the layout hive: write WITH (layout = 'hive')"},
		{"s3://b/AWSLogs/", "a b c d e f", "the table expects folders ${account} at its location, where there are others: a, b, c, d, e ..."},
		{"s3://b/AWSLogs/111122223333/", "vpc log", "the table expects folders logs at its location, where there are others: vpc, log"},
		{"s3://b/AWSLogs/111122223333/logs/eu-west-1/", "2023 2024", ""},
		{"s3://b/", "AWSLogs other", "there is a folder AWSLogs, as in AWSLogs/[${organization}]/${account}/logs/${region}/${day}: end the location there to have partitions"},
		{"s3://b/copies/", "may june", ""},
		{"s3://b/AWSLogs/111122223333/logs/eu-west-1/2024/", "01 02", ""},
	} {
		p, err := x.Place(c.location, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Advise(strings.Fields(c.names)); got != c.want {
			t.Errorf("%s with %s: %q, want %q", c.location, c.names, got, c.want)
		}
	}
}

// TestDocs checks that docs/templates.md has every template with its layouts.
func TestDocs(t *testing.T) {
	data, err := os.ReadFile("../../docs/templates.md")
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	for _, x := range All() {
		_, row, ok := strings.Cut(text, "\n| `"+x.Name+"` |")
		if row, _, _ = strings.Cut(row, "\n"); !ok || !strings.Contains(row, "]("+x.Source+")") {
			t.Errorf("docs/templates.md has no row for %s with its source", x.Name)
		}
		for _, l := range x.Layouts {
			if !strings.Contains(row, l.Name+": `"+l.String()+"`") {
				t.Errorf("docs/templates.md: %s lacks layout %s: `%s`", x.Name, l.Name, l)
			}
		}
	}
}
