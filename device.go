package lowsky

import "time"

// DeviceID is the MQTT user name of a device and the id in its topics: [A-Za-z0-9._-]{1,64}.
type DeviceID string

// DeviceKind says what signs in.
type DeviceKind string

const (
	DeviceAircraft DeviceKind = "aircraft"
	DeviceGateway  DeviceKind = "gateway" // relays aircraft: a dock, a remote controller, a ground station
	DeviceWeather  DeviceKind = "weather" // publishes lowsky/v1/weather/{id}
	DeviceTraffic  DeviceKind = "traffic" // publishes lowsky/v1/traffic/{id}
)

// Valid reports whether k is a kind.
func (k DeviceKind) Valid() bool {
	switch k {
	case DeviceAircraft, DeviceGateway, DeviceWeather, DeviceTraffic:
		return true
	}
	return false
}

// Device may sign in over MQTT and publish its own topics. The secret is 128 random bits in text, shown once.
type Device struct {
	ID            DeviceID         `json:"id"`
	Kind          DeviceKind       `json:"kind"`
	Name          string           `json:"name,omitempty"`
	Hash          [32]byte         `json:"-"` // SHA-256 of the secret as text: 128 random bits need no slow hash
	CreatedAt     time.Time        `json:"created_at"`
	RenewedAt     time.Time        `json:"renewed_at"` // of the present secret
	RevokedAt     time.Time        `json:"revoked_at,omitzero"`
	Demo          bool             `json:"demo,omitempty"`
	Organisation  OrganisationID   `json:"organisation_id"`
	Jurisdictions []JurisdictionID `json:"jurisdiction_ids"` // of the organisation
}

// DeviceState is what the broker knows of a device now.
type DeviceState struct {
	Connected bool      `json:"connected"`
	Since     time.Time `json:"since,omitzero"` // of the newest connection, or its end
	Address   string    `json:"address,omitempty"`
	Refused   uint64    `json:"refused,omitempty"` // messages on topics of others, since the start
}

// IdentityMismatch is a device that spoke as another: it published a topic whose id is not its own. The message was
// refused. A RecordMismatch in the journal; the picture makes an alert of it.
type IdentityMismatch struct {
	Device        DeviceID         `json:"device_id"`
	Claimed       string           `json:"claimed_id"` // the id in the topic
	Topic         string           `json:"topic"`
	Count         int              `json:"count"` // since the record before
	Organisation  OrganisationID   `json:"organisation_id"`
	Jurisdictions []JurisdictionID `json:"jurisdiction_ids"`
}
