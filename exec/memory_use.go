package exec

// MemoryUse is what an engine's queries and kept results hold together, in bytes.
type MemoryUse struct{ Used, Peak, Limit int64 }

// MemoryUse tells how much memory is held now.
func (e *Engine) MemoryUse() MemoryUse {
	return MemoryUse{Used: e.mem.Used(), Peak: e.mem.Peak(), Limit: e.o.Memory}
}
