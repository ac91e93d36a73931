package api

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/labstack/echo/v4"

	"aca-executor/executor"
)

// TestProblems holds the design's table of errors, and that nothing is missing
// in ours.
func TestProblems(t *testing.T) {
	want := map[executor.Code]int{
		"invalid_json": 400, "invalid_request": 400, "unsupported_language": 400, "unauthorized": 401, "not_found": 404, "method_not_allowed": 405,
		"request_timeout": 408, "body_too_large": 413, "unsupported_media_type": 415, "queue_full": 429, "queue_timeout": 429,
		"sandbox_error": 500, "internal": 500, "draining": 503, "canceled": statusClientClosed,
		"jobs_off": 404, "idempotency_key_reused": 409, "job_expired": 410, "too_many_jobs": 429, "jobs_unavailable": 503,
	}
	for code, status := range want {
		p, there := problems[code]
		if !there || p.status != status || p.title == "" {
			t.Errorf("%s: %+v, want status %d and a title", code, p, status)
		}
		if status != statusClientClosed && http.StatusText(p.status) == "" {
			t.Errorf("%s: %d is no status of HTTP's", code, p.status)
		}
	}
	for code := range problems {
		if _, there := want[code]; !there {
			t.Errorf("%s is not in the design's table", code)
		}
	}
	titles := map[string]executor.Code{}
	for code, p := range problems {
		if other, there := titles[p.title]; there {
			t.Errorf("%s and %s have one title, %q", code, other, p.title)
		}
		titles[p.title] = code
	}
	for _, code := range executor.Codes {
		if _, there := problems[code]; !there {
			t.Errorf("the executor's %s is not in the table", code)
		}
	}
}

func TestToError(t *testing.T) {
	ours := &executor.Error{Code: executor.QueueFull, Message: "m"}
	secret := errors.New("secret")
	for _, row := range []struct {
		name string
		in   error
		code executor.Code
	}{
		{"ours", ours, executor.QueueFull},
		{"ours, wrapped", fmt.Errorf("secret: %w", ours), executor.QueueFull},
		{"the router's 404", echo.ErrNotFound, notFound},
		{"the router's 405", echo.ErrMethodNotAllowed, methodNotAllowed},
		{"another of the framework's", echo.NewHTTPError(http.StatusTeapot, "secret"), internal},
		{"what nobody thought of", secret, internal},
		{"what nobody thought of, wrapped", fmt.Errorf("secret: %w", secret), internal},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := (&Server{nothing: seeDescription}).toError(row.in)
			if got.Code != row.code || got.Message == "" {
				t.Errorf("got %q, %q; want %q", got.Code, got.Message, row.code)
			}
			if row.code == internal && (!errors.Is(got.Err, row.in) || got.Message == row.in.Error()) {
				t.Errorf("of %v, the log has %v and the client %q", row.in, got.Err, got.Message)
			}
		})
	}
}
