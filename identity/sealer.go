package identity

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"lowsky"
)

// keyLength is that of AES-256.
const keyLength = 32

// longestSealed bounds what is sealed: phone numbers and the like.
const longestSealed = 4096

// Sealer encrypts personal data for keeping, with AES-256-GCM and a random nonce each time. The text form is
// "v1.<key id>.<base64 of nonce and ciphertext>"; version and key id are bound to the ciphertext.
type Sealer struct {
	first string
	keys  map[string]cipher.AEAD
}

// NewSealer makes a sealer: the first key seals, all of them open, so that a key can be replaced while what it sealed
// is still about. Each has 32 bytes.
func NewSealer(keys [][]byte) (*Sealer, error) {
	s := &Sealer{keys: map[string]cipher.AEAD{}}
	if len(keys) == 0 {
		return nil, &lowsky.InvalidError{Field: "data key", Problem: "at least one is needed"}
	}
	for i, key := range keys {
		if len(key) != keyLength {
			return nil, &lowsky.InvalidError{Field: "data key", Problem: fmt.Sprintf("key %d has %d bytes, not %d", i+1, len(key), keyLength)}
		}
		if string(key) == strings.Repeat(string(key[:1]), keyLength) {
			return nil, &lowsky.InvalidError{Field: "data key", Problem: fmt.Sprintf("key %d is not random", i+1)}
		}
		block, err := aes.NewCipher(key)
		if err != nil {
			return nil, fmt.Errorf("data key %d: %w", i+1, err)
		}
		aead, err := cipher.NewGCM(block)
		if err != nil {
			return nil, fmt.Errorf("data key %d: %w", i+1, err)
		}
		h := sha256.Sum256(append([]byte("lowsky data key id\x00"), key...))
		id := hex.EncodeToString(h[:4])
		if i == 0 {
			s.first = id
		}
		s.keys[id] = aead
	}
	return s, nil
}

// Seal encrypts; "" stays "", none.
func (s *Sealer) Seal(clear string) (lowsky.Sealed, error) {
	if clear == "" {
		return "", nil
	}
	if len(clear) > longestSealed {
		return "", &lowsky.InvalidError{Field: "personal data", Problem: fmt.Sprintf("must have at most %d bytes", longestSealed)}
	}
	aead, head := s.keys[s.first], "v1."+s.first+"."
	nonce := make([]byte, aead.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		return "", fmt.Errorf("seal: %w", err)
	}
	return lowsky.Sealed(head + base64.RawURLEncoding.EncodeToString(aead.Seal(nonce, nonce, []byte(clear), []byte(head)))), nil
}

// Open decrypts. What was changed, cut, or sealed with a key that is not here is an error that does not hold it: never
// another text.
func (s *Sealer) Open(sealed lowsky.Sealed) (string, error) {
	if sealed == "" {
		return "", nil
	}
	parts := strings.SplitN(string(sealed), ".", 3)
	if len(parts) != 3 || parts[0] != "v1" {
		return "", errors.New("open sealed data: not a sealed text")
	}
	aead := s.keys[parts[1]]
	if aead == nil {
		return "", errors.New("open sealed data: sealed with a key that is not configured")
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(parts[2])
	if err != nil || len(raw) < aead.NonceSize()+aead.Overhead() || strings.ContainsAny(parts[2], "\r\n") {
		return "", errors.New("open sealed data: cut or changed")
	}
	clear, err := aead.Open(nil, raw[:aead.NonceSize()], raw[aead.NonceSize():], []byte("v1."+parts[1]+"."))
	if err != nil {
		return "", errors.New("open sealed data: cut or changed")
	}
	return string(clear), nil
}

// LoadOrMakeKey reads a key from a file, and makes one, readable by its owner only, where there is no file. It never
// replaces what is there: a file of another length is an error.
func LoadOrMakeKey(file string) ([]byte, error) {
	key, err := os.ReadFile(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return makeKey(file)
	case err != nil:
		return nil, fmt.Errorf("data key: %w", err)
	case len(key) != keyLength:
		return nil, fmt.Errorf("data key %s: has %d bytes, not %d", file, len(key), keyLength)
	}
	info, err := os.Stat(file)
	if err != nil {
		return nil, fmt.Errorf("data key: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("data key %s: others may read it (mode %o); make it 0600", file, info.Mode().Perm())
	}
	return key, nil
}

// makeKey writes the whole key under another name and links it, so that a file by the right name is a whole one, and
// of two processes at once the second takes the first one's.
func makeKey(file string) ([]byte, error) {
	key := make([]byte, keyLength)
	if _, err := rand.Read(key); err != nil {
		return nil, fmt.Errorf("data key: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(file), ".key-*") // mode 0600
	if err != nil {
		return nil, fmt.Errorf("data key: %w", err)
	}
	defer os.Remove(f.Name())
	_, err = f.Write(key)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Link(f.Name(), file)
	}
	if errors.Is(err, fs.ErrExist) {
		return LoadOrMakeKey(file)
	}
	if err != nil {
		return nil, fmt.Errorf("data key: %w", err)
	}
	if dir, err := os.Open(filepath.Dir(file)); err == nil {
		_ = dir.Sync()
		_ = dir.Close()
	}
	return key, nil
}
