// Package workgroup limits what queries read and remembers what they did. Its
// Governor is the exec.Governor of a server.
//
//	Begin ── which workgroup? (setting, else the user's, else primary) ── meter with the group's cutoff
//	Check ── the plan's lower bound against the cutoff, before the first data byte
//	Reserve ─ asked before every ranged read: never one byte past the cutoff
//	End ──── one row of glaux_catalog.query_history, written in the background
package workgroup
