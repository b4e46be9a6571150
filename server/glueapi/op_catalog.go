package glueapi

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/glue"
	gluetypes "github.com/aws/aws-sdk-go-v2/service/glue/types"

	"github.com/glauxdb/glaux/server/awsapi"
)

func (s *Server) theCatalog() *gluetypes.Catalog {
	return &gluetypes.Catalog{CatalogId: aws.String(s.catalogID), Name: aws.String(s.catalogID),
		ResourceArn:                   aws.String("arn:aws:glue:" + s.region + ":" + s.catalogID + ":catalog"),
		Parameters:                    map[string]string{},
		CreateTableDefaultPermissions: []gluetypes.PrincipalPermissions{}, CreateDatabaseDefaultPermissions: []gluetypes.PrincipalPermissions{}}
}

// getCatalog shows the one catalog that there is.
func (s *Server) getCatalog(_ context.Context, in *glue.GetCatalogInput) (*glue.GetCatalogOutput, error) {
	var c checks
	c.name("catalogId", in.CatalogId)
	if err := c.Err(); err != nil {
		return nil, err
	}
	if *in.CatalogId != s.catalogID {
		return nil, notFound("Catalog %s not found.", awsapi.Clip(*in.CatalogId))
	}
	return &glue.GetCatalogOutput{Catalog: s.theCatalog()}, nil
}

// getCatalogs lists the catalogs within the account's: none, unless the root is
// asked for too.
func (s *Server) getCatalogs(_ context.Context, in *glue.GetCatalogsInput) (*glue.GetCatalogsOutput, error) {
	var c checks
	c.Between("maxResults", in.MaxResults, 1, 1000, 100)
	if err := c.Err(); err != nil {
		return nil, err
	}
	if _, err := resume("", in.NextToken, -1); err != nil {
		return nil, err
	}
	out := &glue.GetCatalogsOutput{CatalogList: []gluetypes.Catalog{}}
	if aws.ToBool(in.IncludeRoot) {
		out.CatalogList = append(out.CatalogList, *s.theCatalog())
	}
	return out, nil
}

// getImportStatus says that nothing is left to import from the catalog that
// Athena had before Glue; clients wait for it.
func (s *Server) getImportStatus(context.Context, *glue.GetCatalogImportStatusInput) (*glue.GetCatalogImportStatusOutput, error) {
	return &glue.GetCatalogImportStatusOutput{ImportStatus: &gluetypes.CatalogImportStatus{ImportCompleted: true}}, nil
}

// getEncryption says how the catalog is encrypted: not by Glaux.
func (s *Server) getEncryption(context.Context, *glue.GetDataCatalogEncryptionSettingsInput) (*glue.GetDataCatalogEncryptionSettingsOutput, error) {
	return &glue.GetDataCatalogEncryptionSettingsOutput{DataCatalogEncryptionSettings: &gluetypes.DataCatalogEncryptionSettings{
		EncryptionAtRest:             &gluetypes.EncryptionAtRest{CatalogEncryptionMode: gluetypes.CatalogEncryptionModeDisabled},
		ConnectionPasswordEncryption: &gluetypes.ConnectionPasswordEncryption{}}}, nil
}

// getPolicy and its kin: there are no resource policies. PutResourcePolicy is
// refused, since a policy that is kept and not enforced would promise what it
// does not do.
func (s *Server) getPolicy(context.Context, *glue.GetResourcePolicyInput) (*glue.GetResourcePolicyOutput, error) {
	return nil, notFound("Policy not found.")
}

func (s *Server) getPolicies(_ context.Context, in *glue.GetResourcePoliciesInput) (*glue.GetResourcePoliciesOutput, error) {
	if _, err := resume("", in.NextToken, -1); err != nil {
		return nil, err
	}
	return &glue.GetResourcePoliciesOutput{GetResourcePoliciesResponseList: []gluetypes.GluePolicy{}}, nil
}

func (s *Server) deletePolicy(context.Context, *glue.DeleteResourcePolicyInput) (*glue.DeleteResourcePolicyOutput, error) {
	return nil, notFound("Policy not found.")
}
