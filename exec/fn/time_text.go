package fn

func timeText() []*Entry { return nil }
