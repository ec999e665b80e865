package identity

import (
	"errors"
	"strings"
	"testing"

	"lowsky"
)

func TestCheckPassword(t *testing.T) {
	for _, bad := range []string{
		"", "short", "ninechars", strings.Repeat("ab1-", 65), "abcdefghi\xff",
		"password", "Password12", "P@ssw0rd123", "p4ssw0rd!!", "password-password", "1234567890", "12345678901234", "0987654321",
		"123456789!", "1234567890!@#", "abcdefghij", "abcd1234567", "aaaaaaaaaa", "abababababab", "1212121212", "changeme123", "changeme!!",
		"LOWSKY2026", "lowsky-admin", "Admin12345", "administrator", "Admin@2026", "qwertyuiop", "woaini1314520",
		"zhang.wei-2", "zhangwei2", "zhang.wei-2026", "ZHANG.WEI2",
	} {
		err := CheckPassword("zhang.wei", bad)
		if !errors.Is(err, lowsky.ErrInvalid) {
			t.Errorf("%q: %v", bad, err)
		}
		if err != nil && len(bad) > 8 && strings.Contains(err.Error(), bad) {
			t.Errorf("the error tells %q", bad)
		}
	}
	for _, good := range []string{
		"correct-horse-battery", "another-password", "咸宁低空运行中心值班", "tall-reed-river", "my zhang.wei secret tree", "x7Gq-pass-91rr", "lowland-skylark-7",
		"administrate-nothing", strings.Repeat("river-", 42),
	} {
		if err := CheckPassword("zhang.wei", good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	if CheckPassword("", "correct-horse-battery") != nil {
		t.Error("without a name")
	}
}

func TestCheckSecret(t *testing.T) {
	for _, bad := range []string{"admin", "password", "lowsky", "changeme", "change-me", "123456789", "12345678", "postgres", "secret", "replace-me", "your-password", "LOWSKY_ADMIN_PASSWORD"} {
		if err := CheckSecret("LOWSKY_ADMIN_PASSWORD", bad); !errors.Is(err, lowsky.ErrInvalid) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	for _, good := range []string{"", "tall-reed-river", "n3pQ0s8aTzv1LkYw"} {
		if err := CheckSecret("LOWSKY_ADMIN_PASSWORD", good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
}
