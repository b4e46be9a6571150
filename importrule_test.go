package glaux_test

import (
	"os/exec"
	"strings"
	"testing"
)

const module = "github.com/glauxdb/glaux/"

// importRules says which folders of the module a folder may import (itself and
// its subfolders always). The longest matching folder decides. It is the list
// in ARCHITECTURE.md, "The house".
var importRules = []struct {
	folder string
	may    string // folders, each with everything below it unless it ends in $
}{
	{"catalog/types", "catalog/fault"},
	{"catalog/fault", ""},
	{"catalog/charset", "catalog/fault"},
	{"catalog/size", "catalog/fault"},
	{"catalog/meta", "catalog$ catalog/types catalog/fault catalog/partition"},
	{"catalog/partition", "catalog$ catalog/types catalog/fault catalog/size"},
	{"catalog/lake", "catalog$ catalog/types catalog/fault catalog/partition formats"},
	{"catalog/crawl", "catalog formats"},
	{"catalog/crawler", "catalog formats"},
	{"catalog/ddl", "catalog$ catalog/types catalog/fault catalog/lake"},
	{"catalog/template", "catalog/fault catalog/partition"},
	{"catalog/transfer", "catalog$ catalog/types catalog/fault catalog/partition catalog/ddl catalog/lake"},
	{"catalog/glue", "catalog$ catalog/types catalog/fault catalog/partition"},
	{"catalog/statistics", "catalog$"},
	{"catalog/users", "catalog$ catalog/types catalog/fault"},
	{"catalog", "catalog/types catalog/fault"},
	{"formats/vector", "catalog/types catalog/fault"},
	{"formats/store", "catalog/fault"},
	{"formats/codec", "catalog/fault"},
	{"formats", "formats catalog/types catalog/fault"},
	{"planner", "planner catalog$ catalog/types catalog/fault catalog/charset catalog/ddl catalog/lake catalog/partition catalog/routine catalog/statistics catalog/template formats"},
	{"exec/sketch", "catalog/types catalog/fault"},
	{"exec/geo", "catalog/types catalog/fault"},
	{"exec/kernel", "exec/mem exec/sketch planner/plan catalog$ catalog/types catalog/fault formats"},
	{"exec/h3", ""},
	{"exec/wasm", "exec/kernel exec/mem planner/plan catalog/types catalog/fault formats"},
	{"exec/jsonpath", "catalog/types catalog/fault"},
	{"exec/fn", "exec/kernel exec/geo exec/h3 exec/jsonpath exec/mem exec/sketch planner/plan catalog$ catalog/types catalog/fault formats"},
	{"exec/op", "exec/kernel exec/geo exec/fn exec/mem exec/sketch planner/plan catalog formats"},
	{"exec/mem", "catalog/fault"},
	{"exec/mem/spill", "exec/mem catalog/types catalog/fault formats/vector"},
	{"exec/memtable", "exec/mem catalog/types catalog/fault formats"},
	{"exec/reuse", "exec/mem exec/memtable planner/plan catalog$ catalog/lake catalog/types catalog/fault formats"},
	{"exec/build", "exec/kernel exec/fn exec/op exec/mem planner/plan catalog formats"},
	{"exec", "exec planner$ planner/plan planner/explain catalog formats"},
	{"server", "server exec$ exec/kernel exec/fn planner/plan catalog formats"},
	{"cmd", "cmd server exec$ exec/mem$ exec/kernel exec/fn planner/plan catalog formats"},
	{"benchmarks", "benchmarks cmd server exec planner catalog formats"},
}

// TestImportRules keeps the picture of the house true: it lists every package
// with what it imports (tests left out, they may look into any room).
func TestImportRules(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	packages := 0
	for _, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		words := strings.Fields(line)
		pkg, ok := strings.CutPrefix(words[0], module)
		if !ok {
			continue
		}
		packages++
		folder, may, ok := ruleOf(pkg)
		if !ok {
			t.Errorf("package %s is in no folder of the house: add it to the rules and to ARCHITECTURE.md", pkg)
			continue
		}
		for _, imp := range words[1:] {
			if imp, ok := strings.CutPrefix(imp, module); ok && !within(imp, folder) && !allowed(imp, may) {
				t.Errorf("%s imports %s: %s may import %s only", pkg, imp, folder, may)
			}
		}
	}
	if packages == 0 {
		t.Fatal("go list found no package")
	}
}

func ruleOf(pkg string) (folder, may string, ok bool) {
	for _, r := range importRules {
		if within(pkg, r.folder) && len(r.folder) > len(folder) {
			folder, may, ok = r.folder, r.may, true
		}
	}
	return folder, may, ok
}

func within(pkg, folder string) bool { return pkg == folder || strings.HasPrefix(pkg, folder+"/") }

func allowed(imp, may string) bool {
	for _, m := range strings.Fields(may) {
		if exact, ok := strings.CutSuffix(m, "$"); ok && imp == exact || !ok && within(imp, m) {
			return true
		}
	}
	return false
}
