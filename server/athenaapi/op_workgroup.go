package athenaapi

import (
	"context"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/athena"
	athenatypes "github.com/aws/aws-sdk-go-v2/service/athena/types"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/server/awsapi"
	"github.com/glauxdb/glaux/server/workgroup"
)

// spaceGroups has what Athena's workgroups have and Glaux's have not: name.
const spaceGroups = workgroup.SpaceExtras

// minCutoff is the least BytesScannedCutoffPerQuery that Athena takes.
const minCutoff = 10_000_000

// groupExtra is what is kept of a workgroup for the clients alone.
type groupExtra struct {
	Created *time.Time
	Metrics *bool  // PublishCloudWatchMetricsEnabled; Glaux publishes all in its own way
	Engine  string // SelectedEngineVersion
	Managed bool   // results may only be kept by the server itself
}

func (s *Server) extraOf(ctx context.Context, name string) (*groupExtra, error) {
	x := &groupExtra{}
	_, err := s.docs.Read(ctx, spaceGroups, name, x)
	return x, err
}

// mayAdminister refuses callers that are roles without the right to change
// workgroups.
func (s *Server) mayAdminister(ctx context.Context) error {
	u, err := s.caller(ctx)
	if err == nil && !u.Superuser {
		err = denied("User %s is not authorized to change workgroups.", u.Name)
	}
	return err
}

// getGroup implements GetWorkGroup.
func (s *Server) getGroup(ctx context.Context, in *athena.GetWorkGroupInput) (*athena.GetWorkGroupOutput, error) {
	g, err := s.namedGroup(ctx, in.WorkGroup)
	if err != nil {
		return nil, err
	}
	x, err := s.extraOf(ctx, g.Name)
	if err != nil {
		return nil, err
	}
	out := &athenatypes.WorkGroup{Name: &g.Name, State: athenatypes.WorkGroupState(g.State), Configuration: s.configurationOf(g, x), CreationTime: x.Created}
	if g.Description != "" {
		out.Description = &g.Description
	}
	return &athena.GetWorkGroupOutput{WorkGroup: out}, nil
}

// namedGroup finds the workgroup of a request that must name one.
func (s *Server) namedGroup(ctx context.Context, name *string) (*workgroup.Setting, error) {
	var c checks
	c.text("workGroup", name, 1, 128)
	if err := c.err(); err != nil {
		return nil, err
	}
	return s.group(ctx, name)
}

// configurationOf writes a workgroup's settings as Athena tells them.
func (s *Server) configurationOf(g *workgroup.Setting, x *groupExtra) *athenatypes.WorkGroupConfiguration {
	c := &athenatypes.WorkGroupConfiguration{EnforceWorkGroupConfiguration: aws.Bool(g.Enforce), RequesterPaysEnabled: aws.Bool(g.RequesterPays),
		PublishCloudWatchMetricsEnabled: aws.Bool(aws.ToBool(x.Metrics)), EngineVersion: engineOf(x), ResultConfiguration: &athenatypes.ResultConfiguration{},
		ManagedQueryResultsConfiguration: &athenatypes.ManagedQueryResultsConfiguration{Enabled: s.onlyManaged(g, x)}}
	if g.Cutoff > 0 {
		c.BytesScannedCutoffPerQuery = aws.Int64(int64(g.Cutoff))
	}
	if g.ResultLocation != "" {
		c.ResultConfiguration.OutputLocation = &g.ResultLocation
	}
	if g.Encryption != "" {
		c.ResultConfiguration.EncryptionConfiguration = encryptionOf(g)
	}
	return c
}

// onlyManaged reports whether the server keeps a workgroup's results itself and
// clients may not name another place. Where they may, and name none, it keeps them too;
// clients are not told, for some (awswrangler) then forget the place that they were given.
func (s *Server) onlyManaged(g *workgroup.Setting, x *groupExtra) bool {
	return x.Managed && g.ResultLocation == "" && s.managed != nil
}

// managedElsewhere is what clients are told that name a place for managed results.
const managedElsewhere = "OutputLocation must not be set where managed query results are enabled."

func engineOf(x *groupExtra) *athenatypes.EngineVersion {
	selected := x.Engine
	if selected == "" {
		selected = "AUTO"
	}
	return &athenatypes.EngineVersion{SelectedEngineVersion: &selected, EffectiveEngineVersion: aws.String(engineVersion)}
}

// listGroups implements ListWorkGroups: those that the caller may choose.
func (s *Server) listGroups(ctx context.Context, in *athena.ListWorkGroupsInput) (*athena.ListWorkGroupsOutput, error) {
	var c checks
	most := c.Between("maxResults", in.MaxResults, 1, maxBatch, maxBatch)
	if err := c.err(); err != nil {
		return nil, err
	}
	u, err := s.caller(ctx)
	if err != nil {
		return nil, err
	}
	var mine []workgroup.Setting
	for _, g := range s.groups.Settings() {
		if _, err := s.groups.Profile(ctx, u, g.Name); err == nil {
			mine = append(mine, g)
		}
	}
	page, next, err := pageOf(mine, func(g workgroup.Setting) string { return g.Name }, awsapi.Scope("ListWorkGroups"), in.NextToken, most)
	if err != nil {
		return nil, err
	}
	out := &athena.ListWorkGroupsOutput{WorkGroups: make([]athenatypes.WorkGroupSummary, len(page)), NextToken: next}
	for i, g := range page {
		x, err := s.extraOf(ctx, g.Name)
		if err != nil {
			return nil, err
		}
		out.WorkGroups[i] = athenatypes.WorkGroupSummary{Name: &g.Name, State: athenatypes.WorkGroupState(g.State), Description: aws.String(g.Description),
			CreationTime: x.Created, EngineVersion: engineOf(x)}
	}
	return out, nil
}

// createGroup implements CreateWorkGroup.
func (s *Server) createGroup(ctx context.Context, in *athena.CreateWorkGroupInput) (*athena.CreateWorkGroupOutput, error) {
	var c checks
	c.text("name", in.Name, 1, 128)
	c.optional("description", in.Description, 0, 1024)
	if err := c.err(); err != nil {
		return nil, err
	}
	if err := s.mayAdminister(ctx); err != nil {
		return nil, err
	}
	g := workgroup.Setting{Name: *in.Name, Description: aws.ToString(in.Description), Enforce: true} // the API's default
	x := groupExtra{Created: aws.Time(s.now().UTC())}
	u := &athenatypes.WorkGroupConfigurationUpdates{}
	if conf := in.Configuration; conf != nil {
		u = updatesOf(conf)
	}
	if err := s.configure(&g, &x, u); err != nil {
		return nil, err
	}
	if err := setGroupTags(&g, in.Tags); err != nil {
		return nil, err
	}
	if err := g.Validate(); err != nil {
		return nil, err
	}
	err := s.groups.Change(ctx, func(e *workgroup.Edit) error {
		if have, _ := e.Workgroup(g.Name); have != nil {
			return invalid("WorkGroup %s is already created", g.Name)
		}
		e.PutWorkgroup(&g)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &athena.CreateWorkGroupOutput{}, s.keepGroup(ctx, &g, &x)
}

// keepGroup writes what else is kept of a changed workgroup. Where its results go may
// be written from then on: who changes workgroups is an operator.
func (s *Server) keepGroup(ctx context.Context, g *workgroup.Setting, x *groupExtra) error {
	if g.ResultLocation != "" {
		if err := s.stores.AllowWrite(g.ResultLocation); err != nil {
			return err
		}
	}
	return s.docs.Put(ctx, s.docs.Make(spaceGroups, g.Name, 0, catalog.AnyVersion, x))
}

// updateGroup implements UpdateWorkGroup.
func (s *Server) updateGroup(ctx context.Context, in *athena.UpdateWorkGroupInput) (*athena.UpdateWorkGroupOutput, error) {
	var c checks
	c.optional("description", in.Description, 0, 1024)
	awsapi.OneOf(&c.Checks, "state", in.State, in.State.Values())
	if err := c.err(); err != nil {
		return nil, err
	}
	old, err := s.namedGroup(ctx, in.WorkGroup)
	if err != nil {
		return nil, err
	}
	if err := s.mayAdminister(ctx); err != nil {
		return nil, err
	}
	x, err := s.extraOf(ctx, old.Name)
	if err != nil {
		return nil, err
	}
	var g workgroup.Setting
	err = s.groups.Change(ctx, func(e *workgroup.Edit) error {
		now, err := e.Workgroup(old.Name)
		if err != nil {
			return err
		}
		if g = *now; in.Description != nil {
			g.Description = *in.Description
		}
		if in.State != "" {
			g.State = string(in.State)
		}
		if in.ConfigurationUpdates != nil {
			if err := s.configure(&g, x, in.ConfigurationUpdates); err != nil {
				return err
			}
		}
		e.PutWorkgroup(&g)
		return g.Validate()
	})
	if err != nil {
		return nil, err
	}
	return &athena.UpdateWorkGroupOutput{}, s.keepGroup(ctx, &g, x)
}

// updatesOf makes the updates that give a new workgroup its configuration.
func updatesOf(c *athenatypes.WorkGroupConfiguration) *athenatypes.WorkGroupConfigurationUpdates {
	u := &athenatypes.WorkGroupConfigurationUpdates{AdditionalConfiguration: c.AdditionalConfiguration, BytesScannedCutoffPerQuery: c.BytesScannedCutoffPerQuery,
		CustomerContentEncryptionConfiguration: c.CustomerContentEncryptionConfiguration, EnableMinimumEncryptionConfiguration: c.EnableMinimumEncryptionConfiguration,
		EnforceWorkGroupConfiguration: c.EnforceWorkGroupConfiguration, EngineConfiguration: c.EngineConfiguration, EngineVersion: c.EngineVersion,
		ExecutionRole: c.ExecutionRole, MonitoringConfiguration: c.MonitoringConfiguration, PublishCloudWatchMetricsEnabled: c.PublishCloudWatchMetricsEnabled,
		QueryResultsS3AccessGrantsConfiguration: c.QueryResultsS3AccessGrantsConfiguration, RequesterPaysEnabled: c.RequesterPaysEnabled}
	if r := c.ResultConfiguration; r != nil {
		u.ResultConfigurationUpdates = &athenatypes.ResultConfigurationUpdates{OutputLocation: r.OutputLocation, EncryptionConfiguration: r.EncryptionConfiguration,
			ExpectedBucketOwner: r.ExpectedBucketOwner, AclConfiguration: r.AclConfiguration}
	}
	if m := c.ManagedQueryResultsConfiguration; m != nil {
		u.ManagedQueryResultsConfigurationUpdates = &athenatypes.ManagedQueryResultsConfigurationUpdates{Enabled: &m.Enabled, EncryptionConfiguration: m.EncryptionConfiguration}
	}
	return u
}

// configure does updates to a workgroup.
func (s *Server) configure(g *workgroup.Setting, x *groupExtra, u *athenatypes.WorkGroupConfigurationUpdates) error {
	if err := checkServed(u); err != nil {
		return err
	}
	if u.BytesScannedCutoffPerQuery != nil {
		n := *u.BytesScannedCutoffPerQuery
		if n < minCutoff {
			return invalid("BytesScannedCutoffPerQuery must be at least %d bytes.", minCutoff)
		}
		g.Cutoff = workgroup.Limit(n)
	}
	if aws.ToBool(u.RemoveBytesScannedCutoffPerQuery) {
		g.Cutoff = 0
	}
	if u.EnforceWorkGroupConfiguration != nil {
		g.Enforce = *u.EnforceWorkGroupConfiguration
	}
	if u.RequesterPaysEnabled != nil {
		g.RequesterPays = *u.RequesterPaysEnabled
	}
	if u.PublishCloudWatchMetricsEnabled != nil {
		x.Metrics = u.PublishCloudWatchMetricsEnabled
	}
	if v := u.EngineVersion; v != nil && v.SelectedEngineVersion != nil {
		if x.Engine = *v.SelectedEngineVersion; x.Engine != "AUTO" && x.Engine != engineVersion {
			return invalid("EngineVersion %s is not one of AUTO, %s.", awsapi.Clip(x.Engine), engineVersion)
		}
	}
	if r := u.ResultConfigurationUpdates; r != nil {
		if err := configureResults(g, r); err != nil {
			return err
		}
	}
	m := u.ManagedQueryResultsConfigurationUpdates
	if m != nil && m.Enabled != nil {
		x.Managed = *m.Enabled
	}
	switch asked := m != nil || u.ResultConfigurationUpdates != nil; {
	case !asked || !x.Managed:
	case g.ResultLocation != "":
		return invalid(managedElsewhere)
	case s.managed == nil:
		return invalid("Managed query results need a directory for results, which this server has not.")
	}
	return nil
}

// checkServed refuses settings that nothing here would obey.
func checkServed(u *athenatypes.WorkGroupConfigurationUpdates) error {
	var names []string
	for name, set := range map[string]bool{
		"AdditionalConfiguration": u.AdditionalConfiguration != nil, "CustomerContentEncryptionConfiguration": u.CustomerContentEncryptionConfiguration != nil,
		"EnableMinimumEncryptionConfiguration": aws.ToBool(u.EnableMinimumEncryptionConfiguration), "EngineConfiguration": u.EngineConfiguration != nil,
		"ExecutionRole": u.ExecutionRole != nil, "MonitoringConfiguration": u.MonitoringConfiguration != nil,
		"QueryResultsS3AccessGrantsConfiguration": u.QueryResultsS3AccessGrantsConfiguration != nil && aws.ToBool(u.QueryResultsS3AccessGrantsConfiguration.EnableS3AccessGrants),
	} {
		if set {
			names = append(names, name)
		}
	}
	if m := u.ManagedQueryResultsConfigurationUpdates; m != nil && m.EncryptionConfiguration != nil {
		names = append(names, "ManagedQueryResultsConfiguration.EncryptionConfiguration")
	}
	if len(names) == 0 {
		return nil
	}
	sort.Strings(names)
	return invalid("Glaux does not serve %s of a workgroup.", strings.Join(names, ", "))
}

// configureResults does updates to where a workgroup's results go.
func configureResults(g *workgroup.Setting, r *athenatypes.ResultConfigurationUpdates) error {
	if r.ExpectedBucketOwner != nil || r.AclConfiguration != nil {
		return invalid("Glaux does not serve ExpectedBucketOwner and AclConfiguration of results.")
	}
	if r.OutputLocation != nil {
		g.ResultLocation = *r.OutputLocation
	}
	if aws.ToBool(r.RemoveOutputLocation) {
		g.ResultLocation = ""
	}
	if e := r.EncryptionConfiguration; e != nil {
		if err := checkEncryption(e); err != nil {
			return err
		}
		g.Encryption, g.KMSKey = string(e.EncryptionOption), aws.ToString(e.KmsKey)
	}
	if aws.ToBool(r.RemoveEncryptionConfiguration) {
		g.Encryption, g.KMSKey = "", ""
	}
	return nil
}

// deleteGroup implements DeleteWorkGroup. What is in it goes with it, if the client
// asks for that.
func (s *Server) deleteGroup(ctx context.Context, in *athena.DeleteWorkGroupInput) (*athena.DeleteWorkGroupOutput, error) {
	g, err := s.namedGroup(ctx, in.WorkGroup)
	if err != nil {
		return nil, err
	}
	if err := s.mayAdminister(ctx); err != nil {
		return nil, err
	}
	if g.Name == workgroup.Primary {
		return nil, invalid("The primary workgroup cannot be deleted.")
	}
	recursive := aws.ToBool(in.RecursiveDeleteOption)
	err = s.groups.Change(ctx, func(e *workgroup.Edit) error { return e.DropWorkgroup(g.Name, recursive) })
	if fault.Is(err, fault.CodeDependentObjects) {
		err = invalid("WorkGroup %s is not empty", g.Name)
	}
	return &athena.DeleteWorkGroupOutput{}, err
}

// setGroupTags adds tags to a workgroup's.
func setGroupTags(g *workgroup.Setting, tags []athenatypes.Tag) error {
	if len(tags) == 0 {
		return nil
	}
	all := map[string]string{}
	for k, v := range g.Tags {
		all[k] = v
	}
	var c checks
	for _, t := range tags {
		c.text("tags.key", t.Key, 1, 128)
		c.optional("tags.value", t.Value, 0, 256)
		if t.Key != nil {
			all[*t.Key] = aws.ToString(t.Value)
		}
	}
	g.Tags = all
	return c.err()
}

// tagsOf gives tags in the order of their keys.
func tagsOf(tags map[string]string) []athenatypes.Tag {
	out := make([]athenatypes.Tag, 0, len(tags))
	for k, v := range tags {
		out = append(out, athenatypes.Tag{Key: aws.String(k), Value: aws.String(v)})
	}
	slices.SortFunc(out, func(a, b athenatypes.Tag) int { return strings.Compare(*a.Key, *b.Key) })
	return out
}
