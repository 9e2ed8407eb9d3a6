package child

import "syscall"

// attributes let the kernel kill a program whose test died before it could stop it.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
