package sandbox

import "strings"

// environment is what a program sees: the little that programs need, and over
// it what the step asks for. Nothing of the server's own is in it.
func environment(dir string, extra []string) []string {
	env := []string{
		"PATH=/usr/local/bin:/usr/bin:/bin",
		"HOME=" + dir,
		"TMPDIR=" + dir,
		"USER=sandbox",
		"LOGNAME=sandbox",
		"LANG=C.UTF-8",
		// These start a thread for each processor of the machine, and hang
		// when they may not.
		"OPENBLAS_NUM_THREADS=1",
		"OMP_NUM_THREADS=1",
	}
	at := make(map[string]int, len(env)+len(extra))
	for i, kv := range env {
		at[envName(kv)] = i
	}
	for _, kv := range extra {
		name := envName(kv)
		if i, ok := at[name]; ok {
			env[i] = kv
			continue
		}
		at[name] = len(env)
		env = append(env, kv)
	}
	return env
}

func envName(kv string) string {
	name, _, _ := strings.Cut(kv, "=")
	return name
}
