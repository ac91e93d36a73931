package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"aca-executor/config"
	"aca-executor/executor"
	"aca-executor/sandbox"
)

// healthcheck asks the service on this machine whether it is ready, as the
// probes of a container do that have no HTTP client of their own.
func healthcheck(ctx context.Context, port int) error {
	const patience = 4 * time.Second
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://127.0.0.1:"+strconv.Itoa(port)+"/readyz", nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusOK {
		return nil
	}
	why, err := io.ReadAll(io.LimitReader(resp.Body, 1<<10))
	return errors.Join(fmt.Errorf("not ready: %s: %s", resp.Status, bytes.TrimSpace(why)), err)
}

// check prints what there is and what is missing, and is an error when the
// service would not start.
func check(ctx context.Context, cfg config.Config, table []executor.Runtime, out io.Writer) error {
	have, err := sandbox.Require(sandbox.Probe(), cfg.RequireLayers, cfg.DisableLayers)
	for _, f := range sandbox.Probe() {
		fmt.Fprintf(out, "layer    %-13s %-11s %s\n", f.Layer, layerState(f, have, cfg), f.Detail)
	}
	if err != nil {
		return err
	}
	for _, note := range cfg.FitTo(machine(cfg)) {
		fmt.Fprintln(out, "note     "+note)
	}
	box, err := openSandbox(cfg, table, zerolog.New(out), false)
	if err != nil {
		return err
	}
	defer box.Close()
	exec, err := executor.New(ctx, executor.NewGate(1, 0, time.Minute), box, policy(cfg), table)
	if err != nil {
		return err
	}
	if err := warmUp(ctx, cfg, exec, box, zerolog.New(io.Discard)); err != nil {
		return err
	}
	if _, err := checkLanguages(ctx, exec, table, out); err != nil {
		return err
	}
	for _, z := range settled(exec) {
		fmt.Fprintf(out, "warm     %-13s %-11s %s\n", z.Name, z.State, errorText(z.Err))
	}
	checkDatabase(ctx, cfg, out)
	fmt.Fprintln(out, "ok       the service can start")
	return nil
}

// prepare builds what the programs of each language share where later starts find it,
// and runs a program in each.
func prepare(ctx context.Context, cfg config.Config, table []executor.Runtime, out io.Writer) error {
	if cfg.PreparedDir == "" {
		return errors.New("EXECUTOR_PREPARED_DIR: it must say where to put what is prepared")
	}
	const open = 0o755 // whatever our umask: programs read what is there
	if err := errors.Join(os.MkdirAll(cfg.PreparedDir, open), os.Chmod(cfg.PreparedDir, open)); err != nil {
		return fmt.Errorf("EXECUTOR_PREPARED_DIR: %w", err)
	}
	box, err := openSandbox(cfg, table, zerolog.New(out), true)
	if err != nil {
		return err
	}
	defer box.Close()
	exec, err := executor.New(ctx, executor.NewGate(1, 0, time.Minute), box, policy(cfg), table)
	if err != nil {
		return err
	}
	failed, err := checkLanguages(ctx, exec, table, out)
	if failed > 0 {
		err = errors.Join(err, fmt.Errorf("%d languages do not work", failed))
	}
	return err
}

// checkLanguages runs a program in each language that is there, and says where the
// others would be looked for. It is an error when none works.
func checkLanguages(ctx context.Context, exec *executor.Executor, table []executor.Runtime, out io.Writer) (failed int, err error) {
	found := map[string]bool{}
	err = exec.Probe(ctx, func(o executor.Offered) {
		found[o.Name] = true
		if o.Err != nil {
			failed++
			fmt.Fprintf(out, "language %-13s %-11s %s\n", o.Name, "FAILED", strings.ReplaceAll(o.Err.Error(), "\n", "; "))
		}
		for _, i := range o.Versions {
			_, run := i.Commands()
			fmt.Fprintf(out, "language %-13s %-11s %s: ran a program (%s)\n", i.Name, i.Version, i.Binary, run)
		}
	})
	for _, r := range table {
		if !found[r.Name] {
			fmt.Fprintf(out, "language %-13s %-11s it would need %s\n", r.Name, "missing", strings.Join(append(slices.Clone(r.Binaries[:1]), r.Needs...), " and "))
		}
	}
	return failed, err
}

// settled waits until every zygote is ready or not, but not for ever.
func settled(exec *executor.Executor) []sandbox.ZygoteState {
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		list := exec.Zygotes()
		starting := slices.ContainsFunc(list, func(z sandbox.ZygoteState) bool { return z.State == sandbox.ZygoteStarting })
		if !starting || time.Now().After(deadline) {
			return list
		}
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func layerState(f sandbox.Finding, have sandbox.Layers, cfg config.Config) string {
	switch {
	case have.Has(f.Layer):
		return "in force"
	case f.Available:
		return "disabled"
	case (cfg.RequireLayers | sandbox.UID).Has(f.Layer):
		return "REQUIRED"
	}
	return "missing"
}
