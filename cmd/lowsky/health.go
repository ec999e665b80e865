package main

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

type healthCommand struct {
	HTTPAddr string `name:"http-addr" env:"LOWSKY_HTTP_ADDR" default:"127.0.0.1:8080" help:"Address the server listens on."`
	TLSCert  string `name:"tls-cert" env:"LOWSKY_TLS_CERT" help:"As for serve: it speaks TLS then."`
}

// Run asks /readyz on the loopback side of the address and prints what it says.
func (c *healthCommand) Run(env *environment) error {
	host, port, err := net.SplitHostPort(c.HTTPAddr)
	if err != nil {
		return fmt.Errorf("LOWSKY_HTTP_ADDR: %w", err)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	scheme, client := "http://", http.Client{Timeout: 3 * time.Second}
	if c.TLSCert != "" {
		// The certificate names the server as others reach it, not this machine's own side of it.
		scheme, client.Transport = "https://", &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
	}
	req, err := http.NewRequestWithContext(env, http.MethodGet, scheme+net.JoinHostPort(host, port)+"/readyz", nil)
	if err != nil {
		return err
	}
	resp, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("not reachable: %w", err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if err != nil {
		return err
	}
	fmt.Println(string(body))
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("not ready (%s)", resp.Status)
	}
	return nil
}
