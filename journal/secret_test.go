package journal

import (
	"strings"
	"testing"
)

// The address of an outside server may hold a password; errors are read by people and kept in logs.
func TestErrorsDoNotTellThePassword(t *testing.T) {
	for _, url := range []string{
		"nats://lowsky:pw-not-shown@127.0.0.1:1", "nats://lowsky:pw-not-shown@[::bad", "nats://lowsky:pw not-shown%zz@127.0.0.1:1",
		"nats://lowsky:pw-not-shown@127.0.0.1:99999999", "lowsky:pw-not-shown@127.0.0.1:1", "nats://pw-not-shown@127.0.0.1:1",
		"nats://lowsky:pw-not-shown@127.0.0.1:1\x7f",
	} {
		l, err := Open(Config{NATSURL: url})
		if err == nil {
			l.Close()
			t.Errorf("%q opened", url)
		} else if strings.Contains(err.Error(), "not-shown") {
			t.Errorf("the error tells the password: %v", err)
		}
	}
}
