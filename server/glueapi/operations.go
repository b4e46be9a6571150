package glueapi

import (
	"context"
	"maps"
	"reflect"

	"github.com/glauxdb/glaux/server/awsapi"
)

// operation runs one operation of Glue: its request as JSON to its response.
type operation func(s *Server, ctx context.Context, body []byte) (any, error)

// handle makes an operation of a handler.
func handle[I, O any](f func(s *Server, ctx context.Context, in *I) (*O, error)) operation {
	return func(s *Server, ctx context.Context, body []byte) (any, error) {
		in := new(I)
		if err := s.codec.Decode(body, in); err != nil {
			return nil, err
		}
		if err := s.checkCatalog(in); err != nil {
			return nil, err
		}
		out, err := f(s, ctx, in)
		if err != nil {
			return nil, err
		}
		return out, nil
	}
}

// checkCatalog refuses requests about the catalog of another account, where the
// operator said whose this one is.
func (s *Server) checkCatalog(in any) error {
	f := reflect.ValueOf(in).Elem().FieldByName("CatalogId")
	if s.anyID || !f.IsValid() || f.Kind() != reflect.Pointer || f.IsNil() {
		return nil
	}
	if id := f.Elem().String(); id != "" && id != s.catalogID {
		return notFound("Catalog %s not found.", awsapi.Clip(id))
	}
	return nil
}

// operations is the list of all that is served.
func operations() map[string]operation {
	all := catalogOperations()
	maps.Copy(all, keptOperations())
	maps.Copy(all, crawlerOperations())
	return all
}

// catalogOperations are those on databases, tables and partitions.
func catalogOperations() map[string]operation {
	return map[string]operation{
		"CreateDatabase": handle((*Server).createDatabase),
		"GetDatabase":    handle((*Server).getDatabase),
		"GetDatabases":   handle((*Server).getDatabases),
		"UpdateDatabase": handle((*Server).updateDatabase),
		"DeleteDatabase": handle((*Server).deleteDatabase),

		"CreateTable":             handle((*Server).createTable),
		"GetTable":                handle((*Server).getTable),
		"GetTables":               handle((*Server).getTables),
		"UpdateTable":             handle((*Server).updateTable),
		"DeleteTable":             handle((*Server).deleteTable),
		"BatchDeleteTable":        handle((*Server).batchDeleteTable),
		"GetTableVersion":         handle((*Server).getTableVersion),
		"GetTableVersions":        handle((*Server).getTableVersions),
		"DeleteTableVersion":      handle((*Server).deleteTableVersion),
		"BatchDeleteTableVersion": handle((*Server).batchDeleteTableVersion),

		"CreatePartition":      handle((*Server).createPartition),
		"GetPartition":         handle((*Server).getPartition),
		"GetPartitions":        handle((*Server).getPartitions),
		"UpdatePartition":      handle((*Server).updatePartition),
		"DeletePartition":      handle((*Server).deletePartition),
		"BatchCreatePartition": handle((*Server).batchCreatePartition),
		"BatchGetPartition":    handle((*Server).batchGetPartition),
		"BatchUpdatePartition": handle((*Server).batchUpdatePartition),
		"BatchDeletePartition": handle((*Server).batchDeletePartition),

		"SearchTables": handle((*Server).searchTables),

		"GetUnfilteredTableMetadata":      handle((*Server).getUnfilteredTable),
		"GetUnfilteredPartitionMetadata":  handle((*Server).getUnfilteredPartition),
		"GetUnfilteredPartitionsMetadata": handle((*Server).getUnfilteredPartitions),
	}
}

// keptOperations are those on what Glaux keeps for its clients.
func keptOperations() map[string]operation {
	return map[string]operation{
		"CreatePartitionIndex": handle((*Server).createPartitionIndex),
		"GetPartitionIndexes":  handle((*Server).getPartitionIndexes),
		"DeletePartitionIndex": handle((*Server).deletePartitionIndex),

		"GetColumnStatisticsForTable":        handle((*Server).getTableStatistics),
		"UpdateColumnStatisticsForTable":     handle((*Server).updateTableStatistics),
		"DeleteColumnStatisticsForTable":     handle((*Server).deleteTableStatistics),
		"GetColumnStatisticsForPartition":    handle((*Server).getPartitionStatistics),
		"UpdateColumnStatisticsForPartition": handle((*Server).updatePartitionStatistics),
		"DeleteColumnStatisticsForPartition": handle((*Server).deletePartitionStatistics),

		"CreateUserDefinedFunction": handle((*Server).createFunction),
		"GetUserDefinedFunction":    handle((*Server).getFunction),
		"GetUserDefinedFunctions":   handle((*Server).getFunctions),
		"UpdateUserDefinedFunction": handle((*Server).updateFunction),
		"DeleteUserDefinedFunction": handle((*Server).deleteFunction),

		"GetTags":       handle((*Server).getTags),
		"TagResource":   handle((*Server).tagResource),
		"UntagResource": handle((*Server).untagResource),

		"GetCatalog":                       handle((*Server).getCatalog),
		"GetCatalogs":                      handle((*Server).getCatalogs),
		"GetCatalogImportStatus":           handle((*Server).getImportStatus),
		"GetDataCatalogEncryptionSettings": handle((*Server).getEncryption),
		"GetResourcePolicy":                handle((*Server).getPolicy),
		"GetResourcePolicies":              handle((*Server).getPolicies),
		"DeleteResourcePolicy":             handle((*Server).deletePolicy),
	}
}

// crawlerOperations are those on crawlers and classifiers.
func crawlerOperations() map[string]operation {
	return map[string]operation{
		"CreateCrawler":         handle((*Server).createCrawler),
		"GetCrawler":            handle((*Server).getCrawler),
		"GetCrawlers":           handle((*Server).getCrawlers),
		"BatchGetCrawlers":      handle((*Server).batchGetCrawlers),
		"ListCrawlers":          handle((*Server).listCrawlers),
		"UpdateCrawler":         handle((*Server).updateCrawler),
		"DeleteCrawler":         handle((*Server).deleteCrawler),
		"StartCrawler":          handle((*Server).startCrawler),
		"StopCrawler":           handle((*Server).stopCrawler),
		"StartCrawlerSchedule":  handle((*Server).startSchedule),
		"StopCrawlerSchedule":   handle((*Server).stopSchedule),
		"UpdateCrawlerSchedule": handle((*Server).updateSchedule),
		"GetCrawlerMetrics":     handle((*Server).getCrawlerMetrics),
		"ListCrawls":            handle((*Server).listCrawls),

		"CreateClassifier": handle((*Server).createClassifier),
		"GetClassifier":    handle((*Server).getClassifier),
		"GetClassifiers":   handle((*Server).getClassifiers),
		"UpdateClassifier": handle((*Server).updateClassifier),
		"DeleteClassifier": handle((*Server).deleteClassifier),
	}
}
