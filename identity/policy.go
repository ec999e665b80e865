package identity

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"lowsky"
)

// Passwords of people have at least 10 characters and at most 256 bytes: hashing is bounded work. 等保 asks for a
// password that is not easily guessed; length and a list of what everybody tries first do more for that than a rule
// about classes of characters.
const (
	shortestPassword = 10
	longestPassword  = 256
)

// common is what is tried first; compared without case, digits and signs at the ends, and common swaps of letters.
var common = []string{
	"admin", "administrator", "root", "guest", "test", "tester", "user", "default", "secret", "password", "passw", "pass",
	"passphrase", "changeme", "changeit", "letmein", "welcome", "iloveyou", "qwerty", "qwertyuiop", "qwertyuiopasdfghjkl",
	"asdfghjkl", "zxcvbnm", "abcdef", "abcdefg", "abcdefgh", "abcdefghij", "abc", "abcd", "aaaaaaaaaa", "monkey", "dragon",
	"football", "baseball", "superman", "sunshine", "princess", "master", "login", "access", "trustno", "woaini", "wodemima",
	"mima", "lowsky", "lowskyadmin", "adminlowsky", "xianning", "drone", "uav", "postgres", "mosquitto", "mqtt", "device", "replaceme", "example",
	"adminadmin", "passwordpassword", "passwordadmin", "adminpassword", "yourpassword", "mypassword", "thisisasecret", "supersecret", "topsecret",
}

var swaps = strings.NewReplacer("0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t", "@", "a", "$", "s", "!", "i", "|", "l")

// guessable reports whether a secret is one of those that are tried first: a common word or a name, with digits or
// signs around it; one character or a short piece over and over; a run such as 1234567890 or abcdefghij.
func guessable(secret string, names ...string) bool {
	s := strings.ToLower(strings.TrimSpace(secret))
	edges := func(s string) string { return strings.TrimFunc(s, func(r rune) bool { return r < 'a' || r > 'z' }) }
	inner := func(s string) string {
		return strings.Map(func(r rune) rune {
			if strings.ContainsRune(" -_.,:/+#", r) {
				return -1
			}
			return r
		}, s)
	}
	forms := []string{s, inner(s), edges(inner(s)), edges(swaps.Replace(inner(s))), swaps.Replace(edges(inner(s))), swaps.Replace(inner(s))}
	for _, form := range forms {
		if form != "" && slices.Contains(common, form) {
			return true
		}
		for _, name := range names {
			if n := strings.ToLower(name); n != "" && (form == n || form == inner(n) || form == edges(inner(n)) && len(form) > 2) {
				return true
			}
		}
	}
	return repeats(inner(s)) || runs(inner(s)) || edges(s) == "" && runs(strings.Trim(s, "!@#$%^&*()?."))
}

// repeats reports whether s is a piece of at most four bytes over and over.
func repeats(s string) bool {
	for n := 1; n <= 4 && n < len(s); n++ {
		if strings.HasPrefix(strings.Repeat(s[:n], len(s)/n+1), s) {
			return true
		}
	}
	return false
}

// runs reports whether s consists of runs up or down of at least four, as in 12345678, 0123456789, 9876543210, abcd1234.
func runs(s string) bool {
	if len(s) < 4 {
		return false
	}
	for i := 0; i < len(s); {
		j := i + 1
		step := 0
		for ; j < len(s); j++ {
			d := int(s[j]) - int(s[j-1])
			switch s[j-1 : j+1] { // as on the keyboard
			case "90":
				d = 1
			case "09":
				d = -1
			}
			if d != 1 && d != -1 || step != 0 && d != step {
				break
			}
			step = d
		}
		if j-i < 3 {
			return false
		}
		i = j
	}
	return true
}

// CheckPassword answers an *lowsky.InvalidError if the password may not be set for the account.
func CheckPassword(username, password string) error {
	problem := ""
	switch {
	case !utf8.ValidString(password):
		problem = "must be UTF-8 text"
	case utf8.RuneCountInString(password) < shortestPassword:
		problem = fmt.Sprintf("must have at least %d characters", shortestPassword)
	case len(password) > longestPassword:
		problem = fmt.Sprintf("must have at most %d bytes", longestPassword)
	case username != "" && strings.EqualFold(strings.TrimSpace(password), username), guessable(password, username):
		problem = "is one of those that are tried first"
	default:
		return nil
	}
	return &lowsky.InvalidError{Field: "password", Problem: problem}
}

// CheckSecret refuses a configured secret, named as the operator knows it, that is short or one of those that come with
// examples: with an error that does not hold it. "" is not set, which is another matter.
func CheckSecret(name, value string) error {
	switch {
	case value == "":
		return nil
	case len(value) < shortestPassword:
		return &lowsky.InvalidError{Field: name, Problem: fmt.Sprintf("must have at least %d characters", shortestPassword)}
	case guessable(value, name):
		return &lowsky.InvalidError{Field: name, Problem: "is a default or one of those that are tried first; use a random one, such as from: openssl rand -base64 24"}
	}
	return nil
}

// reserved are the names under which the platform itself stands in the audit and on alerts; nobody else may be called so.
func reserved(username string) bool {
	switch username {
	case "server", "demo", "lowsky", "shell":
		return true
	}
	return false
}
