package atomicfile

import (
	"errors"
	"os"
	"path/filepath"
)

// write writes beside the file and renames, which Windows does in one step on one volume.
func write(name string, text []byte, _ os.FileMode) error {
	temporary, err := os.CreateTemp(filepath.Dir(name), ".onelayer-*")
	if err != nil {
		return err
	}
	_, err = temporary.Write(text)
	err = errors.Join(err, temporary.Sync(), temporary.Close())
	if err == nil {
		err = os.Rename(temporary.Name(), name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(temporary.Name()))
	}
	return nil
}
