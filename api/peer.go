package api

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxForwarded = 1024 // bytes of X-Forwarded-For that are looked at, over all its lines
	maxAgent     = 200  // bytes kept of what a browser calls itself
)

// peer answers the network address that the request came from, without port, and whether the way there was encrypted.
// X-Forwarded-For and X-Forwarded-Proto are anybody's word, so they are believed from the proxies named in the
// configuration only: the address is then the rightmost that is no such proxy, as everything left of it may have been
// made up. What cannot be read answers the peer itself.
func (s *Server) peer(r *http.Request) (address string, encrypted bool) {
	encrypted = r.TLS != nil
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr, encrypted
	}
	direct, err := netip.ParseAddr(host)
	if err != nil {
		return host, encrypted
	}
	direct = direct.Unmap()
	if !s.trusts(direct) {
		return direct.String(), encrypted
	}
	if proto := r.Header.Values("X-Forwarded-Proto"); len(proto) == 1 {
		encrypted = strings.EqualFold(proto[0], "https")
	}
	return s.forwarded(direct, r.Header.Values("X-Forwarded-For")).String(), encrypted
}

// forwarded answers the rightmost address that is not a proxy of ours; direct where there is none, or where an entry
// that matters is no address.
func (s *Server) forwarded(direct netip.Addr, lines []string) netip.Addr {
	all := strings.Join(lines, ",")
	if len(all) > maxForwarded {
		return direct
	}
	entries := strings.Split(all, ",")
	for i := len(entries) - 1; i >= 0; i-- {
		a, ok := address(strings.TrimSpace(entries[i]))
		if !ok {
			return direct
		}
		if !s.trusts(a) {
			return a
		}
	}
	return direct
}

// address reads an address as proxies write it: bare, in brackets, or with a port.
func address(text string) (netip.Addr, bool) {
	if p, err := netip.ParseAddrPort(text); err == nil {
		return p.Addr().Unmap().WithZone(""), true
	}
	if inner, ok := strings.CutPrefix(text, "["); ok {
		if text, ok = strings.CutSuffix(inner, "]"); !ok {
			return netip.Addr{}, false
		}
	}
	a, err := netip.ParseAddr(text)
	return a.Unmap().WithZone(""), err == nil
}

func (s *Server) trusts(a netip.Addr) bool {
	a = a.WithZone("")
	for _, p := range s.cfg.Proxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// agent is how the browser names itself, fit for a list that people read: no control characters, cut to maxAgent bytes.
func agent(r *http.Request) string {
	text := strings.Map(func(c rune) rune {
		if c == utf8.RuneError || !unicode.IsPrint(c) {
			return -1
		}
		return c
	}, r.UserAgent())
	for cut := maxAgent; len(text) > maxAgent; cut-- {
		if utf8.RuneStart(text[cut]) {
			text = text[:cut]
		}
	}
	return text
}
