package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/internal/finding"
	"github.com/onelayer/onelayer/internal/source"
)

func environment(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i+1 < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}

func TestUseColor(t *testing.T) {
	var pipe bytes.Buffer
	for _, test := range []struct {
		flag string
		env  []string
		want bool
	}{
		{"auto", nil, false},
		{"always", nil, true},
		{"never", []string{"FORCE_COLOR", "1"}, false},
		{"always", []string{"NO_COLOR", "1"}, true},
		{"auto", []string{"FORCE_COLOR", "1"}, true},
		{"auto", []string{"FORCE_COLOR", "0"}, false},
		{"auto", []string{"FORCE_COLOR", "1", "NO_COLOR", "1"}, false},
	} {
		assert.Equal(t, test.want, useColor(test.flag, &pipe, environment(test.env...)), "%+v", test)
	}
}

func TestUseUnicode(t *testing.T) {
	for _, test := range []struct {
		env  []string
		want bool
	}{
		{nil, true},
		{[]string{"LANG", "de_DE.UTF-8"}, true},
		{[]string{"LANG", "C"}, false},
		{[]string{"LC_ALL", "POSIX", "LANG", "en_US.UTF-8"}, false},
		{[]string{"LC_CTYPE", "en_US.utf8", "LANG", "C"}, true},
	} {
		assert.Equal(t, test.want, useUnicode(environment(test.env...)), "%v", test.env)
	}
}

func TestColumns(t *testing.T) {
	var pipe bytes.Buffer
	assert.Equal(t, 0, columns(&pipe, environment()))
	assert.Equal(t, 80, columns(&pipe, environment("COLUMNS", "80")))
	assert.Equal(t, leastWidth, columns(&pipe, environment("COLUMNS", "10")))
	assert.Equal(t, mostWidth, columns(&pipe, environment("COLUMNS", "500")))
	assert.Equal(t, 0, columns(&pipe, environment("COLUMNS", "wide")))
}

func TestWriteFileLeavesDevicesAlone(t *testing.T) {
	require.NoError(t, writeFile(os.DevNull, func(w io.Writer) error {
		_, err := w.Write([]byte("x"))
		return err
	}))
	info, err := os.Stat(os.DevNull)
	require.NoError(t, err)
	assert.False(t, info.Mode().IsRegular())
}

func TestWriteFileKeepsTheOldReportOnFailure(t *testing.T) {
	file := filepath.Join(t.TempDir(), "report")
	require.NoError(t, os.WriteFile(file, []byte("old"), 0o600))
	err := writeFile(file, func(io.Writer) error { return errors.New("no report") })
	assert.ErrorContains(t, err, "no report")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, "old", string(text))
}

func TestExcerptsReadFilesOnceAndWithinLimits(t *testing.T) {
	dir := t.TempDir()
	small := filepath.Join(dir, "small")
	require.NoError(t, os.WriteFile(small, []byte("\xef\xbb\xbfa\nb\n"), 0o600))
	large := filepath.Join(dir, "large")
	require.NoError(t, os.WriteFile(large, nil, 0o600))
	require.NoError(t, os.Truncate(large, excerptFile+1))
	e := newExcerpts()
	lines, err := e.lines(small)
	require.NoError(t, err)
	assert.Equal(t, []string{"a", "b", ""}, lines)
	require.NoError(t, os.Remove(small))
	_, err = e.lines(small)
	require.NoError(t, err, "a file is read once")
	for _, file := range []string{large, dir, filepath.Join(dir, "none")} {
		_, err = e.lines(file)
		require.Error(t, err)
		_, err = e.lines(file)
		require.Error(t, err)
	}
	e.add("-", []byte("typed\n"))
	lines, err = e.lines("-")
	require.NoError(t, err)
	assert.Equal(t, "typed", lines[0])
}

func TestEveryFlagOfCheckCanBeCompletedAndSetInTheEnvironment(t *testing.T) {
	values := map[string]string{
		"output": "json", "fail-on": "info", "min-severity": "error", "select": "process/*", "ignore": "a", "config": "c", "data": "d",
		"strict": "true", "whole": "true", "admission": "true", "stdin-filename": "n", "color": "never", "quiet": "true", "jobs": "2",
	}
	env := System()
	cmd := newCheckCmd(&env)
	getenv := func(name string) string {
		for flag, value := range values {
			if envName(flag) == name {
				return value
			}
		}
		return ""
	}
	require.NoError(t, bindEnv(cmd, getenv))
	cmd.Flags().VisitAll(func(flag *pflag.Flag) {
		value, known := values[flag.Name]
		require.True(t, known, "flag %s has no test", flag.Name)
		assert.Equal(t, value, strings.Trim(flag.Value.String(), "[]"), flag.Name)
	})
	for _, flag := range []string{"output", "fail-on", "min-severity", "color", "select", "ignore"} {
		_, known := cmd.GetFlagCompletionFunc(flag)
		assert.True(t, known, flag)
	}
}

func TestEveryCommandHasAShortTextAndRefusesUnknownArguments(t *testing.T) {
	env := System()
	var visit func(cmd *cobra.Command)
	visit = func(cmd *cobra.Command) {
		assert.NotEmpty(t, cmd.Short, cmd.CommandPath())
		if !strings.Contains(cmd.Use, "[") {
			assert.NotNil(t, cmd.Args, cmd.CommandPath())
		}
		for _, sub := range cmd.Commands() {
			visit(sub)
		}
	}
	visit(newRoot(&env))
}

func TestNearestRule(t *testing.T) {
	ids := []string{"process/manager-entrypoint", "process/manager-image", "traffic/in-pod-proxy"}
	for word, want := range map[string]string{
		"process/manager-entrypont": "process/manager-entrypoint",
		"manager-image":             "process/manager-image",
		"traffic/manager-image":     "process/manager-image",
		"in_pod_proxy":              "traffic/in-pod-proxy",
		"nothing-like-it":           "",
	} {
		assert.Equal(t, want, nearestRule(word, ids), word)
	}
}

func TestFailureIsAReport(t *testing.T) {
	problem := finding.Problem{File: "f", Line: 2, Column: 3, Msg: "m"}
	assert.Equal(t, []finding.Problem{problem}, failure(problem).Errors)
	assert.Equal(t, []finding.Problem{{Msg: "a; b"}}, failure(errors.New("a\nb")).Errors)
}

func TestInterruptedRunSaysSo(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var out, errs bytes.Buffer
	code := Run(ctx, Env{Stdin: &out, Stdout: &out, Stderr: &errs, Getenv: environment()}, []string{"check", t.TempDir()})
	assert.Equal(t, ExitError, code)
	assert.Equal(t, "onelayer: interrupted\n", errs.String())
	assert.Empty(t, out.String())
}

func TestProgressIsForPeopleOnly(t *testing.T) {
	var pipe bytes.Buffer
	p := newProgress(&Env{Stderr: &pipe, Getenv: environment()}, false)
	p.report(1, 2)
	p.done()
	assert.Empty(t, pipe.String())
}

func TestPlainPage(t *testing.T) {
	page := "# id\n\nTitle with `code` and **bold** words\n\n- item one is long\n\n```yaml\n# kept\na: `b`\n```\n"
	assert.Equal(t, "id\n\nTitle with code\nand bold words\n\n- item one is\n  long\n\n    # kept\n    a: `b`\n", plainPage(page, false, 15))
	assert.Contains(t, plainPage(page, true, 80), "\x1b[1mid\x1b[0m")
}

func TestMaskFitsTheReport(t *testing.T) {
	assert.Equal(t, []string{"- name: API_TOKEN", "  value: ***"}, source.MaskLines([]string{"- name: API_TOKEN", "  value: abc"}))
}
