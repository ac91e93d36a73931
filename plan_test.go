package main

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"
)

// runPlan is executor plan.
func runPlan(vars []string, args ...string) (string, error) {
	var out bytes.Buffer
	err := run(context.Background(), append([]string{"plan"}, args...), vars, &out, nil)
	return out.String(), err
}

// What the documents print is what the command prints.
func TestPlanExamples(t *testing.T) {
	for file, least := range map[string]int{"docs/scaling.md": 2, "terraform/README.md": 3} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		examples := 0
		for i, block := range strings.Split(string(text), "```\n") {
			command, want, found := strings.Cut(block, "\n")
			args, isPlan := strings.CutPrefix(command, "$ executor plan ")
			if i%2 == 0 || !found || !isPlan {
				continue
			}
			examples++
			got, err := runPlan(nil, strings.Fields(args)...)
			if err != nil || got != want {
				t.Errorf("%s: executor plan %s: %v\n%s", file, args, err, got)
			}
		}
		if examples < least {
			t.Errorf("%s has %d examples", file, examples)
		}
	}
}

func TestPlan(t *testing.T) {
	out, err := runPlan([]string{"EXECUTOR_MAX_CONCURRENCY=3", "EXECUTOR_QUEUE_DEPTH=0"}, "-burst", "5", "-for", "1ms", "-mean", "1s", "-p95", "1s", "-compute", "0",
		"-vcpu-price", "2", "-max", "1", "-requests-per-replica", "7")
	if err != nil {
		t.Fatal(err)
	}
	// Three run for a second, on one processor, and two find no room.
	for _, want := range []string{"5 requests within 1ms", "3 run at once, 0 wait", "each 7 requests a second", "3 (60.00 %)", "2 (40.00 %)", "2.01 ", "1 at 0s"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	for _, row := range []struct {
		args string
		want string
	}{
		{"", "either rate or burst"},
		{"-rate x", `"x"`},
		{"-rate 5 -mena 3s", "-mena"},
		{"-rate 5 -mean 3", "-mean"},
		{"-rate 5 fast", `"fast" is not expected`},
		{"-rate 5 -mean 0s", "mean: 0s is not allowed: it must be from 1ms to 1h0m0s"},
		{"-rate 5 -mean 1s -p95 9s", "p95: 9s is not allowed"},
	} {
		if _, err := runPlan(nil, strings.Fields(row.args)...); err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("executor plan %s: %v; want %s", row.args, err, row.want)
		}
	}
	if out, err := runPlan(nil, "-h"); err != nil || !strings.Contains(out, "EXECUTOR_MAX_CONCURRENCY (default 8)") {
		t.Error(out, err)
	}
	if _, err := runPlan([]string{"EXECUTOR_MAX_CONCURRENCY=x"}, "-rate", "1"); err == nil || !strings.Contains(err.Error(), "EXECUTOR_MAX_CONCURRENCY") {
		t.Error(err)
	}
}
