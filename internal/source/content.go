package source

import (
	"bytes"
	"errors"
	"path"
	"path/filepath"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/onelayer/onelayer/internal/finding"
	"github.com/onelayer/onelayer/internal/source/decode"
)

// The kinds of files of an Image, as they are called in it.
const (
	kindPackage    = "packageJSON"
	kindEcosystem  = "ecosystem"
	kindScript     = "script"
	kindSupervisor = "supervisor"
	kindProcfile   = "procfile"
)

// maxSniffed is the size of the largest YAML or JSON file that is taken for a process file by its content.
const maxSniffed = 256 << 10

// content is a file that an Image holds.
type content struct {
	abs  string
	kind string
	// value is nil when the file is nothing that an Image holds.
	value ast.Value
	text  []byte
	// locate finds a node of the value in the text.
	locate   func(path []any) (line, column, end int)
	comments []Comment
	problem  *finding.Problem
}

// entryValue is the value of the file in an Image.
func (c *content) entryValue() ast.Value { return object(pair(c.kind, c.value)) }

// content reads a file once. It answers nil for a file that is not below top or cannot be read.
func (l *loader) content(abs, top string, kind class, named bool) *content {
	if known, ok := l.contents[abs]; ok && (known != nil || !named) {
		return known
	}
	var c *content
	if within(realPath(top), realPath(abs)) {
		c = l.readContent(abs, kind, named)
	}
	l.contents[abs] = c
	return c
}

func (l *loader) readContent(abs string, kind class, named bool) *content {
	limit := l.limits.Source
	switch {
	case kind == classYAML || kind == classJSON:
		limit = maxSniffed
	case kind == classUnknown || kind == classNone:
		if head, err := readHead(abs, 128); err != nil || !maybeScript(head) && !named {
			return nil
		}
	}
	text, err := readLimited(abs, limit)
	if err != nil {
		if kind == classYAML || kind == classJSON || errors.Is(err, errNoFile) {
			return nil
		}
		return &content{abs: abs, problem: &finding.Problem{File: l.paths.name(abs), Msg: reason(err)}}
	}
	return l.parseContent(abs, text, kind, named)
}

// parseContent reads the text of a file of the class that its name tells; named tells that it is meant to be read.
func (l *loader) parseContent(abs string, text []byte, kind class, named bool) *content {
	c := &content{abs: abs, text: text}
	name := l.paths.name(abs)
	switch kind {
	case classPackage:
		c.packageJSON(name, l.limits.Decode)
	case classProcess, classScriptJS, classJSON, classYAML:
		if !maybeApps(text) && !(kind == classProcess && conventional(name)) {
			return nil
		}
		c.process(name, kind, l.limits.Decode)
	case classSupervisor, classIni:
		if kind == classIni && !maybeSupervisor(text) {
			return nil
		}
		c.supervisor(name)
	case classProcfile:
		c.procfile(name)
	case classScript:
		c.script(name)
	case classUnknown, classNone:
		if !maybeScript(text) && (!named || !isText(text)) {
			return nil
		}
		c.script(name)
	default:
		return nil
	}
	if c.value == nil && c.problem == nil {
		return nil
	}
	return c
}

func (c *content) fail(file string, line, column int, msg string) {
	c.problem = &finding.Problem{File: file, Line: line, Column: column, Msg: msg}
}

// document reads the only document of YAML or JSON text.
func (c *content) document(file string, limits decode.Limits) ast.Value {
	docs, errs := decode.Documents(c.text, limits)
	if len(errs) > 0 {
		c.fail(file, errs[0].Line, errs[0].Column, errs[0].Msg)
		return nil
	}
	if len(docs) != 1 {
		return nil
	}
	shared := &yamlText{doc: docs[0]}
	c.locate = func(path []any) (int, int, int) { return shared.parsed().Locate(path) }
	c.comments = commentsOf(docs[0], file)
	return docs[0].Value
}

func (c *content) packageJSON(file string, limits decode.Limits) {
	value := c.document(file, limits)
	if c.problem != nil {
		return
	}
	if _, ok := value.(ast.Object); !ok {
		c.fail(file, 1, 1, "package.json is not an object")
		return
	}
	c.kind, c.value = kindPackage, value
}

// isText tells whether a text holds no bytes that only binary files hold.
func isText(text []byte) bool {
	return !bytes.ContainsRune(text[:min(len(text), 1024)], 0)
}

// commentsOf gives the waivers in the comments of a document.
func commentsOf(doc decode.Doc, file string) []Comment {
	var list []Comment
	for _, c := range doc.Comments() {
		list = append(list, Comment{File: file, Line: c.Line, Text: c.Text, From: c.From, To: c.To})
	}
	return list
}

// lineComments gives the waivers in comments of a file that is read line by line. A comment of its own speaks for the
// next line that is no comment, one behind something for its own line.
func lineComments(text []byte, file string, markers ...string) []Comment {
	if !bytes.Contains(text, []byte(decode.Waiver)) {
		return nil
	}
	lines := strings.Split(string(text), "\n")
	var list []Comment
	for i, line := range lines {
		before, _, found := strings.Cut(line, decode.Waiver)
		if !found || !endsWithMarker(before, markers) {
			continue
		}
		comment := Comment{File: file, Line: i + 1, Text: strings.TrimSpace(line[len(before):]), From: i + 1, To: i + 1}
		if startsWithMarker(line, markers) {
			comment.To = nextLine(lines, i, markers)
		}
		list = append(list, comment)
	}
	return list
}

func endsWithMarker(before string, markers []string) bool {
	before = strings.TrimRight(before, " \t*")
	for _, marker := range markers {
		if strings.HasSuffix(before, marker) {
			return true
		}
	}
	return false
}

func startsWithMarker(line string, markers []string) bool {
	line = strings.TrimLeft(line, " \t")
	for _, marker := range markers {
		if strings.HasPrefix(line, marker) {
			return true
		}
	}
	return false
}

// nextLine gives the number of the first line after a comment that is neither blank nor a comment.
func nextLine(lines []string, at int, markers []string) int {
	for i := at + 1; i < len(lines); i++ {
		if strings.TrimSpace(lines[i]) != "" && !startsWithMarker(lines[i], markers) {
			return i + 1
		}
	}
	return at + 1
}

// hasApps tells whether a value has the shape of a process file of PM2. Where the name of the file says it is one, parts
// that cannot be evaluated count as apps.
func hasApps(value ast.Value, name string) bool {
	if object, ok := value.(ast.Object); ok {
		for _, key := range []string{"apps", "pm2"} {
			if list := get(object, key); list != nil {
				return appList(list, name)
			}
		}
		return isApp(object, true)
	}
	return appList(value, name)
}

func appList(value ast.Value, name string) bool {
	switch value := value.(type) {
	case *ast.Array:
		for _, item := range items(value) {
			if isApp(item, false) || isExpression(item) && conventional(name) {
				return true
			}
		}
		return false
	case ast.Object:
		return isApp(value, false) || isExpression(value) && conventional(name)
	}
	return false
}

// isApp tells whether a value is an app of PM2; bare tells that nothing around it says so.
func isApp(value ast.Value, bare bool) bool {
	object, ok := value.(ast.Object)
	if !ok || get(object, "uses") != nil {
		return false
	}
	if get(object, "script") == nil && get(object, "exec") == nil {
		if bare || get(object, "cmd") == nil && get(object, "command") == nil {
			return false
		}
	}
	if !bare {
		return true
	}
	for _, key := range []string{
		"name", "instances", "exec_mode", "execMode", "interpreter", "exec_interpreter", "watch", "autorestart",
		"max_memory_restart", "out_file", "error_file", "node_args", "env", "cron_restart",
	} {
		if get(object, key) != nil {
			return true
		}
	}
	return false
}

// isExpression tells whether a value is the source of something that could not be evaluated.
func isExpression(value ast.Value) bool {
	object, ok := value.(ast.Object)
	return ok && object.Len() == 1 && get(object, "$expr") != nil
}

// conventional tells whether the name of a file is that of a process file by convention.
func conventional(name string) bool {
	lower := strings.ToLower(path.Base(filepath.ToSlash(name)))
	for _, prefix := range []string{"ecosystem", "pm2", "process.", "processes."} {
		if strings.HasPrefix(lower, prefix) {
			return true
		}
	}
	return strings.Contains(lower, "pm2")
}
