package model

import (
	"encoding/json"
	"reflect"

	"github.com/aws/aws-sdk-go-v2/aws"
	gluetypes "github.com/aws/aws-sdk-go-v2/service/glue/types"

	"github.com/glauxdb/glaux/catalog"
)

// storageOther is what catalog.Storage.Other holds.
type storageOther struct {
	SkewedInfo      *gluetypes.SkewedInfo      `json:",omitempty"`
	SchemaReference *gluetypes.SchemaReference `json:",omitempty"`
}

// StorageFrom reads a StorageDescriptor without its columns.
func StorageFrom(sd *gluetypes.StorageDescriptor) catalog.Storage {
	if sd == nil {
		return catalog.Storage{}
	}
	s := catalog.Storage{
		Location:       aws.ToString(sd.Location),
		InputFormat:    aws.ToString(sd.InputFormat),
		OutputFormat:   aws.ToString(sd.OutputFormat),
		Parameters:     sd.Parameters,
		Compressed:     sd.Compressed,
		Buckets:        int(sd.NumberOfBuckets),
		BucketColumns:  sd.BucketColumns,
		SubDirectories: sd.StoredAsSubDirectories,
		MoreLocations:  sd.AdditionalLocations,
		Other:          otherText(storageOther{sd.SkewedInfo, sd.SchemaReference}),
	}
	if si := sd.SerdeInfo; si != nil {
		s.SerDe, s.SerDeName, s.SerDeParams = aws.ToString(si.SerializationLibrary), aws.ToString(si.Name), si.Parameters
	}
	for _, o := range sd.SortColumns {
		s.SortColumns = append(s.SortColumns, catalog.SortColumn{Column: aws.ToString(o.Column), Desc: o.SortOrder == 0})
	}
	return s
}

// ToStorage writes a StorageDescriptor with these columns. Lists and maps that
// clients index without looking are there, if empty.
func ToStorage(s *catalog.Storage, cols []catalog.Column) *gluetypes.StorageDescriptor {
	var other storageOther
	readOther(s.Other, &other)
	sd := &gluetypes.StorageDescriptor{
		Columns:                ToColumns(cols),
		Location:               text(s.Location),
		InputFormat:            text(s.InputFormat),
		OutputFormat:           text(s.OutputFormat),
		Parameters:             orEmpty(s.Parameters),
		Compressed:             s.Compressed,
		NumberOfBuckets:        int32(s.Buckets),
		BucketColumns:          append([]string{}, s.BucketColumns...),
		SortColumns:            []gluetypes.Order{},
		StoredAsSubDirectories: s.SubDirectories,
		AdditionalLocations:    s.MoreLocations,
		SkewedInfo:             other.SkewedInfo,
		SchemaReference:        other.SchemaReference,
	}
	if s.SerDe != "" || s.SerDeName != "" || len(s.SerDeParams) > 0 {
		sd.SerdeInfo = &gluetypes.SerDeInfo{SerializationLibrary: text(s.SerDe), Name: text(s.SerDeName), Parameters: orEmpty(s.SerDeParams)}
	}
	for _, c := range s.SortColumns {
		o := gluetypes.Order{Column: aws.String(c.Column), SortOrder: 1}
		if c.Desc {
			o.SortOrder = 0
		}
		sd.SortColumns = append(sd.SortColumns, o)
	}
	return sd
}

// sameStorage compares two storages but for their locations.
func sameStorage(a, b *catalog.Storage) bool {
	x, y := *a, *b
	for _, s := range []*catalog.Storage{&x, &y} {
		s.Location = ""
		if len(s.SerDeParams) == 0 {
			s.SerDeParams = nil
		}
		if len(s.Parameters) == 0 {
			s.Parameters = nil
		}
		if len(s.BucketColumns) == 0 {
			s.BucketColumns = nil
		}
		if len(s.SortColumns) == 0 {
			s.SortColumns = nil
		}
		if len(s.MoreLocations) == 0 {
			s.MoreLocations = nil
		}
	}
	return reflect.DeepEqual(x, y)
}

func orEmpty(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return m
}

// otherText gives v as JSON, "" if nothing in it is set.
func otherText(v any) string {
	b, err := json.Marshal(v)
	if err != nil || string(b) == "{}" { // these are structs of texts and numbers: they always marshal
		return ""
	}
	return string(b)
}

// readOther reads what otherText wrote. A text that is not of this form was
// written by nobody who uses this package and says nothing.
func readOther(s string, v any) {
	if s != "" {
		_ = json.Unmarshal([]byte(s), v)
	}
}
