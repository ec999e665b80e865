package store

import (
	"context"
	"strconv"

	"github.com/jackc/pgx/v5"

	"lowsky"
)

// args collects the arguments of a statement.
type args []any

// add answers the place of one more argument.
func (a *args) add(v any) string {
	*a = append(*a, v)
	return "$" + strconv.Itoa(len(*a))
}

// query asks with the arguments as they are once the statement is there: a caller that spreads them beside the calls
// that add to them would leave the order to the compiler.
func (a *args) query(ctx context.Context, from querier, sql string) pgx.Rows {
	rows, _ := from.Query(ctx, sql, *a...)
	return rows
}

// The four conditions that every read ends in, each the same as the method of the root package that it names; a test
// holds them together row by row.

// scoped is lowsky.Scope.Sees, for rows with organisation_id and jurisdiction_ids.
func scoped(a *args, sc lowsky.Scope) string {
	if sc.All {
		return "true"
	}
	return "(organisation_id = ANY(" + a.add(texts(sc.Organisations)) + ") OR jurisdiction_ids && " + a.add(texts(sc.Jurisdictions)) + ")"
}

// scopedFlight is lowsky.Scope.SeesFlight, for rows that have a scenario besides: the column, or what else tells it.
func scopedFlight(a *args, sc lowsky.Scope, scenario string) string {
	return scoped(a, sc) + ofScenario(a, sc, scenario)
}

func ofScenario(a *args, sc lowsky.Scope, scenario string) string {
	if len(sc.Scenarios) == 0 {
		return ""
	}
	return " AND " + scenario + " = ANY(" + a.add(texts(sc.Scenarios)) + ")"
}

// flightScenario is the scenario of a row of telemetry: what the report says, else what the register said then.
const flightScenario = "coalesce(flight_scenario, scenario)"

// scopedZone is lowsky.Scope.SeesZone.
func scopedZone(a *args, sc lowsky.Scope) string {
	if sc.AllZones {
		return "true"
	}
	return scoped(a, sc)
}

// scopedAlert is lowsky.Alert.Visible: the partners of a pair see it too, and whom it was handed over to.
func scopedAlert(a *args, sc lowsky.Scope) string {
	if sc.All {
		return scopedFlight(a, sc, "scenario")
	}
	return "(" + scoped(a, sc) + " OR body->'partner_ids' ?| " + a.add(texts(sc.Organisations)) +
		" OR body->'handling'->>'holder_id' = ANY(" + a.add(texts(sc.Jurisdictions)) + "))" + ofScenario(a, sc, "scenario")
}
