package lowsky

import "slices"

// Role is what a person, or a program, is to the platform. What it may do is in Permissions; where, in the Scope that
// follows from the organisation.
type Role string

const (
	CityAdministrator    Role = "city_administrator"
	CityReviewer         Role = "city_reviewer"
	CityDutyOfficer      Role = "city_duty_officer"
	CountyAdministrator  Role = "county_administrator"
	CountyDutyOfficer    Role = "county_duty_officer"
	DepartmentOfficer    Role = "department"            // sector department: own scenarios, reads
	CompanyAdministrator Role = "company_administrator" // of an operating company
	PilotRole            Role = "pilot"
	Auditor              Role = "auditor"    // reads everything, changes nothing
	Tester               Role = "tester"     // flies simulations, which touch nothing of the live platform; reads
	APIClient            Role = "api_client" // a program; signs in with a token only
	DeviceRole           Role = "device"     // MQTT only: its own topics, nothing over HTTP
)

// Roles lists every role, in the order of the table in docs/permissions.md.
var Roles = []Role{CityAdministrator, CityReviewer, CityDutyOfficer, CountyAdministrator, CountyDutyOfficer, DepartmentOfficer,
	CompanyAdministrator, PilotRole, Auditor, Tester, APIClient, DeviceRole}

// Permission is one kind of action on one kind of resource, "resource.action".
type Permission string

const (
	ReadFlights    Permission = "flights.read"    // tracks, history, stream, stations, crewed traffic, density
	ReadSources    Permission = "sources.read"    // what gateways sent and what was refused
	ReadZones      Permission = "zones.read"      //
	WriteZones     Permission = "zones.write"     // publish, edit, restore, end, import; of one's own area
	ReadAlerts     Permission = "alerts.read"     //
	HandleAlerts   Permission = "alerts.handle"   // acknowledge, comment, log a call, close
	TransferAlerts Permission = "alerts.transfer" // assign, hand over, pull up
	ReadRegister   Permission = "register.read"   // aircraft, pilots, companies, sites; no phone numbers
	WriteRegister  Permission = "register.write"  //
	ReadPersonal   Permission = "personal.read"   // phone numbers, one at a time, each look audited
	ReadPeople     Permission = "people.read"     // accounts
	WritePeople    Permission = "people.write"    //
	ReadDevices    Permission = "devices.read"    //
	WriteDevices   Permission = "devices.write"   // make, renew and revoke MQTT credentials
	ReadAudit      Permission = "audit.read"      //
	ReadPlatform   Permission = "platform.read"   // status and rules

	ReadSimulations Permission = "simulations.read" // runs of scenario files and their scores
	RunSimulations  Permission = "simulations.run"  // check a scenario file, start a run, cancel one
)

// Permissions lists every permission, in the order of the table in docs/permissions.md.
var Permissions = []Permission{ReadFlights, ReadSources, ReadZones, WriteZones, ReadAlerts, HandleAlerts, TransferAlerts,
	ReadRegister, WriteRegister, ReadPersonal, ReadPeople, WritePeople, ReadDevices, WriteDevices, ReadAudit, ReadPlatform,
	ReadSimulations, RunSimulations}

// granted is the table: which role may do what. It is the only one; docs/permissions.md is made from it.
var granted = map[Role][]Permission{
	CityAdministrator: Permissions,
	CityReviewer:      {ReadFlights, ReadSources, ReadZones, WriteZones, ReadAlerts, ReadRegister, ReadPersonal, ReadDevices, ReadPlatform},
	CityDutyOfficer: {ReadFlights, ReadSources, ReadZones, WriteZones, ReadAlerts, HandleAlerts, TransferAlerts, ReadRegister,
		ReadPersonal, ReadDevices, ReadPlatform, ReadSimulations},
	CountyAdministrator: {ReadFlights, ReadSources, ReadZones, WriteZones, ReadAlerts, HandleAlerts, TransferAlerts, ReadRegister,
		WriteRegister, ReadPersonal, ReadPeople, WritePeople, ReadDevices, WriteDevices, ReadAudit, ReadPlatform, ReadSimulations,
		RunSimulations}, // or a county could appoint neither auditors nor testers: nobody gives what he does not hold
	CountyDutyOfficer: {ReadFlights, ReadSources, ReadZones, ReadAlerts, HandleAlerts, TransferAlerts, ReadRegister, ReadPersonal,
		ReadDevices, ReadPlatform},
	DepartmentOfficer: {ReadFlights, ReadZones, ReadAlerts, ReadRegister, ReadPlatform},
	CompanyAdministrator: {ReadFlights, ReadSources, ReadZones, ReadAlerts, ReadRegister, WriteRegister, ReadPersonal, ReadPeople,
		WritePeople, ReadDevices, WriteDevices, ReadPlatform},
	PilotRole: {ReadFlights, ReadZones, ReadAlerts, ReadRegister, ReadPlatform},
	Auditor: {ReadFlights, ReadSources, ReadZones, ReadAlerts, ReadRegister, ReadPeople, ReadDevices, ReadAudit, ReadPlatform,
		ReadSimulations},
	Tester:     {ReadFlights, ReadSources, ReadZones, ReadAlerts, ReadRegister, ReadPlatform, ReadSimulations, RunSimulations},
	APIClient:  {ReadFlights, ReadSources, ReadZones, WriteZones, ReadAlerts, ReadRegister, WriteRegister, ReadDevices, ReadPlatform},
	DeviceRole: {},
}

// fits says in which kinds of organisation a role may be held.
var fits = map[Role][]OrganisationKind{
	CityAdministrator: {CityOrganisation}, CityReviewer: {CityOrganisation}, CityDutyOfficer: {CityOrganisation},
	CountyAdministrator: {CountyOrganisation}, CountyDutyOfficer: {CountyOrganisation}, DepartmentOfficer: {Department},
	CompanyAdministrator: {Company}, PilotRole: {Company},
	Auditor:   {CityOrganisation, CountyOrganisation},
	Tester:    {CityOrganisation, CountyOrganisation},
	APIClient: {CityOrganisation, CountyOrganisation, Department, Company},
}

// Valid reports whether r is a role.
func (r Role) Valid() bool { return slices.Contains(Roles, r) }

// May reports whether the role grants p.
func (r Role) May(p Permission) bool { return slices.Contains(granted[r], p) }

// Granted answers what the roles grant together, in the order of Permissions.
func Granted(roles []Role) []Permission {
	var out []Permission
	for _, p := range Permissions {
		if slices.ContainsFunc(roles, func(r Role) bool { return r.May(p) }) {
			out = append(out, p)
		}
	}
	return out
}

// Fits reports whether somebody of an organisation of kind k may hold the role. Nobody holds DeviceRole.
func (r Role) Fits(k OrganisationKind) bool { return slices.Contains(fits[r], k) }

// Valid reports whether p is a permission.
func (p Permission) Valid() bool { return slices.Contains(Permissions, p) }
