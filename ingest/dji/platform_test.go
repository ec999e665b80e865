package dji_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lowsky/ingest/dji"
)

var licensed = dji.Platform{AppID: "123456", AppKey: "key", AppLicense: "licence", NTPHost: "ntp.local", Organisation: "org", OrganisationName: "Org"}

func TestAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		topic, payload, replyTopic, data string
	}{
		"topology":               {"sys/product/D1/status", `{"method":"update_topo","data":{"sub_devices":[]}}`, "sys/product/D1/status_reply", `{"result":0}`},
		"event":                  {"thing/product/D1/events", `{"method":"hms","need_reply":1,"data":{"list":[]}}`, "thing/product/D1/events_reply", `{"result":0}`},
		"event without a method": {"thing/product/D1/events", `{"need_reply":true,"data":[]}`, "thing/product/D1/events_reply", `{"result":0}`},
		"config": {"thing/product/D1/requests", `{"method":"config","data":{"config_type":"json"}}`, "thing/product/D1/requests_reply",
			`{"app_id":123456,"app_key":"key","app_license":"licence","ntp_server_host":"ntp.local","ntp_server_port":123}`},
		"bind status": {"thing/product/D1/requests", `{"method":"airport_bind_status","data":{"devices":[{"sn":"AC1"},{"sn":"D1"}]}}`, "thing/product/D1/requests_reply",
			`{"result":0,"output":{"bind_status":[
				{"sn":"AC1","is_device_bind_organization":true,"organization_id":"org","organization_name":"Org","device_callsign":"AC1"},
				{"sn":"D1","is_device_bind_organization":true,"organization_id":"org","organization_name":"Org","device_callsign":"D1"}]}}`},
		"organisation": {"thing/product/D1/requests", `{"data":{"device_binding_code":"x","organization_id":"o"}}`, "thing/product/D1/requests_reply",
			`{"result":0,"output":{"organization_name":"Org"}}`},
		"bind": {"thing/product/D1/requests", `{"data":{"bind_devices":[{"sn":"AC1"}]}}`, "thing/product/D1/requests_reply",
			`{"result":0,"output":{"err_infos":[{"sn":"AC1","err_code":0}]}}`},
		"flight areas":  {"thing/product/D1/requests", `{"method":"flight_areas_get","data":null}`, "thing/product/D1/requests_reply", `{"result":0,"output":{"files":[]}}`},
		"offline map":   {"thing/product/D1/requests", `{"method":"offline_map_get","data":{}}`, "thing/product/D1/requests_reply", `{"result":0}`},
		"storage":       {"thing/product/D1/requests", `{"method":"storage_config_get","data":{}}`, "thing/product/D1/requests_reply", `{"result":1,"output":{}}`},
		"resource":      {"thing/product/D1/requests", `{"method":"flighttask_resource_get","data":{}}`, "thing/product/D1/requests_reply", `{"result":1,"output":{}}`},
		"task progress": {"thing/product/D1/requests", `{"method":"flighttask_progress_get","data":{}}`, "thing/product/D1/requests_reply", `{"result":1,"output":{}}`},
	} {
		t.Run(name, func(t *testing.T) {
			payload := []byte(`{"tid":"t-\u0031","bid":"b-1","gateway":"D1",` + c.payload[1:])
			ans, ok := licensed.Answer(c.topic, payload, sent)
			if !ok || ans.Withheld || ans.Topic != c.replyTopic || ans.Gateway != "D1" {
				t.Fatalf("%v %+v", ok, ans)
			}
			var got struct {
				Tid, Bid, Gateway, Method string
				Timestamp                 int64
				Data                      any
			}
			if err := json.Unmarshal(ans.Payload, &got); err != nil {
				t.Fatal(err)
			}
			var want any
			if err := json.Unmarshal([]byte(c.data), &want); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got.Data); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if got.Tid != "t-1" || got.Bid != "b-1" || got.Gateway != "D1" || got.Timestamp != sent.UnixMilli() || got.Method != ans.Method {
				t.Errorf("envelope %+v", got)
			}
		})
	}
}

func TestNothingToAnswer(t *testing.T) {
	for _, c := range [][2]string{
		{"thing/product/D1/events", `{"method":"hms","need_reply":0,"data":{}}`}, {"thing/product/D1/events", `{"method":"hms","data":{}}`},
		{"thing/product/D1/osd", `{"need_reply":1}`}, {"thing/product/D1/requests", `{"method":"of_the_future","data":{}}`},
		{"thing/product/D1/requests", `{broken`}, {"sys/product/D 1/status", `{"method":"update_topo"}`}, {"lowsky/v1/telemetry/a", `{}`},
	} {
		if ans, ok := licensed.Answer(c[0], []byte(c[1]), sent); ok {
			t.Errorf("%s %s: answered %+v", c[0], c[1], ans)
		}
	}
}

func TestConfigIsWithheldWithoutLicence(t *testing.T) {
	for _, p := range []dji.Platform{{}, {AppID: "1"}, {AppID: "1", AppKey: "k"}} {
		ans, ok := p.Answer("thing/product/D1/requests", []byte(`{"method":"config"}`), sent)
		if !ok || !ans.Withheld || len(ans.Payload) > 0 || ans.Gateway != "D1" || p.Licensed() {
			t.Errorf("%v %+v", ok, ans)
		}
	}
	ans, _ := dji.Platform{AppID: "abc", AppKey: `k"`, AppLicense: "l"}.Answer("thing/product/D1/requests", []byte(`{"method":"config"}`), sent)
	if !bytes.Contains(ans.Payload, []byte(`"app_id":"abc"`)) || bytes.Contains(ans.Payload, []byte("ntp")) || !json.Valid(ans.Payload) {
		t.Errorf("%s", ans.Payload)
	}
}

func TestRedact(t *testing.T) {
	in := []byte(`{"data":{"device_secret":"s3cret","nonce":"n0nce","sub_devices":[{"sn":"A","device_\u0073ecret":"s3c\"ret","nonce":17},{"device_secret":{"a":"s3cret"}}]}}`)
	n := len(in)
	if !dji.Redact("sys/product/D/status", in) {
		t.Fatal("not redacted")
	}
	if bytes.Contains(in, []byte("s3c")) || bytes.Contains(in, []byte("n0nce")) || bytes.Contains(in, []byte("17")) || len(in) != n || !json.Valid(in) || !bytes.Contains(in, []byte(`"sn":"A"`)) {
		t.Errorf("%s", in)
	}
	if dji.Redact("sys/product/D/status", []byte(`{"device_secret":"s3cret"`)) {
		t.Error("broken JSON must not be kept")
	}
	osd := []byte(`{"nonce":"kept"}`)
	if !dji.Redact("thing/product/D/osd", osd) || string(osd) != `{"nonce":"kept"}` {
		t.Error("only topologies hold secrets")
	}
}
