package atomicfile

import (
	"errors"

	"golang.org/x/sys/unix"
)

// swap exchanges two folders, so that there is one at every time (renameat2(2)).
func swap(fresh, dir, old string) error {
	err := unix.Renameat2(unix.AT_FDCWD, fresh, unix.AT_FDCWD, dir, unix.RENAME_EXCHANGE)
	if err == nil {
		return nil
	}
	if errors.Is(err, unix.ENOENT) || errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOSYS) {
		return move(fresh, dir, old)
	}
	return err
}
