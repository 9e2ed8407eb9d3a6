package report

import (
	"regexp"
	"strings"
)

// masked stands for a value that is not shown.
const masked = "***"

var (
	valueLine  = regexp.MustCompile(`^(\s*(?:-\s+)?)(["']?)value(["']?):(\s+)(\S.*)$`)
	nameLine   = regexp.MustCompile(`^(\s*(?:-\s+)?)["']?name["']?:\s+["']?([^"'\s]+)`)
	plainName  = regexp.MustCompile(`^(?:NODE_ENV|WEB_CONCURRENCY|PM2_[A-Z0-9_]+)$`)
	secretName = regexp.MustCompile(`(?i)secret|key|token|pass|pwd|credential|auth|private|dsn|pin\b`)
	secretFlow = regexp.MustCompile(`^(\s*(?:-\s+)?["']?([A-Za-z0-9_.-]+)["']?:\s*)[\[{]`)
	harmless   = regexp.MustCompile(`^["']?(?:[0-9]{1,5}|true|false)["']?\s*(?:#.*)?$`)
)

// secretFlowName are keys whose lists and mappings are hidden as a whole; Kubernetes has none of these names.
var secretFlowName = regexp.MustCompile(`(?i)(?:secret|token|password|passwd|credential)s?$`)

// hideEnvValue hides the value of an environment variable of a Kubernetes container. The name stands on another line, so
// that a mask for single lines cannot tell what the value is.
func hideEnvValue(lines []string, index int) string {
	line := strings.TrimRight(lines[index], "\r\n")
	if head := blockHead(lines, index); head >= 0 {
		if name, ok := siblingName(lines, head); ok && !shownValue(name, "") {
			return line[:indentOf(line)] + masked
		}
		return line
	}
	if m := secretFlow.FindStringSubmatch(line); m != nil && secretFlowName.MatchString(m[2]) {
		return m[1] + masked
	}
	parts := valueLine.FindStringSubmatch(line)
	if parts == nil {
		return line
	}
	name, ok := siblingName(lines, index)
	value := parts[5]
	if !ok || shownValue(name, value) || strings.ContainsAny(value[:1], "|>#") {
		return line
	}
	return line[:len(line)-len(value)] + masked
}

// shownValue tells the variables whose values rules speak of and values that tell nothing.
func shownValue(name, value string) bool {
	if secretName.MatchString(name) {
		return false
	}
	return plainName.MatchString(name) || harmless.MatchString(value)
}

// siblingName finds the name beside a value: a line at the same depth of the same entry of the list.
func siblingName(lines []string, index int) (string, bool) {
	column := keyColumn(lines[index])
	for _, step := range []int{-1, 1} {
		for i := index; i >= 0 && i < len(lines); i += step {
			line := lines[i]
			if strings.TrimSpace(line) == "" {
				continue
			}
			opens := strings.HasPrefix(strings.TrimLeft(line, " \t"), "- ") && keyColumn(line) == column
			if step == 1 && i > index && opens || keyColumn(line) < column {
				break
			}
			if m := nameLine.FindStringSubmatch(line); m != nil && len(m[1]) == column {
				return m[2], true
			}
			if step == -1 && opens {
				break
			}
		}
	}
	return "", false
}

// blockHead gives the line of the "value: |" that a line of text belongs to, or -1.
func blockHead(lines []string, index int) int {
	depth := indentOf(lines[index])
	for i := index - 1; i >= 0 && index-i <= 200; i-- {
		if strings.TrimSpace(lines[i]) == "" || indentOf(lines[i]) >= depth {
			continue
		}
		if parts := valueLine.FindStringSubmatch(strings.TrimRight(lines[i], "\r\n")); parts != nil && strings.ContainsAny(parts[5][:1], "|>") {
			return i
		}
		return -1
	}
	return -1
}

func indentOf(line string) int {
	return len(line) - len(strings.TrimLeft(line, " \t"))
}

// keyColumn is where the first key of a line stands, behind the dash of a list.
func keyColumn(line string) int {
	rest := strings.TrimLeft(line, " \t")
	for strings.HasPrefix(rest, "- ") {
		rest = strings.TrimLeft(rest[2:], " ")
	}
	return len(line) - len(rest)
}
