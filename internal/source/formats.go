package source

import (
	"context"
	"errors"
	"path/filepath"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/onelayer/onelayer/internal/source/decode"
	"github.com/onelayer/onelayer/internal/source/inifile"
	"github.com/onelayer/onelayer/internal/source/jsfile"
	"github.com/onelayer/onelayer/internal/source/procfile"
	"github.com/onelayer/onelayer/internal/source/scriptfile"
)

// process reads a process file of PM2: YAML, JSON, JSON that is JavaScript, or a module. A file of another shape leaves
// no value.
func (c *content) process(file string, kind class, limits decode.Limits) {
	if kind == classYAML {
		c.yamlProcess(file, limits)
		return
	}
	read, err := jsfile.Read(context.Background(), jsName(file, kind), c.text)
	if err != nil {
		c.processError(file, kind, err)
		return
	}
	value, err := ast.InterfaceToValue(read.Value)
	if err != nil || !hasApps(value, file) {
		return
	}
	c.kind, c.value, c.locate = kindEcosystem, value, read.Locate
	c.comments = lineComments(c.text, file, "//", "/*", "*")
}

// jsName gives the name by which the reader of JavaScript chooses the grammar.
func jsName(file string, kind class) string {
	if kind == classJSON && strings.ToLower(filepath.Ext(file)) != ".json" {
		return file + ".json"
	}
	return file
}

func (c *content) yamlProcess(file string, limits decode.Limits) {
	value := c.document(file, limits)
	if c.problem != nil && !conventional(file) {
		c.problem = nil
		return
	}
	if value == nil || !hasApps(value, file) {
		c.locate, c.comments = nil, nil
		return
	}
	c.kind, c.value = kindEcosystem, value
}

// processError makes an error a problem where the name of the file says that it is a process file.
func (c *content) processError(file string, kind class, err error) {
	if kind != classProcess && !conventional(file) || errors.Is(err, jsfile.ErrNotReadable) {
		return
	}
	var syntax *jsfile.SyntaxError
	var limit *jsfile.LimitError
	switch {
	case errors.As(err, &syntax):
		c.fail(file, syntax.Line, syntax.Column, syntax.Msg)
	case errors.As(err, &limit):
		c.fail(file, limit.Line, limit.Column, limit.Msg)
	default:
		c.fail(file, 0, 0, err.Error())
	}
}

// supervisor reads a configuration of supervisor.
func (c *content) supervisor(file string) {
	read, err := inifile.Read(c.text)
	if err != nil {
		var syntax *inifile.SyntaxError
		if errors.As(err, &syntax) && maybeSupervisor(c.text) {
			c.fail(file, syntax.Line, syntax.Column, syntax.Msg)
		}
		return
	}
	if value, err := ast.InterfaceToValue(read.Value); err == nil && maybeSupervisor(c.text) {
		c.kind, c.value, c.locate = kindSupervisor, value, read.Locate
		c.comments = lineComments(c.text, file, "#", ";")
	}
}

// procfile reads a Procfile.
func (c *content) procfile(file string) {
	read, err := procfile.Read(c.text)
	if err != nil {
		c.fail(file, 1, 1, err.Error())
		return
	}
	if value, err := ast.InterfaceToValue(read.Value); err == nil && len(read.Value) > 0 {
		c.kind, c.value, c.locate = kindProcfile, value, read.Locate
		c.comments = lineComments(c.text, file, "#")
	}
}

// script reads a shell script. One that is no text or too large leaves no value.
func (c *content) script(file string) {
	read, err := scriptfile.Read(c.text)
	if err != nil {
		return
	}
	c.kind, c.value, c.locate = kindScript, stringArray(read.Lines), read.Locate
	c.comments = lineComments(c.text, file, "#")
}
