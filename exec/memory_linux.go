package exec

import "syscall"

// physicalMemory gives the machine's memory in bytes, 0 if it is not known.
func physicalMemory() int64 {
	var si syscall.Sysinfo_t
	if syscall.Sysinfo(&si) != nil {
		return 0
	}
	return int64(uint64(si.Totalram) * uint64(si.Unit))
}
