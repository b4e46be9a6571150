package athenaapi

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/athena"
	athenatypes "github.com/aws/aws-sdk-go-v2/service/athena/types"

	"github.com/glauxdb/glaux/server/awsapi"
)

// A capacity reservation is machines of Amazon's that are paid by the hour. A server
// of one's own has none to give away: there are no reservations, and none can be
// made. What they are for is said by workgroups: concurrency, memory_per_query.

func noReservation(name *string) error {
	var c checks
	c.text("name", name, 1, 128)
	if err := c.err(); err != nil {
		return err
	}
	return invalid("CapacityReservation %s was not found", awsapi.Clip(*name))
}

// createCapacity implements CreateCapacityReservation.
func (s *Server) createCapacity(context.Context, *athena.CreateCapacityReservationInput) (*athena.CreateCapacityReservationOutput, error) {
	return nil, invalid("Glaux has no capacity reservations: all queries share the server. Limit workgroups with their options concurrency, queue_length and memory_per_query.")
}

// getCapacity implements GetCapacityReservation.
func (s *Server) getCapacity(_ context.Context, in *athena.GetCapacityReservationInput) (*athena.GetCapacityReservationOutput, error) {
	return nil, noReservation(in.Name)
}

// listCapacity implements ListCapacityReservations.
func (s *Server) listCapacity(_ context.Context, in *athena.ListCapacityReservationsInput) (*athena.ListCapacityReservationsOutput, error) {
	if in.NextToken != nil && *in.NextToken != "" {
		return nil, badToken()
	}
	return &athena.ListCapacityReservationsOutput{CapacityReservations: []athenatypes.CapacityReservation{}}, nil
}

// updateCapacity implements UpdateCapacityReservation.
func (s *Server) updateCapacity(_ context.Context, in *athena.UpdateCapacityReservationInput) (*athena.UpdateCapacityReservationOutput, error) {
	return nil, noReservation(in.Name)
}

// cancelCapacity implements CancelCapacityReservation.
func (s *Server) cancelCapacity(_ context.Context, in *athena.CancelCapacityReservationInput) (*athena.CancelCapacityReservationOutput, error) {
	return nil, noReservation(in.Name)
}

// deleteCapacity implements DeleteCapacityReservation.
func (s *Server) deleteCapacity(_ context.Context, in *athena.DeleteCapacityReservationInput) (*athena.DeleteCapacityReservationOutput, error) {
	return nil, noReservation(in.Name)
}

// putAssignment implements PutCapacityAssignmentConfiguration.
func (s *Server) putAssignment(_ context.Context, in *athena.PutCapacityAssignmentConfigurationInput) (*athena.PutCapacityAssignmentConfigurationOutput, error) {
	return nil, noReservation(in.CapacityReservationName)
}

// getAssignment implements GetCapacityAssignmentConfiguration.
func (s *Server) getAssignment(_ context.Context, in *athena.GetCapacityAssignmentConfigurationInput) (*athena.GetCapacityAssignmentConfigurationOutput, error) {
	return nil, noReservation(in.CapacityReservationName)
}
