package policy

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
)

// Overlay shows two file systems as one; a file of the upper one hides the file of that name in the lower one. When the
// upper one has a folder lib of its own, it is a whole library and the lower one is not used.
func Overlay(upper, lower fs.FS) fs.FS {
	if lower == nil {
		return upper
	}
	if _, err := fs.Stat(upper, "lib"); err == nil {
		return upper
	}
	return layered{upper: upper, lower: lower}
}

type layered struct{ upper, lower fs.FS }

// Open opens the upper file, else the lower one.
func (l layered) Open(name string) (fs.File, error) {
	file, err := l.upper.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return l.lower.Open(name)
	}
	return file, err
}

// ReadDir lists the entries of both folders, ordered by name.
func (l layered) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(l.upper, name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	more, lowerErr := fs.ReadDir(l.lower, name)
	if err != nil && lowerErr != nil {
		return nil, err
	}
	for _, entry := range more {
		if !slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == entry.Name() }) {
			entries = append(entries, entry)
		}
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, nil
}
