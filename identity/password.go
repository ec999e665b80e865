package identity

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"math/big"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Argon2id at the smallest setting that OWASP's password storage cheat sheet recommends: 19 MiB, two passes, one lane.
const (
	memoryKiB = 19 * 1024
	passes    = 2
	lanes     = 1
	saltBytes = 16
	keyBytes  = 32
)

// phc is a parsed PHC string of argon2id.
type phc struct {
	memory, passes uint32
	lanes          uint8
	salt, key      []byte
}

var b64 = base64.RawStdEncoding

func (p phc) String() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, p.memory, p.passes, p.lanes,
		b64.EncodeToString(p.salt), b64.EncodeToString(p.key))
}

func (p phc) derive(password string, n int) []byte {
	return argon2.IDKey([]byte(password), p.salt, p.passes, p.memory, p.lanes, uint32(n))
}

// parsePHC reads a PHC string; ok is false where it is not one, or asks for more work than we are ready to do.
func parsePHC(s string) (p phc, ok bool) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return phc{}, false
	}
	n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.memory, &p.passes, &p.lanes)
	if err != nil || n != 3 || parts[3] != fmt.Sprintf("m=%d,t=%d,p=%d", p.memory, p.passes, p.lanes) {
		return phc{}, false
	}
	var errSalt, errKey error
	p.salt, errSalt = b64.DecodeString(parts[4])
	p.key, errKey = b64.DecodeString(parts[5])
	if errSalt != nil || errKey != nil || !p.bearable() {
		return phc{}, false
	}
	return p, true
}

// bearable reports whether it is as much work as we are ready to do, and not less than argon2 can.
func (p phc) bearable() bool {
	return p.memory >= 8 && p.memory <= 256*1024 && p.passes >= 1 && p.passes <= 16 && p.lanes >= 1 && p.lanes <= 8 &&
		len(p.salt) >= 8 && len(p.salt) <= 64 && len(p.key) >= 16 && len(p.key) <= 64
}

// readable leaves out what is mistaken for something else: 0 o, 1 i l.
const readable = "abcdefghjkmnpqrstuvwxyz23456789"

// NewPassword answers a random password of three groups of six readable characters, 89 bits.
func NewPassword() (string, error) {
	s, err := randomText(18)
	if err != nil {
		return "", err
	}
	return s[:6] + "-" + s[6:12] + "-" + s[12:], nil
}

func randomText(n int) (string, error) {
	out := make([]byte, n)
	for i := range out {
		k, err := rand.Int(rand.Reader, big.NewInt(int64(len(readable))))
		if err != nil {
			return "", err
		}
		out[i] = readable[k.Int64()]
	}
	return string(out), nil
}
