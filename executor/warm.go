package executor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"aca-executor/sandbox"
	"aca-executor/sandbox/python"
)

// Warmer is a Runner that can fork runs from interpreters that are already
// there; a *sandbox.Sandbox does.
type Warmer interface {
	Runner
	StartZygotes(zygotes []sandbox.Zygote, changed func(sandbox.ZygoteState)) error
	Zygotes() []sandbox.ZygoteState
}

// Warmth is what the operator wants of them.
type Warmth struct {
	Preload []string // modules for programs that name them
	Rotate  int      // forks after which a zygote is replaced
}

// The zygotes of Python: one for everybody, and one that has the operator's
// modules and whatever they cost each fork.
const (
	warmPython  = "python"
	warmPreload = "python+preload"
)

// warm says which zygote a run is forked from.
type warm struct {
	binary   string // the interpreter; empty where none is warm
	preload  []string
	disturbs func(path, content string) bool // see python.Facts
}

// ErrPreload means that a module to import ahead is not there.
var ErrPreload = errors.New("EXECUTOR_PRELOAD")

// WarmUp starts the zygotes of Python, in the background. changed is told how
// they are. An error means that there will be none.
func (x *Executor) WarmUp(ctx context.Context, r Warmer, w Warmth, changed func(sandbox.ZygoteState)) error {
	var installed []Installed
	if at := slices.IndexFunc(x.offers, func(o *offer) bool { return o.Name == python.Name }); at >= 0 {
		var err error
		if installed, err = x.settled(ctx, x.offers[at]); err != nil {
			return err
		}
	}
	if len(installed) == 0 {
		if len(w.Preload) > 0 {
			return fmt.Errorf("%w: there is no Python here to import %s", ErrPreload, strings.Join(w.Preload, ", "))
		}
		return nil
	}
	binary := installed[0].Binary
	facts, err := python.Look(ctx, r, binary, w.Preload)
	var missing *python.MissingError
	if errors.As(err, &missing) {
		return fmt.Errorf("%w: %w", ErrPreload, err)
	}
	if err != nil {
		return err
	}
	zygotes := []sandbox.Zygote{facts.Zygote(warmPython, python.Light, w.Rotate)}
	x.warm = warm{binary: binary, disturbs: facts.Disturbs}
	if len(w.Preload) > 0 {
		zygotes = append(zygotes, facts.Zygote(warmPreload, append(slices.Clone(python.Light), w.Preload...), w.Rotate))
		for _, name := range w.Preload {
			top, _, _ := strings.Cut(name, ".")
			x.warm.preload = append(x.warm.preload, top)
		}
	}
	if err := r.StartZygotes(zygotes, changed); err != nil {
		x.warm = warm{}
		return err
	}
	x.zygotes = r.Zygotes
	return nil
}

// Zygotes says how the zygotes are; there may be none.
func (x *Executor) Zygotes() []sandbox.ZygoteState {
	if x.zygotes == nil {
		return nil
	}
	return x.zygotes()
}

// zygote says what a request's program is forked from; empty is nothing.
func (w warm) zygote(c checked) string {
	if w.binary == "" || c.runtime.Binary != w.binary || !python.Alike(c.env, paths(c.files)) {
		return ""
	}
	names := func(f File) bool {
		return slices.ContainsFunc(w.preload, func(name string) bool { return strings.Contains(f.Content, name) })
	}
	disturbs := func(f File) bool { return w.disturbs(f.Path, f.Content) }
	if slices.ContainsFunc(c.files, names) && !slices.ContainsFunc(c.files, disturbs) {
		return warmPreload
	}
	return warmPython
}

func paths(files []File) []string {
	list := make([]string, len(files))
	for i, f := range files {
		list[i] = f.Path
	}
	return list
}
