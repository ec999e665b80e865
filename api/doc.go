// Package api is what the world sees of Lowsky: the read model of the live picture ([Board]), the websocket hub that
// tells consoles about it ([Hub], docs/stream.md is its contract), and the REST operations with their OpenAPI document
// ([Server]).
//
// The picture publishes changes into the board; the board never waits for anybody. Every interface that the operations
// need is declared here, beside the operation that needs it, and is satisfied by store, journal, picture, ingest or
// identity; cmd/lowsky joins them.
package api
