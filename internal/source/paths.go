package source

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// paths writes absolute paths as the user would.
type paths struct {
	workDir string
	// above tells that a path was given relative to a folder above the working directory.
	above bool
}

// name gives a path relative to the working directory with slashes; one outside of it stays as it was given.
func (p *paths) name(abs string) string {
	if rest, found := strings.CutPrefix(abs, p.workDir+string(filepath.Separator)); found {
		return filepath.ToSlash(rest)
	}
	if abs == p.workDir {
		return "."
	}
	if rel, err := filepath.Rel(p.workDir, abs); err == nil && p.above {
		return filepath.ToSlash(rel)
	}
	return filepath.ToSlash(abs)
}

// abs gives the absolute path of what the user wrote.
func (p *paths) abs(name string) string {
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	return filepath.Join(p.workDir, filepath.FromSlash(name))
}

// within tells whether a path is a folder or lies below it.
func within(dir, path string) bool {
	if dir == path || dir == string(filepath.Separator) {
		return true
	}
	return strings.HasPrefix(path, dir+string(filepath.Separator))
}

// repository gives the nearest folder from dir upwards that holds .git, or nothing.
func repository(dir string) string {
	for at := dir; ; {
		if _, err := os.Lstat(filepath.Join(at, ".git")); err == nil {
			return at
		}
		parent := filepath.Dir(at)
		if parent == at {
			return ""
		}
		at = parent
	}
}

func realPath(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return path
}

func isRegular(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// limitError is a file that is larger than what is read.
type limitError struct{ limit int64 }

func (e *limitError) Error() string { return "larger than the limit of " + sizeText(e.limit) }

var errNoFile = errors.New("not a regular file")

// readLimited reads a regular file of at most limit bytes.
func readLimited(path string, limit int64) ([]byte, error) {
	// A named pipe would block an ordinary open.
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errNoFile
	}
	if info.Size() > limit {
		return nil, &limitError{limit}
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return readAll(file, info.Size(), limit)
}

// readAll reads a stream of about size bytes and fails beyond limit.
func readAll(stream io.Reader, size, limit int64) ([]byte, error) {
	text := make([]byte, 0, min(size, limit)+1)
	limited := io.LimitReader(stream, limit+1)
	for {
		if len(text) == cap(text) {
			text = append(text, 0)[:len(text)]
		}
		n, err := limited.Read(text[len(text):cap(text)])
		text = text[:len(text)+n]
		if int64(len(text)) > limit {
			return nil, &limitError{limit}
		}
		if errors.Is(err, io.EOF) {
			return text, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// readHead reads the first bytes of a regular file.
func readHead(path string, size int64) ([]byte, error) {
	if !isRegular(path) {
		return nil, errNoFile
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, size))
}

// reason gives the words of a file system's error without the path.
func reason(err error) string {
	var pathErr *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "no such file or folder"
	case errors.Is(err, fs.ErrPermission):
		return "permission denied"
	case errors.As(err, &pathErr):
		return pathErr.Err.Error()
	}
	return err.Error()
}

// sizeText writes a size for people.
func sizeText(bytes int64) string {
	switch {
	case bytes >= 1<<20 && bytes%(1<<20) == 0:
		return fmt.Sprintf("%d MiB", bytes>>20)
	case bytes >= 1<<10 && bytes%(1<<10) == 0:
		return fmt.Sprintf("%d KiB", bytes>>10)
	}
	return fmt.Sprintf("%d bytes", bytes)
}
