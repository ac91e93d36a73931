package jobs

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivershared/baseservice"
	"github.com/riverqueue/river/rivershared/riverpilot"
	"github.com/riverqueue/river/rivertype"
	_ "modernc.org/sqlite" // the driver "sqlite"
)

// querier runs the SQL of this package, which is the same for every database.
type querier interface {
	exec(ctx context.Context, sql string, args ...any) (changed int64, err error)
	query(ctx context.Context, sql string, args ...any) (rows, error)
}

// rows are those of a query; Close can be called at any time.
type rows interface {
	Next() bool
	Scan(...any) error
	Err() error
	Close()
}

// tx is a transaction, also on River's tables.
type tx interface {
	querier
	// enqueue has River deliver tasks; in the order of their priority, and then of time.
	enqueue(ctx context.Context, tasks ...task) (ids []int64, err error)
	// done says that River need not deliver one any more; ctx is that of its delivery.
	done(ctx context.Context, delivered *river.Job[task]) error
	// drop takes out of River's queue what was not delivered yet.
	drop(ctx context.Context, id int64) error
}

// database is one of the two kinds, with River on it.
type database interface {
	querier
	begin(ctx context.Context, do func(tx) error) error
	migrate(ctx context.Context) error
	start(ctx context.Context) error
	stop(ctx context.Context) error
	ui(prefix string, log *slog.Logger) (handler, error)
	close()
	// atOnce is how many of the calls that somebody waits for may be under way, so that
	// there is always room for what keeps jobs alive.
	atOnce() int64
	// intact says whether a file is still where it was; who removes it is not told.
	intact() error
	// embedded says that the database is a file of ours: what is wrong with it will not
	// pass by itself.
	embedded() bool
	// locked is what ends a SELECT of rows that the transaction is about to change, and
	// leaves out those that another one changes.
	locked() string
}

// handler serves River's page, once it was started.
type handler interface {
	http.Handler
	Start(context.Context) error
}

// Kinds says how a database is named.
const Kinds = "sqlite:PATH or postgres://user:password@host:port/name"

const sqlitePrefix = "sqlite:"

// Valid says what is wrong with the name of a database. It never quotes it: there may
// be a password in it.
func Valid(name string) error {
	switch {
	case strings.HasPrefix(name, sqlitePrefix):
		if name == sqlitePrefix {
			return errors.New("sqlite: has to be followed by a path")
		}
		return nil
	case strings.HasPrefix(name, "postgres://"), strings.HasPrefix(name, "postgresql://"):
		if _, err := pgxpool.ParseConfig(name); err != nil {
			return errors.New("it is not a URL of a Postgres database, such as postgres://user:password@host:5432/name?sslmode=require")
		}
		return nil
	}
	return errors.New("it must be " + Kinds)
}

// open opens a database. Nothing is asked of it yet; of SQLite, the file is made.
func open(o Options, c river.Config) (database, error) {
	if err := Valid(o.Database); err != nil {
		return nil, err
	}
	path, is := strings.CutPrefix(o.Database, sqlitePrefix)
	if !is {
		return openPostgres(o.Database, c)
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(o.Dir, path)
	}
	return openSQLite(path, o.Look, c)
}

// openSQLite opens a file that nobody but us can have made, or read. The rest of
// SQLite's files beside it get its mode.
func openSQLite(path string, existing bool, c river.Config) (database, error) {
	const ours, private = 0o700, 0o600
	flags := os.O_RDWR | syscall.O_NOFOLLOW
	if !existing {
		flags |= os.O_CREATE
		if err := os.MkdirAll(filepath.Dir(path), ours); err != nil {
			return nil, err
		}
	}
	if err := ourDirectory(filepath.Dir(path)); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, flags, private)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if stat := info.Sys().(*syscall.Stat_t); !info.Mode().IsRegular() || int(stat.Uid) != os.Geteuid() {
		return nil, fmt.Errorf("%s is not a file of ours", path)
	}
	if info.Mode().Perm()&^private != 0 {
		return nil, fmt.Errorf("%s is open to others, as programs are: its mode is %v, and must be %v", path, info.Mode().Perm(), os.FileMode(private))
	}
	options := url.Values{
		"_pragma": {"journal_mode(WAL)", "busy_timeout(5000)", "synchronous(NORMAL)"},
		// A transaction that reads before it writes would find that another one had
		// written meanwhile.
		"_txlock": {"immediate"},
	}
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Path: path, RawQuery: options.Encode()}).String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1) // there is one writer at a time in any case, and so nobody is told that it is busy
	// SQLite cannot tell other processes that there is something: River looks. This one
	// is told by us.
	c.FetchPollInterval = 250 * time.Millisecond
	driver := &sqliteDriver{Driver: riversqlite.New(db)}
	return newEngine(&engine[*sql.Tx]{
		querier: sqlQuerier{db}, driver: driver, file: path, opened: info, wake: driver.wake,
		beginTx: func(ctx context.Context) (*sql.Tx, error) { return db.BeginTx(ctx, nil) },
		wrap:    func(t *sql.Tx) querier { return sqlQuerier{t} },
		commit:  func(_ context.Context, t *sql.Tx) error { return t.Commit() },
		abort:   func(t *sql.Tx) { t.Rollback() },
		complete: func(ctx context.Context, t *sql.Tx, job *river.Job[task]) error {
			_, err := river.JobCompleteTx[*riversqlite.Driver](ctx, t, job)
			return err
		},
		closeAll: func() { db.Close() },
	}, c)
}

// ourDirectory sees that nobody else can put another file in the place of one in it.
func ourDirectory(dir string) error {
	info, err := os.Stat(dir)
	if err != nil {
		return err
	}
	const others = 0o022
	stat := info.Sys().(*syscall.Stat_t)
	if int(stat.Uid) != os.Geteuid() || info.Mode().Perm()&others != 0 && info.Mode()&os.ModeSticky == 0 {
		return fmt.Errorf("%s is not ours alone: others could replace what is in it", dir)
	}
	return nil
}

// sqliteDriver is River's, without the table by which that tells other processes of
// jobs, at which each of them would look 20 times a second; and with a way to tell our
// own at once, which River has for drivers of its kind. If that is gone one day, jobs
// start a little later.
type sqliteDriver struct {
	*riversqlite.Driver
	pilot pilot
}

func (*sqliteDriver) SupportsListener() bool     { return false }
func (*sqliteDriver) SupportsListenNotify() bool { return false }

// PluginInit and PluginPilot are how River asks for a pilot.
func (*sqliteDriver) PluginInit(*baseservice.Archetype) {}
func (d *sqliteDriver) PluginPilot() riverpilot.Pilot   { return &d.pilot }

func (d *sqliteDriver) wake() {
	d.pilot.tell(context.Background(), []*rivertype.JobInsertResult{{Job: &rivertype.JobRow{Queue: river.QueueDefault}}})
}

// pilot is River's own, of which it says whom to tell.
type pilot struct {
	riverpilot.StandardPilot
	tell func(context.Context, []*rivertype.JobInsertResult)
}

// PilotInit is told.
func (p *pilot) PilotInit(a *baseservice.Archetype, params *riverpilot.PilotInitParams) {
	p.tell = params.NotifyNonTxJobInsert
	p.StandardPilot.PilotInit(a, params)
}

func openPostgres(name string, c river.Config) (database, error) {
	const connections, fewest = 4, 2 // beside the listener's, which is none of the pool's any more
	config, err := pgxpool.ParseConfig(name)
	if err != nil {
		return nil, err
	}
	if !strings.Contains(name, "pool_max_conns") {
		config.MaxConns = connections
	}
	if config.MaxConns < fewest {
		return nil, fmt.Errorf("pool_max_conns is %d: it must be at least %d", config.MaxConns, fewest)
	}
	if config.ConnConfig.ConnectTimeout == 0 {
		config.ConnConfig.ConnectTimeout = 5 * time.Second
	}
	if config.ConnConfig.RuntimeParams["application_name"] == "" {
		config.ConnConfig.RuntimeParams["application_name"] = "executor"
	}
	pool, err := pgxpool.NewWithConfig(context.Background(), config)
	if err != nil {
		return nil, err
	}
	c.FetchPollInterval = 500 * time.Millisecond // beside LISTEN, which misses what comes while it connects
	return newEngine(&engine[pgx.Tx]{
		querier: pgxQuerier{pool}, driver: riverpgxv5.New(pool), skipLocked: " FOR UPDATE SKIP LOCKED", calls: max(int64(config.MaxConns)-2, 1),
		// River tells of new jobs once in a while only, and then who comes next waits until it looks.
		notify:  `SELECT pg_notify(current_schema() || '.river_insert', '{"queue": "default"}')`,
		beginTx: pool.Begin,
		wrap:    func(t pgx.Tx) querier { return pgxQuerier{t} },
		commit:  func(ctx context.Context, t pgx.Tx) error { return t.Commit(ctx) },
		abort: func(t pgx.Tx) {
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			defer cancel()
			t.Rollback(ctx)
		},
		complete: func(ctx context.Context, t pgx.Tx, job *river.Job[task]) error {
			_, err := river.JobCompleteTx[*riverpgxv5.Driver](ctx, t, job)
			return err
		},
		lock: func(ctx context.Context, do func() error) error {
			return pool.AcquireFunc(ctx, func(conn *pgxpool.Conn) error {
				// Of the session: it is given up with the connection, whatever happens.
				if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", migrationLock); err != nil {
					return err
				}
				defer conn.Exec(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", migrationLock)
				return do()
			})
		},
		closeAll: pool.Close,
	}, c)
}

// migrationLock is the number of the lock that is held while tables are made.
const migrationLock int64 = 0x65786563_6a6f6273

// sqlQuerier is a database/sql database or transaction.
type sqlQuerier struct {
	q interface {
		ExecContext(context.Context, string, ...any) (sql.Result, error)
		QueryContext(context.Context, string, ...any) (*sql.Rows, error)
	}
}

func (s sqlQuerier) exec(ctx context.Context, text string, args ...any) (int64, error) {
	result, err := s.q.ExecContext(ctx, text, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

func (s sqlQuerier) query(ctx context.Context, text string, args ...any) (rows, error) {
	r, err := s.q.QueryContext(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	return sqlRows{r}, nil
}

type sqlRows struct{ *sql.Rows }

func (r sqlRows) Close() { r.Rows.Close() }

// pgxQuerier is a pool of Postgres connections or a transaction.
type pgxQuerier struct {
	q interface {
		Exec(context.Context, string, ...any) (pgconnTag, error)
		Query(context.Context, string, ...any) (pgx.Rows, error)
	}
}

func (p pgxQuerier) exec(ctx context.Context, text string, args ...any) (int64, error) {
	tag, err := p.q.Exec(ctx, text, args...)
	return tag.RowsAffected(), err
}

func (p pgxQuerier) query(ctx context.Context, text string, args ...any) (rows, error) {
	return p.q.Query(ctx, text, args...)
}
