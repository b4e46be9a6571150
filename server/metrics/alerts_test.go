package metrics

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// TestAlertsNameMetrics: docs/alerts.yaml has the form of Prometheus' rules, and
// speaks of metrics that exist.
func TestAlertsNameMetrics(t *testing.T) {
	text, err := os.ReadFile("../../docs/alerts.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Groups []struct {
			Name  string `yaml:"name"`
			Rules []struct {
				Alert       string            `yaml:"alert"`
				Expr        string            `yaml:"expr"`
				For         string            `yaml:"for"`
				Labels      map[string]string `yaml:"labels"`
				Annotations map[string]string `yaml:"annotations"`
			} `yaml:"rules"`
		} `yaml:"groups"`
	}
	if err := yaml.UnmarshalWithOptions(text, &file, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	exist := map[string]bool{}
	for _, name := range names(t) {
		exist[name] = true
	}
	word := regexp.MustCompile(`\bglaux_[a-z_]+`)
	for _, g := range file.Groups {
		for _, r := range g.Rules {
			if r.Alert == "" || r.Annotations["summary"] == "" || r.Labels["severity"] == "" {
				t.Errorf("%+v is not whole", r)
			}
			for _, name := range word.FindAllString(r.Expr, -1) {
				if !exist[strings.TrimSuffix(name, "_bucket")] {
					t.Errorf("%s: there is no metric %s", r.Alert, name)
				}
			}
		}
	}
	if len(file.Groups) == 0 || len(file.Groups[0].Rules) < 10 {
		t.Error("the rules were not read")
	}
}
