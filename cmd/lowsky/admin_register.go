package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"lowsky"
	"lowsky/api"
)

// registerCommand goes through the server, which judges a list as it does in the console: aircraft have to pass the
// journal, or a running picture would not know them.
type registerCommand struct {
	Server         string `env:"LOWSKY_SERVER" default:"http://127.0.0.1:8080" help:"The platform."`
	Token          string `env:"LOWSKY_TOKEN" help:"API token, from lowsky admin token. Better in the environment, or in the file that LOWSKY_TOKEN_FILE names."`
	Check          bool   `help:"Look only; store nothing."`
	WithoutRefused bool   `help:"Import the other rows although some are refused."`
	Lang           string `enum:",zh,en" default:"" help:"Language of the report; that of LANG when absent."`
	Kind           string `arg:"" enum:"aircraft,pilots,companies,sites" help:"aircraft, pilots, companies or sites."`
	File           string `arg:"" type:"existingfile" help:"CSV or XLSX, at most 16 MB and 20,000 rows."`
}

// registerAnswer is the server's answer as far as the report needs it.
type registerAnswer struct {
	Rows []struct {
		Row      int    `json:"row"`
		ID       string `json:"id"`
		Change   string `json:"change"`
		Problems []struct {
			Field string      `json:"field"`
			Text  lowsky.Text `json:"text"`
		} `json:"problems"`
	} `json:"rows"`
	Counts map[string]int `json:"counts"`
}

// Run looks first, so that the report is there also where nothing is imported.
func (c *registerCommand) Run(env *environment) error {
	if err := readToken(&c.Token, os.Getenv("LOWSKY_TOKEN_FILE")); err != nil {
		return err
	}
	if c.Token == "" {
		return errors.New("--token or LOWSKY_TOKEN is needed (lowsky admin token makes one)")
	}
	if c.Lang == "" {
		c.Lang = languageOf(os.Getenv)
	}
	list, err := os.ReadFile(c.File)
	if err != nil {
		return err
	}
	answer, err := c.send(env, "check", list)
	if err != nil {
		return err
	}
	c.report(os.Stdout, answer)
	refused := answer.Counts["refused"]
	if !c.Check && (refused == 0 || c.WithoutRefused) {
		if _, err := c.send(env, "import?without_refused="+strconv.FormatBool(c.WithoutRefused), list); err != nil {
			return err
		}
		fmt.Println("imported")
	}
	if refused > 0 {
		return fmt.Errorf("%d rows refused: %w", refused, exitRefused)
	}
	return nil
}

func (c *registerCommand) report(out io.Writer, a *registerAnswer) {
	for _, r := range a.Rows {
		for _, p := range r.Problems {
			text := p.Text.EN
			if c.Lang == "zh" {
				text = p.Text.ZH
			}
			fmt.Fprintf(out, "%s:%d: %s: %s\n", c.File, r.Row, p.Field, text)
		}
	}
	fmt.Fprintf(out, "new %d, changed %d, same %d, refused %d\n", a.Counts["new"], a.Counts["changed"], a.Counts["same"], a.Counts["refused"])
}

func (c *registerCommand) send(ctx context.Context, what string, list []byte) (*registerAnswer, error) {
	return post[registerAnswer](ctx, c.Server, "/api/v1/registers/"+c.Kind+"/"+what, c.Token, list)
}

// readToken takes the token from a file, unless one is given.
func readToken(token *string, file string) error {
	if file == "" || *token != "" {
		return nil
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("LOWSKY_TOKEN_FILE: %w", err)
	}
	*token = strings.TrimSpace(string(b))
	return nil
}

// post sends a file to the server and answers what it says.
func post[A any](ctx context.Context, server, path, token string, file []byte) (*A, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(server, "/")+path, bytes.NewReader(file))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/octet-stream")
	body, err := answered(&http.Client{Timeout: 90 * time.Second}, req)
	if err != nil {
		return nil, err
	}
	a := new(A)
	if err := json.Unmarshal(body, a); err != nil {
		return nil, fmt.Errorf("the server's answer: %w", err)
	}
	return a, nil
}

// answered sends a request and answers the body; what the server refuses is an error in its words.
func answered(client *http.Client, req *http.Request) ([]byte, error) {
	resp, err := client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", req.URL.Host, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 256<<20))
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		var p api.Problem
		if json.Unmarshal(body, &p) != nil || p.Title == "" {
			return nil, fmt.Errorf("the server answers %s", resp.Status)
		}
		return nil, fmt.Errorf("the server refuses (%d %s): %s", p.Status, p.Title, p.Detail)
	}
	return body, nil
}
