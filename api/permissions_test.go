package api

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"lowsky"
)

var update = flag.Bool("update", false, "write docs/permissions.md anew")

// roleTexts and permissionTexts say in one line each what a role is and what a permission allows.
var roleTexts = map[lowsky.Role]lowsky.Text{
	lowsky.CityAdministrator:    {ZH: "市级管理员：平台内的一切", EN: "City administrator: everything on the platform"},
	lowsky.CityReviewer:         {ZH: "市级审核员：审查并发布空域，查看全市", EN: "City reviewer: reviews and publishes zones, sees the whole city"},
	lowsky.CityDutyOfficer:      {ZH: "市级值班员：处置全市告警，可上收、下派", EN: "City duty officer: handles the city's alerts, hands them down and pulls them up"},
	lowsky.CountyAdministrator:  {ZH: "县级管理员：本县的空域、登记、人员与设备", EN: "County administrator: the county's zones, registers, people and devices"},
	lowsky.CountyDutyOfficer:    {ZH: "县级值班员：处置本县告警", EN: "County duty officer: handles the county's alerts"},
	lowsky.DepartmentOfficer:    {ZH: "行业部门：只读，限本部门应用场景", EN: "Sector department: reads, of its own scenarios only"},
	lowsky.CompanyAdministrator: {ZH: "企业管理员：本企业的航空器、飞手、人员与设备", EN: "Company administrator: its own aircraft, pilots, people and devices"},
	lowsky.PilotRole:            {ZH: "飞手：查看本企业的飞行", EN: "Pilot: sees the flights of the own company"},
	lowsky.Auditor:              {ZH: "审计员：只读，可查审计记录，不可看电话号码", EN: "Auditor: reads, the audit trail included, but no phone numbers"},
	lowsky.Tester:               {ZH: "测试员：运行仿真并查看评分，不改动实时平台", EN: "Tester: flies simulations and reads their scores; changes nothing of the live platform"},
	lowsky.APIClient:            {ZH: "接口接入方：程序，仅以令牌登录", EN: "API client: a program, signs in with a token only"},
	lowsky.DeviceRole:           {ZH: "设备：仅 MQTT，只发布自己的主题", EN: "Device: MQTT only, publishes its own topics"},
}

var permissionTexts = map[lowsky.Permission]lowsky.Text{
	lowsky.ReadFlights:    {ZH: "航迹、历史、实时流、站点、有人机与密度", EN: "Tracks, history, the live stream, stations, crewed traffic and density"},
	lowsky.ReadSources:    {ZH: "数据来源及其被拒绝的报文", EN: "Gateways, and what was refused of what they sent"},
	lowsky.ReadZones:      {ZH: "空域及其版本、导出", EN: "Zones, their versions and files of them"},
	lowsky.WriteZones:     {ZH: "发布、修改、恢复、终止和导入本辖区空域", EN: "Publish, edit, restore, end and import zones of one's own area"},
	lowsky.ReadAlerts:     {ZH: "告警及其全部过程", EN: "Alerts and their whole course"},
	lowsky.HandleAlerts:   {ZH: "确认、批注、记录通话、关闭告警", EN: "Acknowledge, comment, log a call, close"},
	lowsky.TransferAlerts: {ZH: "指派、移交、上收告警", EN: "Assign, hand over, pull up"},
	lowsky.ReadRegister:   {ZH: "航空器、飞手、单位、起降点登记（不含电话）", EN: "Registers of aircraft, pilots, organisations and sites, without phone numbers"},
	lowsky.WriteRegister:  {ZH: "维护上述登记、批量导入", EN: "Keep those registers and import files into them"},
	lowsky.ReadPersonal:   {ZH: "逐个查看电话号码，每次留痕", EN: "Look at phone numbers one at a time, each look audited"},
	lowsky.ReadPeople:     {ZH: "账号及其令牌", EN: "Accounts and their tokens"},
	lowsky.WritePeople:    {ZH: "新建、修改、停用账号，重置密码，签发与吊销令牌", EN: "Make, change and disable accounts, reset passwords, issue and revoke tokens"},
	lowsky.ReadDevices:    {ZH: "MQTT 设备及其连接状态", EN: "MQTT devices and whether they are connected"},
	lowsky.WriteDevices:   {ZH: "新建设备、更换与吊销密钥", EN: "Make devices, renew and revoke their secrets"},
	lowsky.ReadAudit:      {ZH: "审计记录与校验", EN: "The audit trail and its verification"},
	lowsky.ReadPlatform:   {ZH: "平台状态与规则", EN: "The platform's state and its rules"},

	lowsky.ReadSimulations: {ZH: "仿真运行及其评分与报告", EN: "Simulated runs, their scores and reports"},
	lowsky.RunSimulations:  {ZH: "检查场景文件，启动与取消仿真", EN: "Check scenario files, start and cancel simulated runs"},
}

// permissionsPage is docs/permissions.md.
func permissionsPage() string {
	var b strings.Builder
	b.WriteString("# Permissions · 权限\n\n" +
		"Made from `permission.go` by `go test ./api -run TestPermissionsPage -update`; edit the table there. What a role may do is\n" +
		"here; where, follows from its organisation (`Scope`). Every REST operation names the one permission that it needs as\n" +
		"`x-permission` in the OpenAPI document; the live stream needs `flights.read`. A token can narrow what its user may, never widen it.\n\n" +
		"由 `permission.go` 生成。角色决定能做什么，所属单位决定在哪里做；每个接口在 OpenAPI 文档中以 `x-permission` 注明所需权限。\n\n")
	b.WriteString("| permission |")
	for i := range lowsky.Roles {
		fmt.Fprintf(&b, " %d |", i+1)
	}
	b.WriteString("\n|---|" + strings.Repeat(":-:|", len(lowsky.Roles)) + "\n")
	for _, p := range lowsky.Permissions {
		fmt.Fprintf(&b, "| `%s` |", p)
		for _, r := range lowsky.Roles {
			if r.May(p) {
				b.WriteString(" ✓ |")
			} else {
				b.WriteString("  |")
			}
		}
		b.WriteString("\n")
	}
	b.WriteString("\n## Roles · 角色\n\n| | role | 说明 | meaning |\n|---|---|---|---|\n")
	for i, r := range lowsky.Roles {
		fmt.Fprintf(&b, "| %d | `%s` | %s | %s |\n", i+1, r, roleTexts[r].ZH, roleTexts[r].EN)
	}
	b.WriteString("\n## Permissions · 权限\n\n| permission | 说明 | meaning |\n|---|---|---|\n")
	for _, p := range lowsky.Permissions {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", p, permissionTexts[p].ZH, permissionTexts[p].EN)
	}
	return b.String()
}

func TestPermissionsPage(t *testing.T) {
	const path = "../docs/permissions.md"
	want := permissionsPage()
	for _, r := range lowsky.Roles {
		if roleTexts[r].ZH == "" || roleTexts[r].EN == "" {
			t.Errorf("role %s has no words", r)
		}
	}
	for _, p := range lowsky.Permissions {
		if permissionTexts[p].ZH == "" || permissionTexts[p].EN == "" {
			t.Errorf("permission %s has no words", p)
		}
	}
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != want {
		t.Errorf("%s is not what permission.go says (%v): run with -update", path, err)
	}
}

// Every operation names its permission in the document, and only the few below are open to more than one permission.
func TestEveryOperationHasAPermission(t *testing.T) {
	open := func(path string) bool {
		return path == "/api/v1/region" || path == "/api/v1/session" || strings.HasPrefix(path, "/api/v1/session/") || strings.HasPrefix(path, "/api/v1/account/")
	}
	for path, item := range newHouse(t).server.OpenAPI().Paths {
		for _, op := range operationsOf(item) {
			p, ok := op.Extensions["x-permission"].(lowsky.Permission)
			switch {
			case !ok:
				t.Errorf("%s %s names no permission", op.Method, path)
			case p == public && len(op.Security) > 0, p != public && len(op.Security) == 0:
				t.Errorf("%s %s: permission %s, security %v", op.Method, path, p, op.Security)
			case (p == public || p == anybody) && !open(path):
				t.Errorf("%s %s is open to %s", op.Method, path, p)
			case p != public && p != anybody && !p.Valid():
				t.Errorf("%s %s: no such permission %s", op.Method, path, p)
			}
		}
	}
}
