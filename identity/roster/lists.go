package roster

import (
	"slices"
	"strings"
	"time"

	"lowsky"
)

// Aircraft is the register of aircraft.
var Aircraft = &List[lowsky.Aircraft]{
	Kind: "aircraft", name: lowsky.Text{ZH: "航空器", EN: "Aircraft"},
	id:     func(a *lowsky.Aircraft) string { return string(a.ID) },
	touch:  touchAircraft,
	check:  CheckAircraft,
	unique: uniqueAircraft,
	columns: []column[lowsky.Aircraft]{
		{key: "id", zh: "编号", en: "ID", also: []string{"航空器编号", "aircraft id"}, needed: true,
			set: func(a *lowsky.Aircraft, s string) string { a.ID = lowsky.AircraftID(s); return idCode(s) },
			get: func(a *lowsky.Aircraft) string { return string(a.ID) }},
		{key: "name_zh", zh: "名称", en: "Name (Chinese)", also: []string{"简称", "中文名称"},
			set: func(a *lowsky.Aircraft, s string) string { return setZH(&a.Name, s) }, get: func(a *lowsky.Aircraft) string { return a.Name.ZH }},
		{key: "name_en", zh: "英文名称", en: "Name (English)", also: []string{"name"},
			set: func(a *lowsky.Aircraft, s string) string { return setText(&a.Name.EN, s, 64) }, get: func(a *lowsky.Aircraft) string { return a.Name.EN }},
		organisationColumn(func(a *lowsky.Aircraft) *lowsky.OrganisationID { return &a.Organisation }),
		{key: "class", zh: "类别", en: "Class", words: classWords,
			set: func(a *lowsky.Aircraft, s string) string {
				a.Class = lowsky.Class(s)
				return unless(a.Class.Valid(), "class_unknown")
			},
			get: func(a *lowsky.Aircraft) string { return string(a.Class) }},
		{key: "empty_mass_kg", zh: "空机重量(kg)", en: "Empty mass (kg)", also: []string{"空机重量", "空机质量(kg)"}, kind: digits,
			set: func(a *lowsky.Aircraft, s string) string { return setMass(&a.EmptyMass, s) }, get: func(a *lowsky.Aircraft) string { return optional(a.EmptyMass) }},
		{key: "takeoff_mass_kg", zh: "最大起飞重量(kg)", en: "Take-off mass (kg)", also: []string{"最大起飞重量", "最大起飞质量(kg)", "maximum take-off mass (kg)"}, kind: digits,
			set: func(a *lowsky.Aircraft, s string) string { return setMass(&a.TakeoffMass, s) }, get: func(a *lowsky.Aircraft) string { return optional(a.TakeoffMass) }},
		{key: "agricultural", zh: "常规农用", en: "Agricultural", words: yesNo,
			set: func(a *lowsky.Aircraft, s string) string {
				a.Agricultural = s == "yes"
				return unless(s == "" || s == "yes" || s == "no", "yes_no")
			},
			get: func(a *lowsky.Aircraft) string { return yes(a.Agricultural) }},
		{key: "model", zh: "型号", en: "Model", also: []string{"产品型号"},
			set: func(a *lowsky.Aircraft, s string) string { return setText(&a.Model, s, 128) }, get: func(a *lowsky.Aircraft) string { return a.Model }},
		{key: "scenario", zh: "应用场景", en: "Scenario", words: scenarioWords,
			set: func(a *lowsky.Aircraft, s string) string {
				a.Scenario = lowsky.Scenario(s)
				return unless(s == "" || slices.Contains(lowsky.Scenarios, a.Scenario), "scenario_unknown")
			},
			get: func(a *lowsky.Aircraft) string { return string(a.Scenario) }},
		{key: "serial", zh: "序列号", en: "Serial", also: []string{"产品序列号", "serial number", "sn"},
			set: func(a *lowsky.Aircraft, s string) string { return setText(&a.Serial, s, 64) }, get: func(a *lowsky.Aircraft) string { return a.Serial }},
		{key: "registration_mark", zh: "登记标志", en: "Registration mark", also: []string{"实名登记号", "国籍登记标志"},
			set: func(a *lowsky.Aircraft, s string) string { return setText(&a.RegistrationMark, s, 64) }, get: func(a *lowsky.Aircraft) string { return a.RegistrationMark }},
		{key: "remote_ids", zh: "远程识别编号", en: "Remote IDs", also: []string{"remote id"}, many: true,
			set: func(a *lowsky.Aircraft, s string) string {
				a.RemoteIDs = nil
				for _, id := range strings.Fields(s) {
					if !slices.Contains(a.RemoteIDs, id) {
						a.RemoteIDs = append(a.RemoteIDs, id)
					}
				}
				if slices.ContainsFunc(a.RemoteIDs, func(id string) bool { return len(id) > 64 }) {
					return "too_long"
				}
				return unless(len(a.RemoteIDs) <= 8, "too_many_names")
			},
			get: func(a *lowsky.Aircraft) string { return strings.Join(a.RemoteIDs, " ") }},
		{key: "icao_address", zh: "应答机地址", en: "ICAO address",
			set: func(a *lowsky.Aircraft, s string) string {
				a.ICAOAddress = strings.ToLower(s)
				return unless(s == "" || icao(a.ICAOAddress), "icao_invalid")
			},
			get: func(a *lowsky.Aircraft) string { return a.ICAOAddress }},
		{key: "insured_until", zh: "保险有效期至", en: "Insured until", also: []string{"保险到期日", "保险有效期"}, kind: day,
			set: func(a *lowsky.Aircraft, s string) string { a.InsuredUntil = lowsky.Day(s); return "" }, get: func(a *lowsky.Aircraft) string { return string(a.InsuredUntil) }},
		{key: "contact_name", zh: "联系人", en: "Contact",
			set: func(a *lowsky.Aircraft, s string) string { return setText(&a.ContactName, s, 128) }, get: func(a *lowsky.Aircraft) string { return a.ContactName }},
		{key: "contact_phone", zh: "联系电话", en: "Contact phone", also: []string{"电话", "手机"}, kind: phone},
	},
}

// Pilots is the register of pilots.
var Pilots = &List[lowsky.Pilot]{
	Kind: "pilots", name: lowsky.Text{ZH: "操控员", EN: "Pilots"},
	id:    func(p *lowsky.Pilot) string { return string(p.ID) },
	touch: func(p *lowsky.Pilot, at time.Time, _ map[string]bool) { p.UpdatedAt = at },
	check: func(*lowsky.Pilot) []RowProblem { return nil },
	unique: func(p *lowsky.Pilot) []unique {
		return []unique{{"id", string(p.ID), "id", "duplicate_id"}, {"licence", p.Licence, "licence", "duplicate_value"}, {"username", p.Username, "username", "duplicate_value"}}
	},
	columns: []column[lowsky.Pilot]{
		{key: "id", zh: "编号", en: "ID", also: []string{"操控员编号", "飞手编号", "pilot id"}, needed: true,
			set: func(p *lowsky.Pilot, s string) string { p.ID = lowsky.PilotID(s); return idCode(s) }, get: func(p *lowsky.Pilot) string { return string(p.ID) }},
		{key: "name", zh: "姓名", en: "Name", needed: true,
			set: func(p *lowsky.Pilot, s string) string { return setText(&p.Name, s, 128) }, get: func(p *lowsky.Pilot) string { return p.Name }},
		organisationColumn(func(p *lowsky.Pilot) *lowsky.OrganisationID { return &p.Organisation }),
		{key: "licence", zh: "执照编号", en: "Licence", also: []string{"执照号", "licence number", "license"},
			set: func(p *lowsky.Pilot, s string) string { return setText(&p.Licence, s, 64) }, get: func(p *lowsky.Pilot) string { return p.Licence }},
		{key: "licence_until", zh: "执照有效期至", en: "Licence until", also: []string{"执照到期日", "执照有效期", "license until"}, kind: day,
			set: func(p *lowsky.Pilot, s string) string { p.LicenceUntil = lowsky.Day(s); return "" }, get: func(p *lowsky.Pilot) string { return string(p.LicenceUntil) }},
		{key: "classes", zh: "准驾类别", en: "Classes", words: classWords, many: true,
			set: func(p *lowsky.Pilot, s string) string {
				p.Classes = nil
				for _, f := range strings.Fields(s) {
					if c := lowsky.Class(f); !c.Valid() {
						return "class_unknown"
					} else if !slices.Contains(p.Classes, c) {
						p.Classes = append(p.Classes, c)
					}
				}
				return ""
			},
			get: func(p *lowsky.Pilot) string {
				s := make([]string, len(p.Classes))
				for i, c := range p.Classes {
					s[i] = string(c)
				}
				return strings.Join(s, " ")
			}},
		{key: "username", zh: "账号", en: "Account", also: []string{"用户名"},
			set: func(p *lowsky.Pilot, s string) string {
				p.Username = s
				return unless(s == "" || username(s), "username_invalid")
			},
			get: func(p *lowsky.Pilot) string { return p.Username }},
		{key: "phone", zh: "电话", en: "Phone", also: []string{"手机", "联系电话"}, kind: phone},
	},
}

// Companies is the register of operating companies.
var Companies = &List[lowsky.Organisation]{
	Kind: "companies", name: lowsky.Text{ZH: "企业", EN: "Companies"},
	id: func(o *lowsky.Organisation) string { return string(o.ID) },
	touch: func(o *lowsky.Organisation, at time.Time, _ map[string]bool) {
		bothNames(&o.Name)
		o.Kind, o.UpdatedAt = lowsky.Company, at
	},
	check: func(o *lowsky.Organisation) []RowProblem {
		if o.Name.ZH == "" {
			return []RowProblem{problem("name_zh", "needed")}
		}
		return nil
	},
	unique: func(o *lowsky.Organisation) []unique {
		return []unique{{"id", string(o.ID), "id", "duplicate_id"}, {"name", o.Name.ZH, "name_zh", "duplicate_name"}, {"credit", o.CreditCode, "credit_code", "duplicate_value"}}
	},
	columns: []column[lowsky.Organisation]{
		{key: "id", zh: "编号", en: "ID", also: []string{"企业编号", "单位编号", "organisation_id", "company id"}, needed: true,
			set: func(o *lowsky.Organisation, s string) string {
				o.ID = lowsky.OrganisationID(s)
				return unless(organisation(s), "company_id_invalid")
			},
			get: func(o *lowsky.Organisation) string { return string(o.ID) }},
		{key: "name_zh", zh: "名称", en: "Name (Chinese)", also: []string{"企业名称", "单位名称", "中文名称"},
			set: func(o *lowsky.Organisation, s string) string { return setZH(&o.Name, s) }, get: func(o *lowsky.Organisation) string { return o.Name.ZH }},
		{key: "name_en", zh: "英文名称", en: "Name (English)", also: []string{"name"},
			set: func(o *lowsky.Organisation, s string) string { return setText(&o.Name.EN, s, 128) }, get: func(o *lowsky.Organisation) string { return o.Name.EN }},
		{key: "jurisdiction_id", zh: "所在区划代码", en: "Jurisdiction", also: []string{"所在行政区", "区划代码", "行政区划代码"},
			set: func(o *lowsky.Organisation, s string) string {
				o.Jurisdiction = lowsky.JurisdictionID(s)
				return unless(s == "" || lowsky.AircraftID(s).Valid(), "jurisdiction_unknown")
			},
			get: func(o *lowsky.Organisation) string { return string(o.Jurisdiction) }},
		{key: "credit_code", zh: "统一社会信用代码", en: "Credit code", also: []string{"unified social credit code"},
			set: func(o *lowsky.Organisation, s string) string {
				o.CreditCode = strings.ToUpper(s)
				return unless(s == "" || CreditCodeValid(o.CreditCode), "credit_code_invalid")
			},
			get: func(o *lowsky.Organisation) string { return o.CreditCode }},
		{key: "certified_until", zh: "运营合格证有效期至", en: "Certified until", also: []string{"运营合格证到期日", "运营合格证有效期"}, kind: day,
			set: func(o *lowsky.Organisation, s string) string { o.CertifiedUntil = lowsky.Day(s); return "" }, get: func(o *lowsky.Organisation) string { return string(o.CertifiedUntil) }},
		{key: "contact_name", zh: "联系人", en: "Contact",
			set: func(o *lowsky.Organisation, s string) string { return setText(&o.ContactName, s, 128) }, get: func(o *lowsky.Organisation) string { return o.ContactName }},
		{key: "contact_phone", zh: "联系电话", en: "Contact phone", also: []string{"电话", "手机"}, kind: phone},
	},
}

// Sites is the register of docks and take-off and landing sites.
var Sites = &List[lowsky.Site]{
	Kind: "sites", name: lowsky.Text{ZH: "站点", EN: "Sites"},
	id:    func(s *lowsky.Site) string { return string(s.ID) },
	touch: func(s *lowsky.Site, at time.Time, _ map[string]bool) { bothNames(&s.Name); s.UpdatedAt = at },
	check: CheckSite,
	unique: func(s *lowsky.Site) []unique {
		return []unique{{"id", string(s.ID), "id", "duplicate_id"}, {"name", nameOf(s.Organisation, s.Name), "name_zh", "duplicate_name"}, {"device", string(s.Device), "device_id", "duplicate_value"}}
	},
	columns: []column[lowsky.Site]{
		{key: "id", zh: "编号", en: "ID", also: []string{"站点编号", "site id"}, needed: true,
			set: func(s *lowsky.Site, v string) string { s.ID = lowsky.SiteID(v); return idCode(v) }, get: func(s *lowsky.Site) string { return string(s.ID) }},
		{key: "kind", zh: "类型", en: "Kind", words: siteWords, needed: true,
			set: func(s *lowsky.Site, v string) string {
				s.Kind = lowsky.SiteKind(v)
				return unless(v == "" || s.Kind == lowsky.SiteDock || s.Kind == lowsky.SitePad, "site_kind_unknown")
			},
			get: func(s *lowsky.Site) string { return string(s.Kind) }},
		{key: "name_zh", zh: "名称", en: "Name (Chinese)", also: []string{"站点名称", "中文名称"},
			set: func(s *lowsky.Site, v string) string { return setZH(&s.Name, v) }, get: func(s *lowsky.Site) string { return s.Name.ZH }},
		{key: "name_en", zh: "英文名称", en: "Name (English)", also: []string{"name"},
			set: func(s *lowsky.Site, v string) string { return setText(&s.Name.EN, v, 128) }, get: func(s *lowsky.Site) string { return s.Name.EN }},
		organisationColumn(func(s *lowsky.Site) *lowsky.OrganisationID { return &s.Organisation }),
		{key: "longitude_deg", zh: "经度", en: "Longitude (°)", also: []string{"经度(°)", "longitude"}, kind: digits, needed: true,
			set: func(s *lowsky.Site, v string) string { return setDegrees(&s.Position.Longitude, v) }, get: func(s *lowsky.Site) string { return decimal(s.Position.Longitude) }},
		{key: "latitude_deg", zh: "纬度", en: "Latitude (°)", also: []string{"纬度(°)", "latitude"}, kind: digits, needed: true,
			set: func(s *lowsky.Site, v string) string { return setDegrees(&s.Position.Latitude, v) }, get: func(s *lowsky.Site) string { return decimal(s.Position.Latitude) }},
		{key: "altitude_amsl_m", zh: "海拔(m)", en: "Altitude AMSL (m)", also: []string{"海拔"}, kind: digits, set: setAMSL,
			get: func(s *lowsky.Site) string { return optional(s.Position.AMSL) }},
		{key: "amsl_geoid", zh: "高程基准", en: "Geoid",
			set: func(s *lowsky.Site, v string) string {
				s.Position.AMSLGeoid = lowsky.Geoid(strings.ToLower(v))
				return unless(s.Position.AMSLGeoid.Valid(), "geoid_unknown")
			},
			get: func(s *lowsky.Site) string { return string(s.Position.AMSLGeoid) }},
		{key: "device_id", zh: "机巢设备编号", en: "Device", also: []string{"设备编号"},
			set: func(s *lowsky.Site, v string) string {
				s.Device = lowsky.DeviceID(v)
				return unless(v == "" || idCode(v) == "", "id_invalid")
			},
			get: func(s *lowsky.Site) string { return string(s.Device) }},
	},
}

func organisationColumn[T Entry](of func(*T) *lowsky.OrganisationID) column[T] {
	return column[T]{key: "organisation_id", zh: "单位编号", en: "Organisation", also: []string{"企业编号", "所属单位", "organisation id", "company id"},
		set: func(t *T, s string) string {
			*of(t) = lowsky.OrganisationID(s)
			return unless(s == "" || organisation(s), "organisation_unknown")
		},
		get: func(t *T) string { return string(*of(t)) }}
}
