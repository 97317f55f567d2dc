package store

// Rung waits until the listeners have been told of all that was recorded.
func (s *Store) Rung() { s.bell.rings.Wait() }
