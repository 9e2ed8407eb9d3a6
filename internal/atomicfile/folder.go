package atomicfile

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Marker is the file by which a folder is known that WriteFolder wrote, and that it may replace therefore.
const Marker = ".onelayer-pull"

// WriteFolder replaces a folder by files, given by their paths in it with slashes, in one step where the system can. Marker
// must be among them. A folder that WriteFolder did not write stays as it is, and that is an error.
func WriteFolder(dir string, files map[string][]byte) (err error) {
	if err := replaceable(dir); err != nil {
		return err
	}
	temporary, err := os.MkdirTemp(filepath.Dir(filepath.Clean(dir)), ".onelayer-*")
	if err != nil {
		return fmt.Errorf("make folder beside %s: %w", dir, err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temporary)) }()
	fresh := filepath.Join(temporary, "new")
	for name, text := range files {
		if err := writeNew(filepath.Join(fresh, filepath.FromSlash(name)), text); err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
	}
	if err := swap(fresh, dir, filepath.Join(temporary, "old")); err != nil {
		return fmt.Errorf("replace folder %s: %w", dir, err)
	}
	return nil
}

// replaceable refuses a folder with files of somebody else.
func replaceable(dir string) error {
	info, err := os.Lstat(dir)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("look at folder: %w", err)
	case !info.IsDir():
		return fmt.Errorf("%s is no folder: name another one", dir)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("look at folder: %w", err)
	}
	if _, err := os.Lstat(filepath.Join(dir, Marker)); err != nil && len(entries) > 0 {
		return fmt.Errorf("%s holds files that no pull wrote: name another folder, or remove it", dir)
	}
	return nil
}

// writeNew writes a file to the disk.
func writeNew(name string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	file, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	return errors.Join(err, file.Sync(), file.Close())
}

// move puts a folder in the place of another in two steps: for a moment there is none.
func move(fresh, dir, old string) error {
	err := os.Rename(dir, old)
	if errors.Is(err, os.ErrNotExist) {
		return os.Rename(fresh, dir)
	}
	if err != nil {
		return err
	}
	if err := os.Rename(fresh, dir); err != nil {
		return errors.Join(err, os.Rename(old, dir))
	}
	return nil
}
