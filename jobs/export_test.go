package jobs

import "context"

// Exec changes the rows behind a queue's back, as somebody else would.
func (q *Queue) Exec(ctx context.Context, sql string, args ...any) (int64, error) {
	return q.db.exec(ctx, sql, args...)
}

// Count counts rows.
func (q *Queue) Count(ctx context.Context, sql string, args ...any) (int64, error) {
	return count(ctx, q.db, sql, args...)
}

// ValidDatabase is Valid.
var ValidDatabase = Valid

// MigrationLock is held by whoever makes the tables.
const MigrationLock = migrationLock
