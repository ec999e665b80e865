package identity

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"lowsky"
)

// OIDCGroup is what the members of a group are here.
type OIDCGroup struct {
	Role         lowsky.Role
	Organisation lowsky.OrganisationID
}

const (
	longestGroup = 512   // bytes of a group's name
	mostGroups   = 10000 // of a person, and of a mapping
)

// ParseOIDCGroups reads what the groups of an identity provider are here, one in a line: group = role @ organisation.
// Empty lines and those that begin with # are left out. The last = divides, so that a group may be a distinguished name.
// The error names every line that is wrong; whether an organisation exists is found out at sign-in.
func ParseOIDCGroups(r io.Reader) (map[string]OIDCGroup, error) {
	out, first := map[string]OIDCGroup{}, map[string]int{}
	var problems []error
	scan := bufio.NewScanner(r)
	for n := 1; scan.Scan(); n++ {
		line := scan.Text()
		if n == 1 {
			line = strings.TrimPrefix(line, "\ufeff")
		}
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		group, g, err := parseGroup(line)
		switch {
		case err != nil:
		case first[group] > 0:
			err = fmt.Errorf("group %q is already in line %d", group, first[group])
		case len(out) >= mostGroups:
			return nil, errors.Join(append(problems, fmt.Errorf("line %d: more than %d groups", n, mostGroups))...)
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("line %d: %w", n, err))
			continue
		}
		out[group], first[group] = g, n
	}
	if err := scan.Err(); err != nil {
		problems = append(problems, err)
	}
	if len(out) == 0 && len(problems) == 0 {
		problems = append(problems, errors.New("names no group: nobody could sign in"))
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	return out, nil
}

func parseGroup(line string) (group string, g OIDCGroup, err error) {
	i := strings.LastIndexByte(line, '=')
	if i < 0 {
		return "", g, errors.New("must read: group = role @ organisation")
	}
	group = strings.TrimSpace(line[:i])
	role, org, ok := strings.Cut(line[i+1:], "@")
	g = OIDCGroup{lowsky.Role(strings.TrimSpace(role)), lowsky.OrganisationID(strings.TrimSpace(org))}
	if !ok {
		return "", g, errors.New("must read: group = role @ organisation")
	}
	return group, g, g.check(group)
}

func (g OIDCGroup) check(group string) error {
	switch {
	case group == "" || len(group) > longestGroup || !utf8.ValidString(group):
		return fmt.Errorf("a group has 1 to %d bytes of text", longestGroup)
	case !g.Role.Valid():
		return fmt.Errorf("group %q: %q is not a role", group, clean(string(g.Role), 64))
	case g.Role == lowsky.DeviceRole || g.Role == lowsky.APIClient:
		return fmt.Errorf("group %q: %s is not for people", group, g.Role)
	case g.Organisation == "" || len(g.Organisation) > 64 || strings.ContainsAny(string(g.Organisation), " \t@="):
		return fmt.Errorf("group %q: %q is not the id of an organisation", group, clean(string(g.Organisation), 64))
	}
	return nil
}

// groupsOf reads a claim that is a list of names, or one name.
func groupsOf(claim json.RawMessage) ([]string, error) {
	if len(claim) == 0 || string(claim) == "null" {
		return nil, nil
	}
	var many []string
	if json.Unmarshal(claim, &many) == nil {
		if len(many) > mostGroups {
			return nil, fmt.Errorf("more than %d groups", mostGroups)
		}
		return many, nil
	}
	var one string
	if err := json.Unmarshal(claim, &one); err != nil {
		return nil, errors.New("is neither a list of names nor one name")
	}
	return []string{one}, nil
}

// rolesOf answers what somebody in these groups is here: roles in one organisation. A *RefusedError says why not.
func rolesOf(mapping map[string]OIDCGroup, groups []string) ([]lowsky.Role, lowsky.OrganisationID, error) {
	held := map[lowsky.Role]bool{}
	var orgs []lowsky.OrganisationID
	for _, name := range groups {
		g, ok := mapping[name]
		if !ok {
			continue
		}
		held[g.Role] = true
		if !slices.Contains(orgs, g.Organisation) {
			orgs = append(orgs, g.Organisation)
		}
	}
	switch len(orgs) {
	case 0:
		return nil, "", &RefusedError{Reason: lowsky.Text{
			ZH: "您在统一身份认证中的用户组均未对应本平台的角色，请联系管理员。",
			EN: "None of your groups at the identity provider has a role on this platform; ask an administrator.",
		}}
	case 1:
	default:
		slices.Sort(orgs)
		names := make([]string, len(orgs))
		for i, o := range orgs {
			names[i] = string(o)
		}
		return nil, "", &RefusedError{Reason: lowsky.Text{
			ZH: "您的用户组分属多个单位（" + strings.Join(names, "、") + "），一个账号只能属于一个单位，请联系管理员。",
			EN: "Your groups belong to several organisations (" + strings.Join(names, ", ") + "); an account belongs to one. Ask an administrator.",
		}}
	}
	var roles []lowsky.Role
	for _, r := range lowsky.Roles {
		if held[r] {
			roles = append(roles, r)
		}
	}
	return roles, orgs[0], nil
}

// RefusedError is a refusal of somebody who has proved who they are, with a reason that may be shown. It is
// lowsky.ErrForbidden.
type RefusedError struct{ Reason lowsky.Text }

func (e *RefusedError) Error() string { return e.Reason.EN }

// Is makes it lowsky.ErrForbidden.
func (e *RefusedError) Is(target error) bool { return target == lowsky.ErrForbidden }
