package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// names are the files that hold the configuration of a repository, in the order of preference.
var names = []string{".onelayer.yaml", ".onelayer.yml"}

// discover finds the nearest configuration from the working directory up to the root of the repository, else the user's
// own. Outside of a repository only the working directory counts: a folder above may belong to someone else.
func discover(opts Options) (string, error) {
	start := absolute(opts.WorkDir, ".")
	for _, dir := range ancestors(start) {
		for _, name := range names {
			if file := filepath.Join(dir, name); isFile(file) {
				return file, nil
			}
		}
	}
	return userFile(opts)
}

// ancestors lists the folders from dir up to the root of its repository, or dir alone.
func ancestors(dir string) []string {
	var dirs []string
	for at := dir; ; at = filepath.Dir(at) {
		dirs = append(dirs, at)
		if _, err := os.Lstat(filepath.Join(at, ".git")); err == nil {
			return dirs
		}
		if at == filepath.Dir(at) {
			return []string{dir}
		}
	}
}

func isFile(file string) bool {
	info, err := os.Stat(file)
	return err == nil && !info.IsDir()
}

// userFile is $XDG_CONFIG_HOME/onelayer/config.yaml, which need not exist.
func userFile(opts Options) (string, error) {
	if opts.Getenv == nil {
		return "", nil
	}
	base := opts.Getenv("XDG_CONFIG_HOME")
	if home := opts.Getenv("HOME"); !filepath.IsAbs(base) && filepath.IsAbs(home) {
		base = filepath.Join(home, ".config")
	}
	if !filepath.IsAbs(base) {
		return "", nil
	}
	for _, name := range []string{"config.yaml", "config.yml"} {
		file := filepath.Join(base, "onelayer", name)
		switch _, err := os.Stat(file); {
		case err == nil:
			return file, nil
		case errors.Is(err, fs.ErrPermission):
			return "", fmt.Errorf("read configuration %s: %w", file, reason(err))
		}
	}
	return "", nil
}
