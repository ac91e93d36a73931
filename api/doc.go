// Package api is the wire: what clients send and get.
//
// Requests are decoded strictly, and every refusal is an RFC 9457 problem that
// names the field, the value and what is allowed. Handlers return errors; one
// function, [Server.fail], writes them. The package knows neither sandboxing
// nor languages.
package api
