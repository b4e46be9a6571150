package athenaapi

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	athenatypes "github.com/aws/aws-sdk-go-v2/service/athena/types"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/server/awsapi"
	"github.com/glauxdb/glaux/server/workgroup"
)

// noLocation is Athena's text where nobody says where a result goes.
const noLocation = "No output location provided. An output location is required either through the Workgroup result configuration setting or as an API input."

// destination decides where the result of an execution goes: where the client says,
// unless the workgroup enforces its own settings; else where the workgroup says;
// else the server keeps it.
func (s *Server) destination(ctx context.Context, client *athenatypes.ResultConfiguration, g *workgroup.Setting, id string, k kind) (
	*athenatypes.ResultConfiguration, *athenatypes.ManagedQueryResultsConfiguration, error) {
	conf := athenatypes.ResultConfiguration{}
	if client != nil && !g.Enforce {
		conf = *client
	}
	folder := aws.ToString(conf.OutputLocation)
	if folder != "" {
		x, err := s.extraOf(ctx, g.Name)
		if err != nil {
			return nil, nil, err
		}
		if s.onlyManaged(g, x) {
			return nil, nil, invalid(managedElsewhere)
		}
	}
	if folder == "" && g.ResultLocation != "" {
		folder = g.ResultLocation
		if err := s.stores.AllowWrite(folder); err != nil { // whoever made the workgroup decides on that
			return nil, nil, err
		}
	}
	if conf.EncryptionConfiguration == nil && g.Encryption != "" {
		conf.EncryptionConfiguration = encryptionOf(g)
	}
	managed := &athenatypes.ManagedQueryResultsConfiguration{}
	if folder == "" {
		if s.managed == nil {
			return nil, nil, invalid(noLocation)
		}
		managed.Enabled = true
		return &athenatypes.ResultConfiguration{}, managed, nil
	}
	to, _, err := s.stores.OpenWrite(folder)
	if err != nil {
		f := fault.As(err)
		return nil, nil, invalid("outputLocation is not a valid S3 path or one that this server may write: %s. %s", awsapi.Clip(folder), faultText(f))
	}
	if e := conf.EncryptionConfiguration; e != nil {
		if err := checkEncryption(e); err != nil {
			return nil, nil, err
		}
		if _, ok := to.(*store.S3); !ok {
			return nil, nil, invalid("outputLocation is no S3 path, and only S3 encrypts results: %s.", awsapi.Clip(folder))
		}
	}
	conf.OutputLocation = aws.String(strings.TrimSuffix(folder, "/") + "/" + fileName(id, k.form))
	return &conf, managed, nil
}

// checkEncryption refuses what S3 does not do by itself.
func checkEncryption(e *athenatypes.EncryptionConfiguration) error {
	switch e.EncryptionOption {
	case athenatypes.EncryptionOptionSseS3, athenatypes.EncryptionOptionSseKms:
	case athenatypes.EncryptionOptionCseKms:
		return invalid("Glaux does not serve the encryption CSE_KMS: results are encrypted by the store, SSE_S3 or SSE_KMS.")
	default:
		return invalid("EncryptionOption must be SSE_S3 or SSE_KMS.")
	}
	if (e.EncryptionOption == athenatypes.EncryptionOptionSseKms) != (aws.ToString(e.KmsKey) != "") {
		return invalid("KmsKey and the EncryptionOption SSE_KMS need each other.")
	}
	return nil
}

func encryptionOf(g *workgroup.Setting) *athenatypes.EncryptionConfiguration {
	e := &athenatypes.EncryptionConfiguration{EncryptionOption: athenatypes.EncryptionOption(g.Encryption)}
	if g.KMSKey != "" {
		e.KmsKey = aws.String(g.KMSKey)
	}
	return e
}

// fileName is the name of a result's file; for formFiles what its names begin with.
func fileName(id string, f form) string {
	switch f {
	case formFiles:
		return id
	case formCSV:
		return id + ".csv"
	}
	return id + ".txt"
}

// tablesOf gives the folder for new tables that a session of an execution has: where
// the client wants its results. "" is the workgroup's choice.
func (e *execution) tablesOf() string {
	to := aws.ToString(e.Query.ResultConfiguration.OutputLocation)
	return to[:strings.LastIndexByte(to, '/')+1]
}

// file gives the store and the key of an execution's result.
func (s *Server) file(e *execution) (store.Store, string, error) {
	if m := e.Query.ManagedQueryResultsConfiguration; m != nil && m.Enabled {
		if s.managed == nil {
			return nil, "", fault.New(fault.CodeUndefinedFile, "the server keeps no results any more")
		}
		return s.managed, fileName(e.id(), e.Form), nil
	}
	return s.stores.Open(aws.ToString(e.Query.ResultConfiguration.OutputLocation))
}

// manifest is where an execution lists the files that it has written; nil for those
// that write none, and where the server keeps the results itself.
func (e *execution) manifest() *string {
	to := e.Query.ResultConfiguration.OutputLocation
	if e.Form != formFiles || to == nil {
		return nil
	}
	return aws.String(*to + manifestName)
}
