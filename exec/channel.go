package exec

import (
	"maps"
	"slices"
	"sync"

	"github.com/glauxdb/glaux/catalog/fault"
)

// Notification is a message of NOTIFY.
type Notification struct {
	PID              int32 // of the sender
	Channel, Payload string
}

// Bounds of notifications. PostgreSQL's names have at most 63 bytes, its payloads
// less than 8000.
const (
	maxChannelName = 63
	maxPayload     = 7999
	maxWaiting     = 8 << 20 // bytes that wait for one session
)

// channels connects the sessions of this process.
type channels struct {
	mu        sync.Mutex // guards all of it and the inboxes
	listeners map[string]map[*sessionChannels]bool
}

// sessionChannels is where one session hears and sends: plan.Channels. What LISTEN,
// UNLISTEN and NOTIFY do counts when the transaction commits.
type sessionChannels struct {
	hub     *channels
	pid     int32
	arrived func() // tells the connection; nil: nobody is there to be told

	mu     sync.Mutex // guards later
	later  []channelAction
	inbox  []Notification // guarded by hub.mu, as are the next
	bytes  int
	listen map[string]bool
}

// channelAction is a LISTEN, an UNLISTEN (of every channel if it names none) or a
// NOTIFY.
type channelAction struct {
	op   byte // 'l', 'u', 'n'
	note Notification
}

// channelMark is how far the actions of a transaction had come.
type channelMark int

func (c *sessionChannels) mark() channelMark {
	c.mu.Lock()
	defer c.mu.Unlock()
	return channelMark(len(c.later))
}

func (c *sessionChannels) back(to channelMark) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.later = c.later[:to]
}

// do keeps an action until the transaction ends. Of equal notifications one is kept.
func (c *sessionChannels) do(a channelAction) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if a.op == 'n' && slices.Contains(c.later, a) {
		return
	}
	c.later = append(c.later, a)
}

// Notify implements plan.Channels.
func (c *sessionChannels) Notify(channel, payload string) error {
	switch {
	case channel == "":
		return fault.New(fault.CodeInvalidParameter, "channel name cannot be empty")
	case len(channel) > maxChannelName:
		return fault.New(fault.CodeInvalidParameter, "channel name too long")
	case len(payload) > maxPayload:
		return fault.New(fault.CodeInvalidParameter, "payload string too long")
	}
	c.hub.mu.Lock()
	defer c.hub.mu.Unlock()
	for l := range c.hub.listeners[channel] {
		if l.bytes > maxWaiting {
			return fault.New(fault.CodeProgramLimit, "too many notifications in the NOTIFY queue")
		}
	}
	c.do(channelAction{'n', Notification{c.pid, channel, payload}})
	return nil
}

// Listening implements plan.Channels: the channels, by name.
func (c *sessionChannels) Listening() []string {
	c.hub.mu.Lock()
	defer c.hub.mu.Unlock()
	return slices.Sorted(maps.Keys(c.listen))
}

// end does what was kept, or with a rollback forgets it.
func (c *sessionChannels) end(commit bool) {
	c.mu.Lock()
	todo := c.later
	c.later = nil
	c.mu.Unlock()
	if !commit || len(todo) == 0 {
		return
	}
	told := map[*sessionChannels]bool{}
	c.hub.mu.Lock()
	for _, a := range todo {
		switch a.op {
		case 'l':
			c.enter(a.note.Channel)
		case 'u':
			c.leave(a.note.Channel)
		case 'n':
			for l := range c.hub.listeners[a.note.Channel] {
				l.inbox = append(l.inbox, a.note)
				l.bytes += len(a.note.Channel) + len(a.note.Payload) + 48
				told[l] = true
			}
		}
	}
	c.hub.mu.Unlock()
	for l := range told {
		if l.arrived != nil {
			l.arrived()
		}
	}
}

func (c *sessionChannels) enter(channel string) {
	if c.hub.listeners == nil {
		c.hub.listeners = map[string]map[*sessionChannels]bool{}
	}
	if c.hub.listeners[channel] == nil {
		c.hub.listeners[channel] = map[*sessionChannels]bool{}
	}
	if c.listen == nil {
		c.listen = map[string]bool{}
	}
	c.hub.listeners[channel][c], c.listen[channel] = true, true
}

func (c *sessionChannels) leave(channel string) {
	for name := range c.listen {
		if channel != "" && name != channel {
			continue
		}
		delete(c.listen, name)
		delete(c.hub.listeners[name], c)
		if len(c.hub.listeners[name]) == 0 {
			delete(c.hub.listeners, name)
		}
	}
}

// close ends listening.
func (c *sessionChannels) close() {
	c.hub.mu.Lock()
	defer c.hub.mu.Unlock()
	c.leave("")
	c.inbox = nil
}

// take gives what has arrived.
func (c *sessionChannels) take() []Notification {
	c.hub.mu.Lock()
	defer c.hub.mu.Unlock()
	out := c.inbox
	c.inbox, c.bytes = nil, 0
	return out
}

// TakeNotifications gives what other sessions, or this one, have sent to its
// channels. Inside a transaction there is nothing to tell yet.
func (s *Session) TakeNotifications() []Notification {
	if s.inBlock() {
		return nil
	}
	return s.channels.take()
}
