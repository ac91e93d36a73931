package jobs

// schema makes the table. Times are milliseconds since 1970, which every database can
// compare; what is not known is NULL.
var schema = []string{
	`CREATE TABLE IF NOT EXISTS exec_job (
		job_id           text PRIMARY KEY, -- a UUID whose order is that of time
		river_id         bigint,           -- what delivers it, or did; NULL where that is to be queued yet
		owner            text NOT NULL,
		idem_key         text,
		status           text NOT NULL,
		attempt          int NOT NULL,     -- how many times it was claimed: who writes must know it
		cancel_requested int NOT NULL,
		worker           text,
		lease_until      bigint,           -- of who runs it, or has it waiting for room
		language         text NOT NULL,
		weight           int NOT NULL,
		request          text NOT NULL,
		result           text,
		result_size      bigint,           -- of that, in bytes
		run_status       text,
		error_code       text,
		error_detail     text,
		retries_left     int NOT NULL,
		redeliveries     int NOT NULL,
		created_at       bigint NOT NULL,
		due_at           bigint NOT NULL,  -- its place in the line
		started_at       bigint,
		finished_at      bigint,
		expires_at       bigint,           -- when request and result are removed
		forget_at        bigint            -- when the rest is; not NULL once they are
	)`,
	`CREATE UNIQUE INDEX IF NOT EXISTS exec_job_idem ON exec_job (owner, idem_key)`,
	// Lists leave out what is only remembered, of which there is a day's.
	`CREATE INDEX IF NOT EXISTS exec_job_all ON exec_job (job_id) WHERE forget_at IS NULL`,
	`CREATE INDEX IF NOT EXISTS exec_job_owner ON exec_job (owner, job_id) WHERE forget_at IS NULL`,
	`CREATE INDEX IF NOT EXISTS exec_job_status ON exec_job (owner, status, job_id) WHERE forget_at IS NULL`,
	`CREATE INDEX IF NOT EXISTS exec_job_line ON exec_job (due_at, job_id) WHERE status IN ('pending', 'queued', 'retry')`,
	// What docs/jobs.md has a scale rule ask for.
	`CREATE INDEX IF NOT EXISTS exec_job_live ON exec_job (status, due_at) WHERE status IN ('pending', 'queued', 'retry', 'started')`,
	`CREATE INDEX IF NOT EXISTS exec_job_to_queue ON exec_job (due_at) WHERE river_id IS NULL AND status IN ('pending', 'retry')`,
	`CREATE INDEX IF NOT EXISTS exec_job_lease ON exec_job (lease_until) WHERE status = 'started'`,
	`CREATE INDEX IF NOT EXISTS exec_job_expires ON exec_job (expires_at) WHERE expires_at IS NOT NULL`,
	`CREATE INDEX IF NOT EXISTS exec_job_forget ON exec_job (forget_at) WHERE forget_at IS NOT NULL`,
}

// waiting are the states in which a job can be claimed.
const waiting = `('pending', 'queued', 'retry')`
