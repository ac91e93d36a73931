// Package jobs keeps requests until they are run: somebody submits one now, some
// replica runs it when there is room, and the result is there to be fetched later.
//
// A job is a row of the table exec_job, in a database that several replicas can share
// (Postgres) or that is a file beside the only one (SQLite). The row is the truth: its
// state, its result, and the epoch, which is the number of times that it was claimed.
// River, a queue in the same database, says which job is next, wakes who waits for one,
// and has a page for people to look at. A River job only names a row and an epoch:
// there may be none or several for a row, and whatever becomes of them, a row is claimed
// once in each epoch, and only who claimed it can write its end.
//
// What can happen to a job that is neither submitted, run, nor revoked is done by each
// replica's keeper: due jobs are queued, those of workers that died are given to others,
// those that River lost are queued again, and results that are old are forgotten.
//
// The package knows neither what a client sends nor how a request is run. It does not log: what goes
// wrong in the background is told to [Options].OnError.
package jobs
