package source

import (
	"regexp"
	"strings"

	"github.com/onelayer/onelayer/internal/source/dockerfile"
)

// Masked stands for a value that must not be shown.
const Masked = "***"

const secretWords = `secret|token|passw|passphrase|passwd|pwd|credential|private|_key|apikey|api-key|accesskey|access-key|authkey`

var (
	secretName = regexp.MustCompile(`(?i)(?:` + secretWords + `)`)
	// plainName are names that hold such a word and never a secret: references to secrets and settings of tokens.
	plainName = regexp.MustCompile(`(?i)(?:_file|_path|_dir|path|ref|refs|name|secrets|automountserviceaccounttoken|expirationseconds|tokenexpiration|_ttl)$`)

	assignment = regexp.MustCompile(`([A-Za-z_][A-Za-z0-9_.\-]*)(["']?\s*[=:]\s*)("(?:[^"\\]|\\.)*"|'[^']*'|` + "`[^`]*`" + `|[^\s"'` + "`" + `&|;,()\[\]{}]+)`)
	envWords   = regexp.MustCompile(`(?i)^(\s*(?:ONBUILD\s+)?(?:ENV|ARG)\s+)([A-Za-z_][A-Za-z0-9_]*)(\s+)([^=].*)$`)
	option     = regexp.MustCompile(`(?i)(--?[a-z-]*(?:secret|public|password|passwd|token|api-?key|private-?key)(?:-?key)?["']?(?:\s*,\s*|\s*=\s*|\s+))(["']?)([^\s"',\]]+)`)
	linkWords  = regexp.MustCompile(`(?i)(\bpm2(?:-runtime|-docker)?["',\s]+(?:link|interact)["',\s]+)([^\s"',\]]+)((?:["',\s]+)([^\s"',\]]+))?`)
	userInfo   = regexp.MustCompile(`(://)([^/\s@"'<>]+)@`)
	bearer     = regexp.MustCompile(`(?i)\b(bearer|basic)(\s+)[A-Za-z0-9+/=._~-]{8,}`)
	knownToken = regexp.MustCompile(`\b(?:gh[pousr]_|github_pat_|glpat-|xox[abprs]-|AKIA|sk_live_|rk_live_|npm_|pypi-|SG\.)[A-Za-z0-9_.\-]{12,}`)
	reference  = regexp.MustCompile(`^["']?\$(?:\{[^}]*\}|\(?[A-Za-z_][A-Za-z0-9_]*\)?)["']?$`)
	flowEnv    = regexp.MustCompile(`(?i)(name["']?\s*:\s*["']?)([A-Za-z0-9_.\-]+)(["']?\s*,\s*["']?value["']?\s*:\s*)("[^"]*"|'[^']*'|[^,}\s]+)`)

	listName  = regexp.MustCompile(`^\s*(?:-\s+)?["']?name["']?\s*:\s*["']?([A-Za-z0-9_.\-]+)`)
	listValue = regexp.MustCompile(`^(\s*(?:-\s+)?["']?value["']?\s*:\s*)(.*?)(,?\s*)$`)
)

// SecretName tells whether the name of a variable or option promises a secret.
func SecretName(name string) bool {
	return secretName.MatchString(name) && !plainName.MatchString(name)
}

// MaskSecrets replaces the values in a line that look secret: those of variables and keys with secret names, of options
// such as --secret, of well-known tokens and of user information in URLs.
func MaskSecrets(line string) string {
	line = maskWords(line)
	line = flowEnv.ReplaceAllStringFunc(line, func(found string) string {
		m := flowEnv.FindStringSubmatch(found)
		if !SecretName(m[2]) {
			return found
		}
		return m[1] + m[2] + m[3] + maskedValue(m[4])
	})
	if m := envWords.FindStringSubmatch(line); m != nil && SecretName(m[2]) && !reference.MatchString(m[4]) {
		line = m[1] + m[2] + m[3] + Masked
	}
	return assignment.ReplaceAllStringFunc(line, func(found string) string {
		m := assignment.FindStringSubmatch(found)
		if !SecretName(m[1]) || reference.MatchString(m[3]) || strings.HasPrefix(m[3], "//") {
			return found
		}
		return m[1] + m[2] + maskedValue(m[3])
	})
}

func maskWords(line string) string {
	line = userInfo.ReplaceAllStringFunc(line, func(found string) string {
		if m := userInfo.FindStringSubmatch(found); m[2] == "git" || reference.MatchString(m[2]) {
			return found
		}
		return "://" + Masked + "@"
	})
	line = option.ReplaceAllStringFunc(line, func(found string) string {
		m := option.FindStringSubmatch(found)
		if strings.HasPrefix(m[3], "-") || reference.MatchString(m[3]) {
			return found
		}
		return m[1] + m[2] + Masked
	})
	line = linkWords.ReplaceAllStringFunc(line, func(found string) string {
		m := linkWords.FindStringSubmatch(found)
		if strings.HasPrefix(m[2], "-") {
			return found
		}
		second := ""
		if m[3] != "" {
			second = strings.TrimSuffix(m[3], m[4]) + Masked
		}
		return m[1] + Masked + second
	})
	line = bearer.ReplaceAllString(line, "${1}${2}"+Masked)
	return knownToken.ReplaceAllString(line, Masked)
}

// maskedValue is the mask in the quotes of the value.
func maskedValue(value string) string {
	if value != "" && strings.IndexByte("\"'`", value[0]) >= 0 {
		return value[:1] + Masked + value[:1]
	}
	return Masked
}

// MaskLines masks lines that follow each other: beside what MaskSecrets finds, the value below a secret name in a list of
// variables, and keys in PEM form.
func MaskLines(lines []string) []string {
	m := lineMasker{}
	out := make([]string, len(lines))
	for i, line := range lines {
		out[i] = m.line(line)
	}
	return out
}

// lineMasker remembers what the lines before have told.
type lineMasker struct {
	// named tells that the value of this list item is secret, pem that a key is open.
	named, pem bool
	// block is the indentation of a value whose text follows on deeper lines, -1 for none; blocked tells there is one.
	block   int
	blocked bool
}

func (m *lineMasker) line(line string) string {
	indent := len(line) - len(strings.TrimLeft(line, " \t"))
	switch {
	case m.pem:
		m.pem = !strings.Contains(line, "-----END")
		return line[:indent] + Masked
	case strings.Contains(line, "-----BEGIN") && strings.Contains(line, "PRIVATE KEY"):
		m.pem = !strings.Contains(line, "-----END")
		return line[:indent] + Masked
	case m.blocked && strings.TrimSpace(line) != "" && indent > m.block:
		return line[:indent] + Masked
	}
	if strings.TrimSpace(line) != "" {
		m.blocked = false
	}
	if found := listName.FindStringSubmatch(line); found != nil {
		m.named = SecretName(found[1])
		return MaskSecrets(line)
	}
	if found := listValue.FindStringSubmatch(line); found != nil && m.named {
		m.named = false
		if strings.HasPrefix(found[2], "|") || strings.HasPrefix(found[2], ">") || found[2] == "" {
			m.blocked, m.block = true, indent
			return line
		}
		return found[1] + maskedValue(found[2]) + found[3]
	}
	return MaskSecrets(line)
}

// keptNames are variables whose values rules need and that hold no secret.
var keptNames = regexp.MustCompile(`^(?:NODE_ENV|WEB_CONCURRENCY|(?:[A-Z0-9_]+_)?(?:PORT|INSTANCES|WORKERS|EXEC_MODE)|PM2_[A-Z0-9_]*` +
	`|(?:(?:APP|NODE|WINSTON)_)?LOG_?(?:FILE|PATH|DIR)(?:_(?:PATH|NAME))?|LOGGING_FILE_(?:NAME|PATH))$`)

var pm2Secret = regexp.MustCompile(`(?:KEY|TOKEN|SECRET)$`)

// usesVariables are the instructions whose variables decide what the image runs.
var usesVariables = map[string]bool{
	"from": true, "copy": true, "add": true, "workdir": true, "cmd": true, "entrypoint": true, "shell": true, "user": true,
}

var variableName = regexp.MustCompile(`\$\{?([A-Za-z_][A-Za-z0-9_]*)`)

// maxReferences is how many variables deep a value that is kept may refer to others.
const maxReferences = 16

// keptVariables tells which variables of a Dockerfile keep their values.
func keptVariables(file *dockerfile.File) map[string]bool {
	kept, values := map[string]bool{}, map[string][]string{}
	for _, in := range file.Instructions {
		eachAssignment(in, func(at int, name, value string) { values[name] = append(values[name], value) })
		if usesVariables[in.Cmd] || usesVariables[in.Sub] {
			markVariables(kept, in.Flags)
			markVariables(kept, in.Value)
		}
	}
	for name := range values {
		if keptNames.MatchString(name) && !(strings.HasPrefix(name, "PM2_") && pm2Secret.MatchString(name)) {
			kept[name] = true
		}
	}
	for range maxReferences {
		before := len(kept)
		for _, name := range sortedKeys(kept) {
			markVariables(kept, values[name])
		}
		if len(kept) == before {
			break
		}
	}
	for name := range kept {
		if SecretName(name) {
			delete(kept, name)
		}
	}
	return kept
}

func markVariables(kept map[string]bool, texts []string) {
	for _, text := range texts {
		for _, found := range variableName.FindAllStringSubmatch(text, -1) {
			kept[found[1]] = true
		}
	}
}

// eachAssignment visits the variables that an ENV or ARG sets; at is the index of the word that holds the value.
func eachAssignment(in dockerfile.Instruction, visit func(at int, name, value string)) {
	switch {
	case in.Cmd == "env" || in.Sub == "env":
		for i := 0; i+1 < len(in.Value); i += 3 {
			visit(i+1, in.Value[i], in.Value[i+1])
		}
	case in.Cmd == "arg" || in.Sub == "arg":
		for i, word := range in.Value {
			if name, value, found := strings.Cut(word, "="); found {
				visit(i, name, value)
			}
		}
	}
}

// maskedWords gives the words of an instruction without the values of variables that are not kept.
func maskedWords(in dockerfile.Instruction, kept map[string]bool) []string {
	words := in.Value
	copied := false
	eachAssignment(in, func(at int, name, value string) {
		if kept[name] || value == "" {
			return
		}
		if !copied {
			words, copied = append([]string(nil), words...), true
		}
		words[at] = Masked
		if in.Cmd == "arg" || in.Sub == "arg" {
			words[at] = name + "=" + Masked
		}
	})
	return words
}
