// Package native reads and writes Lowsky's own wire format: one JSON object per report, or an array of them for
// back-fill, on lowsky/v1/telemetry/{aircraft_id}; online or offline on lowsky/v1/gateway/{gateway_id}/status; and the
// notice that goes down to an aircraft. The data dictionary is docs/telemetry.md.
package native
