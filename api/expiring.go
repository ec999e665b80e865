package api

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"lowsky"
)

type (
	expiringInput struct {
		Days int `query:"days" minimum:"0" maximum:"3660" default:"30" doc:"Ends today plus so many days or before; what is over already is always told"`
	}
	expiringOutput struct {
		Body struct {
			Expiring []lowsky.Expiry `json:"expiring" doc:"Insurances, licences and certificates, the earliest end first"`
		}
	}
)

func (s *Server) expiringOperations() {
	operation(s, huma.Operation{
		OperationID: "list-expiring", Method: http.MethodGet, Path: "/api/v1/expiring", Tags: []string{"registers"},
		Summary: "Validities that are over, or will be soon",
	}, lowsky.ReadRegister, func(ctx context.Context, in *expiringInput) (*expiringOutput, error) {
		if s.cfg.Registers == nil {
			return nil, errNoPart
		}
		until := lowsky.Day(s.now().In(lowsky.Shanghai).AddDate(0, 0, in.Days).Format(time.DateOnly))
		list, err := s.cfg.Registers.Expiring(ctx, principalOf(ctx).Scope, until)
		if err != nil {
			return nil, fmt.Errorf("expiring: %w", err)
		}
		out := &expiringOutput{}
		out.Body.Expiring = append([]lowsky.Expiry{}, list...)
		return out, nil
	})
}
