// Package dji reads the DJI Cloud API as docks and remote controllers speak it over MQTT, and writes the answers they
// wait for. Sources: Cloud-API-Doc v1.11.3; see README.md.
package dji
