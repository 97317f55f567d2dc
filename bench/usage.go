package main

import (
	"context"
	"fmt"
	"io/fs"
	"path/filepath"
)

// usage is what an engine has used up so far, all of its processes together.
type usage struct {
	cpu     int64 // milliseconds
	log     int64 // bytes of Postgres's write-ahead log
	file    int64 // bytes that Temporal has written to its file
	writing int64 // transactions of Postgres that changed something
}

// used says what the engine has used up. What this process has asked of Postgres is left out, and changes nothing.
func (d *driver) used(ctx context.Context) (u usage, err error) {
	d.asked.Add(1)
	statement := `SELECT pg_current_wal_lsn() - '0/0', pg_snapshot_xmax(pg_current_snapshot())::text::bigint`
	if err = d.stack.db.QueryRow(ctx, statement).Scan(&u.log, &u.writing); err != nil {
		return u, err
	}
	running, err := processes()
	if err != nil {
		return u, err
	}
	u.cpu = spent(running, append(d.stack.roots(), d.engine.roots()...), d.stack.own)
	if t := d.stack.temporal; t != nil && t.data != "" {
		u.file, err = number(fmt.Sprintf("/proc/%d/io", t.pid()), `(?m)^write_bytes: (\d+)`)
	}
	return u, err
}

// since is what was used after another look, for each of so many cases.
func (u usage) since(before usage, cases int) Cost {
	each := func(now, before int64) float64 { return float64(now-before) / float64(max(cases, 1)) }
	return Cost{
		CPU: each(u.cpu, before.cpu), Log: each(u.log, before.log), File: each(u.file, before.file),
		Writing: each(u.writing, before.writing),
	}
}

// size is how large the data of an engine are, in MiB: its databases, and Temporal's file.
func (s *stack) size(ctx context.Context) (mib float64, err error) {
	var bytes int64
	if err = s.db.QueryRow(ctx, `SELECT sum(pg_database_size(oid)) FROM pg_database`).Scan(&bytes); err != nil {
		return 0, err
	}
	if s.temporal != nil && s.temporal.data != "" {
		err = filepath.WalkDir(s.temporal.data, func(_ string, entry fs.DirEntry, err error) error {
			if err == nil && entry.Type().IsRegular() {
				if info, gone := entry.Info(); gone == nil {
					bytes += info.Size()
				}
			}
			return err
		})
	}
	return float64(bytes) / (1 << 20), err
}
