package server

import (
	"os"
	"time"
)

// watch tells when files change, by looking at them: that works on every file system, for files that are replaced, links
// that are turned, and Secrets and ConfigMaps that Kubernetes swaps. Notifications of the kernel would not.
type watch struct {
	names []string
	seen  []os.FileInfo
	next  time.Time
}

func newWatch(names ...string) *watch { return &watch{names: names} }

// changed looks, at most once in lookEvery, whether a file is another one than at the last look.
func (w *watch) changed(now time.Time) bool {
	if now.Before(w.next) {
		return false
	}
	w.next = now.Add(lookEvery)
	infos := make([]os.FileInfo, len(w.names))
	for i, name := range w.names {
		infos[i], _ = os.Stat(name) // one that is missing is nil, and that is a change too
	}
	different := !sameFiles(w.seen, infos)
	w.seen = infos
	return different
}

// sameFiles tells whether files are the same ones as before, unchanged.
func sameFiles(before, now []os.FileInfo) bool {
	if len(before) != len(now) {
		return false
	}
	for i, info := range now {
		was := before[i]
		if (info == nil) != (was == nil) {
			return false
		}
		if info != nil && (!os.SameFile(info, was) || info.Size() != was.Size() || !info.ModTime().Equal(was.ModTime())) {
			return false
		}
	}
	return true
}
