//go:build container

// Package container starts the service's image with the docker command, for tests
// that see it hold there. It is not part of the service.
package container

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// The environment of the tests says which image is tried, and with which options of
// docker run.
const (
	imageVar = "TEST_IMAGE"
	flagsVar = "TEST_CONTAINER_FLAGS"
)

// Image is the image under test.
func Image(t testing.TB) string {
	t.Helper()
	image := os.Getenv(imageVar)
	if image == "" {
		t.Fatal(imageVar + " must name the image; make container-test sets it")
	}
	return image
}

// Flags are the options that every container of this run of the tests gets.
func Flags() []string { return strings.Fields(os.Getenv(flagsVar)) }

// Container is a container that was started.
type Container struct {
	Name, URL string
	t         testing.TB
}

// Docker runs a docker command, and returns what it printed on both streams.
func Docker(args ...string) (string, error) {
	out, err := exec.Command("docker", args...).CombinedOutput()
	if err != nil {
		err = fmt.Errorf("docker %s: %w", strings.Join(args, " "), err)
	}
	return string(out), err
}

// Start starts the service with the options of this run of the tests, those that are
// given, and variables; it waits until it is ready. It is removed in the end.
func Start(t testing.TB, options []string, vars ...string) *Container {
	t.Helper()
	c := New(t, options, vars...)
	out, err := Docker("port", c.Name, "8000")
	if err != nil {
		t.Fatal(err, out, c.Logs())
	}
	c.URL = "http://" + strings.Fields(out)[0]
	c.Await("readiness", 2*time.Minute, func() bool {
		resp, err := http.Get(c.URL + "/readyz")
		if err != nil {
			return false
		}
		defer resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
	return c
}

// New is Start without the waiting, and without a URL.
func New(t testing.TB, options []string, vars ...string) *Container {
	t.Helper()
	args := append([]string{"run", "-d", "--label", "executor.test=" + Image(t), "-p", "127.0.0.1::8000"}, append(Flags(), options...)...)
	for _, v := range vars {
		args = append(args, "-e", v)
	}
	out, err := Docker(append(args, Image(t))...)
	if err != nil {
		t.Fatal(err, out)
	}
	lines := strings.Fields(out)
	c := &Container{Name: lines[len(lines)-1], t: t}
	t.Cleanup(func() {
		if t.Failed() {
			const last = 4 << 10
			log := c.Logs()
			t.Log("the end of its log: ", log[max(0, len(log)-last):])
		}
		Docker("rm", "-f", "-v", c.Name)
	})
	return c
}

// Await waits until something is so, and fails the test if the container ends, or
// that takes too long.
func (c *Container) Await(what string, patience time.Duration, ok func() bool) {
	c.t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if ok() {
			return
		}
		if !c.Running() {
			c.t.Fatalf("%s: the container has ended: %s", what, c.Logs())
		}
	}
	c.t.Fatalf("%s: not in time: %s", what, c.Logs())
}

// Inspect is a field of what the engine knows of the container, as a Go template.
func (c *Container) Inspect(template string) string {
	out, _ := Docker("inspect", "-f", template, c.Name)
	return strings.TrimSpace(out)
}

// Running says whether it runs.
func (c *Container) Running() bool { return c.Inspect("{{.State.Running}}") == "true" }

// Logs is what it has written.
func (c *Container) Logs() string {
	out, _ := Docker("logs", c.Name)
	return out
}

// Signal sends one to process 1.
func (c *Container) Signal(name string) error {
	out, err := Docker("kill", "-s", name, c.Name)
	if err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}

// Stop is docker stop, with patience for the drain; it is an error if the service
// does not end with 0.
func (c *Container) Stop() error {
	out, err := Docker("stop", "-t", "40", c.Name)
	if err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return c.Exited()
}

// Exited waits for the end, which has to be one with 0.
func (c *Container) Exited() error {
	const patience = time.Minute
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	out, err := exec.CommandContext(ctx, "docker", "wait", c.Name).Output()
	if err != nil {
		return fmt.Errorf("docker wait: %w", errors.Join(err, ctx.Err()))
	}
	if code := strings.TrimSpace(string(out)); code != "0" {
		return errors.New("the service ended with " + code)
	}
	return nil
}

// Exec runs a program in the container's namespaces, and waits for it: as this
// machine's root, since docker exec has no more capabilities than the service.
func (c *Container) Exec(args ...string) string {
	c.t.Helper()
	out, err := c.Command(args...).CombinedOutput()
	if err != nil {
		c.t.Fatalf("%s: %v %s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// Command is such a program that was not started yet.
func (c *Container) Command(args ...string) *exec.Cmd {
	enter := []string{"--target", c.Inspect("{{.State.Pid}}"), "--mount", "--pid", "--net", "--root", "--wd"}
	return exec.Command("nsenter", append(enter, args...)...)
}

// Process is a process in the container, by its number outside.
type Process struct {
	PID, UID int
	State    string
	Command  string
}

// Processes are those of the container, or of none that has ended.
func (c *Container) Processes() (list []Process) {
	out, err := exec.Command("docker", "top", c.Name, "-eo", "pid,uid,stat,comm").Output()
	if err != nil {
		if c.Running() {
			c.t.Error("docker top: ", err)
		}
		return nil
	}
	for line := range bytes.Lines(out) {
		f := strings.Fields(string(line))
		if len(f) < 4 {
			continue
		}
		pid, err := strconv.Atoi(f[0])
		uid, err2 := strconv.Atoi(f[1])
		if err == nil && err2 == nil {
			list = append(list, Process{pid, uid, f[2], strings.Join(f[3:], " ")})
		}
	}
	return list
}

// Guests are the processes of programs: those that are not root's, do not wait for a
// program, and are not dead.
func (c *Container) Guests() (list []Process) {
	for _, p := range c.Processes() {
		if p.UID != 0 && p.State[0] != 'Z' && !strings.HasPrefix(p.Command, "exec-zygote") {
			list = append(list, p)
		}
	}
	return list
}

// Engine is what the engine says that it can limit.
var Engine = sync.OnceValue(func() string {
	out, _ := Docker("info", "-f", "{{range .Warnings}}{{.}}; {{end}}memory {{.MemoryLimit}}, pids {{.PidsLimit}}, cpu {{.CPUCfsQuota}}")
	return strings.TrimSpace(out)
})
