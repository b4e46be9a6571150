package model

import (
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	gluetypes "github.com/aws/aws-sdk-go-v2/service/glue/types"

	"github.com/glauxdb/glaux/catalog"
)

// databaseOther is what catalog.Database.Other holds.
type databaseOther struct {
	TargetDatabase                *gluetypes.DatabaseIdentifier    `json:",omitempty"`
	FederatedDatabase             *gluetypes.FederatedDatabase     `json:",omitempty"`
	CreateTableDefaultPermissions []gluetypes.PrincipalPermissions `json:",omitempty"`
}

// DatabaseFromInput reads a DatabaseInput; the name is folded to lower case.
func DatabaseFromInput(in *gluetypes.DatabaseInput) *catalog.Database {
	return &catalog.Database{
		Name:        strings.ToLower(aws.ToString(in.Name)),
		Description: aws.ToString(in.Description),
		Location:    aws.ToString(in.LocationUri),
		Parameters:  in.Parameters,
		Other:       otherText(databaseOther{in.TargetDatabase, in.FederatedDatabase, in.CreateTableDefaultPermissions}),
	}
}

// DatabaseFrom reads a Database.
func DatabaseFrom(d *gluetypes.Database) *catalog.Database {
	out := DatabaseFromInput(&gluetypes.DatabaseInput{Name: d.Name, Description: d.Description, LocationUri: d.LocationUri,
		Parameters: d.Parameters, TargetDatabase: d.TargetDatabase, FederatedDatabase: d.FederatedDatabase,
		CreateTableDefaultPermissions: d.CreateTableDefaultPermissions})
	out.Created = moment(d.CreateTime)
	return out
}

// ToDatabaseInput writes a DatabaseInput.
func ToDatabaseInput(d *catalog.Database) *gluetypes.DatabaseInput {
	var other databaseOther
	readOther(d.Other, &other)
	return &gluetypes.DatabaseInput{Name: aws.String(d.Name), Description: text(d.Description), LocationUri: text(d.Location),
		Parameters: d.Parameters, TargetDatabase: other.TargetDatabase, FederatedDatabase: other.FederatedDatabase,
		CreateTableDefaultPermissions: other.CreateTableDefaultPermissions}
}

// ToDatabase writes a Database. CatalogId is left to the caller.
func ToDatabase(d *catalog.Database) *gluetypes.Database {
	in := ToDatabaseInput(d)
	return &gluetypes.Database{Name: in.Name, Description: in.Description, LocationUri: in.LocationUri, Parameters: in.Parameters,
		TargetDatabase: in.TargetDatabase, FederatedDatabase: in.FederatedDatabase,
		CreateTableDefaultPermissions: in.CreateTableDefaultPermissions, CreateTime: instant(d.Created)}
}

// DatabaseLink gives what a database stands for, if it is a resource link.
func DatabaseLink(d *catalog.Database) (target string, ok bool) {
	var other databaseOther
	readOther(d.Other, &other)
	if other.TargetDatabase == nil {
		return "", false
	}
	return aws.ToString(other.TargetDatabase.DatabaseName), true
}

func moment(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
