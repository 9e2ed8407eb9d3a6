//go:build !linux

package memory

func available() int { return 0 }

func advise([]byte) {}
