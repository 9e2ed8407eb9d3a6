package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/onelayer/onelayer/internal/atomicfile"
	"github.com/onelayer/onelayer/internal/finding"
	"github.com/onelayer/onelayer/internal/report"
)

// output is one -o FORMAT[=FILE].
type output struct {
	format string
	// file is empty for standard output.
	file string
}

// machineFormats are documents that nothing else may be mixed with.
var machineFormats = map[string]bool{"json": true, "sarif": true, "junit": true, "gitlab": true, "html": true, "mermaid": true}

// parseOutputs reads the values of -o of check.
func parseOutputs(values []string) ([]output, error) { return parseFormats(values, report.Formats()) }

// parseFormats reads values of -o.
func parseFormats(values, formats []string) ([]output, error) {
	if len(values) == 0 {
		values = []string{"pretty"}
	}
	var outputs []output
	for _, value := range values {
		format, file, named := strings.Cut(value, "=")
		if !slices.Contains(formats, format) {
			return nil, fmt.Errorf("unknown format %q in -o %s: %s", format, value, didYouMean(format, formats))
		}
		if named && file == "" {
			return nil, fmt.Errorf("no file in -o %s: write -o %s=FILE, or -o %s for standard output", value, format, format)
		}
		if file == "-" {
			file = ""
		}
		outputs = append(outputs, output{format: format, file: file})
	}
	return outputs, checkOutputs(outputs)
}

// checkOutputs refuses outputs that would spoil each other.
func checkOutputs(outputs []output) error {
	seen := map[string]string{}
	for _, o := range outputs {
		key := o.file
		if key != "" {
			key = filepath.Clean(key)
		}
		other, taken := seen[key]
		switch {
		case !taken:
			seen[key] = o.format
		case key != "":
			return fmt.Errorf("-o %s and -o %s both write %s: give each a file of its own", other, o.format, o.file)
		case machineFormats[other] || machineFormats[o.format]:
			return fmt.Errorf("-o %s and -o %s both write to standard output: send one to a file with -o %s=FILE", other, o.format, o.format)
		}
	}
	return nil
}

// printer writes a report in all formats asked for.
type printer struct {
	env     *Env
	outputs []output
	color   string
	options report.Options
}

// print writes every output; one that fails does not keep the others from being written.
func (p *printer) print(r *finding.Report) error {
	var failed []error
	for _, o := range p.outputs {
		if err := p.write(o, r); err != nil {
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}

func (p *printer) write(o output, r *finding.Report) error {
	writer, err := report.For(o.format)
	if err != nil {
		return err
	}
	opts := p.options
	if o.file == "" {
		opts.Color = useColor(p.color, p.env.Stdout, p.env.Getenv)
		opts.Width = columns(p.env.Stdout, p.env.Getenv)
		err = writer.Write(p.env.Stdout, r, opts)
	} else {
		opts.Color = p.color == "always"
		err = writeFile(o.file, func(w io.Writer) error { return writer.Write(w, r, opts) })
	}
	if err == nil && o.format == "github" {
		err = p.summary(r)
	}
	return err
}

// summary adds a summary to the page of the GitHub job, when there is one.
func (p *printer) summary(r *finding.Report) error {
	file := p.env.Getenv("GITHUB_STEP_SUMMARY")
	if file == "" {
		return nil
	}
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("write job summary: %w", err)
	}
	writer, err := report.For("markdown")
	if err == nil {
		err = writer.Write(f, r, p.options)
	}
	if closed := f.Close(); err == nil && closed != nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("write job summary: %w", err)
	}
	return nil
}

// writeFile replaces a file in one step, so that nobody reads half a report. What is no regular file is written as it is.
func writeFile(name string, write func(io.Writer) error) error {
	var text bytes.Buffer
	if err := write(&text); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	var err error
	if info, statErr := os.Stat(name); statErr == nil && !info.Mode().IsRegular() {
		err = os.WriteFile(name, text.Bytes(), 0o644)
	} else {
		err = atomicfile.Write(name, text.Bytes(), 0o644)
	}
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("write %s: folder %s does not exist", name, filepath.Dir(name))
	}
	if err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

// machineOnly tells that no person reads standard output.
func machineOnly(outputs []output) bool {
	for _, o := range outputs {
		if o.file == "" && !machineFormats[o.format] {
			return false
		}
	}
	return true
}
