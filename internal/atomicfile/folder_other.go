//go:build !linux

package atomicfile

func swap(fresh, dir, old string) error { return move(fresh, dir, old) }
