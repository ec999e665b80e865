package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"lowsky/cmd/lowsky/server"
)

type auditCommand struct {
	Verify verifyCommand `cmd:"" help:"Walk the audit's chain of hashes and the anchors noted outside the database; exit code 1 names the first entry that is not sound."`
}

type verifyCommand struct {
	database
	Anchors string `help:"File of anchors; those of the data directory unless given."`
}

// Run says what holds, or which entry does not.
func (c *verifyCommand) Run(env *environment) (err error) {
	name := c.Anchors
	if name == "" {
		name = server.AnchorFile(c.DataDir)
	}
	noted := map[uint64][32]byte{}
	f, err := os.Open(name)
	switch {
	case err == nil:
		defer f.Close()
		if noted, err = server.ReadAnchors(f); err != nil {
			return fmt.Errorf("anchors %s: %w", name, err)
		}
	case c.Anchors != "" || !errors.Is(err, fs.ErrNotExist):
		return err
	}
	s, done, err := c.open(env)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	head, err := server.VerifyAudit(context.Context(env), s, noted)
	if err != nil {
		return err
	}
	fmt.Printf("audit intact: %d entries, %d anchors; newest %d %s\n", head.Seq, len(noted), head.Seq, hex.EncodeToString(head.Hash[:]))
	if len(noted) == 0 {
		fmt.Println("no anchors: whoever may write the database could have rewritten all of it")
	}
	return nil
}
