package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/glue"
	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/catalog/transfer"
)

// glueClientFlags say which Glue an import or export is from or to.
type glueClientFlags struct {
	EndpointURL string `name:"endpoint-url" env:"AWS_ENDPOINT_URL_GLUE" placeholder:"URL" help:"Address of the Glue endpoint; by default AWS's of the region."`
	Region      string `placeholder:"REGION" help:"Region of AWS Glue."`
	Profile     string `placeholder:"NAME" help:"Profile of the AWS configuration files."`
	CatalogID   string `name:"catalog-id" placeholder:"ACCOUNT" help:"Account whose catalog it is; by default the caller's."`
}

// open makes a catalog that is that Glue. What Glue has no place for is of no
// use here: it is forgotten at the end.
func (f *glueClientFlags) open(ctx context.Context) (*glue.Catalog, error) {
	local, err := meta.Open(ctx, meta.Memory)
	if err != nil {
		return nil, err
	}
	c, err := glue.Open(ctx, glue.Config{Region: f.Region, Endpoint: f.EndpointURL, Profile: f.Profile, CatalogID: f.CatalogID}, local, glue.Options{})
	if err != nil {
		return nil, errors.Join(err, local.Close())
	}
	return c, nil
}

// transferFlags say what an import or export does.
type transferFlags struct {
	Database   []string `short:"d" sep:"none" placeholder:"PATTERN" help:"Only databases of this name, with * and ?; may be given more than once."`
	OnConflict string   `name:"on-conflict" enum:"skip,replace,error" default:"error" help:"What becomes of objects that are there and differ: skip, replace, or error (nothing is written)."`
	DryRun     bool     `name:"dry-run" help:"Compare and count, write nothing."`
	Continue   bool     `help:"Go on after an object that fails, and list all failures."`
	JSON       bool     `name:"json" help:"Print the summary as JSON."`
}

func (f *transferFlags) options(t *terminal) transfer.Options {
	o := transfer.Options{OnConflict: transfer.Policy(f.OnConflict), DryRun: f.DryRun, Continue: f.Continue, Databases: f.Database}
	if t.errTTY {
		o.Progress = func(table string) { fmt.Fprintf(t.err, "\r\x1b[K%s", table) }
	}
	return o
}

// maxNotes is how many lines of one kind a person is shown.
const maxNotes = 20

// printTransfer prints what a transfer did, and gives its failures as an error.
func (f *transferFlags) printTransfer(t *terminal, rep *transfer.Report, err error) error {
	if t.errTTY {
		fmt.Fprint(t.err, "\r\x1b[K")
	}
	if rep == nil {
		return err
	}
	if f.JSON {
		enc := json.NewEncoder(t.out)
		enc.SetIndent("", "  ")
		if jsonErr := enc.Encode(rep); jsonErr != nil {
			return errors.Join(err, jsonErr)
		}
	} else if err == nil {
		f.printCounts(t, rep)
	}
	printNotes(t, "NOTICE", rep.Notes)
	if err == nil && f.OnConflict != string(transfer.Replace) {
		printNotes(t, "WARNING", rep.Conflicts)
	}
	printNotes(t, "ERROR", rep.Failures)
	if n := len(rep.Failures); n > 0 && err == nil {
		err = fault.New(fault.CodeInvalidParameter, "%d objects failed", n)
	}
	return err
}

func (f *transferFlags) printCounts(t *terminal, rep *transfer.Report) {
	rows := [][]string{{"objects", "created", "replaced", "unchanged", "skipped", "failed"}}
	for _, r := range []struct {
		name string
		n    transfer.Counts
	}{{"databases", rep.Databases}, {"tables", rep.Tables}, {"views", rep.Views}, {"partitions", rep.Partitions}} {
		rows = append(rows, []string{r.name, strconv.Itoa(r.n.Created), strconv.Itoa(r.n.Replaced), strconv.Itoa(r.n.Unchanged),
			strconv.Itoa(r.n.Skipped), strconv.Itoa(r.n.Failed)})
	}
	printGrid(t, rows)
	if f.DryRun {
		fmt.Fprintln(t.out, "Nothing was written: --dry-run.")
	}
}

func printNotes(t *terminal, level string, notes []transfer.Note) {
	for _, n := range notes[:min(len(notes), maxNotes)] {
		fmt.Fprintf(t.err, "%s:  %s\n", level, n)
	}
	if more := len(notes) - maxNotes; more > 0 {
		fmt.Fprintf(t.err, "%s:  and %d more (--json lists all)\n", level, more)
	}
}
