# Everything that is done with this project by hand or by CI. `make` says what.

GO ?= go
STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOVULNCHECK = golang.org/x/vuln/cmd/govulncheck@v1.9.0

.DEFAULT_GOAL := help
.PHONY: help run build test test-languages race bench fuzz lint image container-test replicas-test terraform-check packages test-packages all-packages native

help: ## say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: packages build ## build the service and start it on port 8000; jobs are in executor-jobs/ below EXECUTOR_WORK_DIR, or /tmp
	EXECUTOR_JOBS="$${EXECUTOR_JOBS-sqlite:executor-jobs/jobs.db}" exec ./bin/executor

build: ## build bin/executor
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags='-s -w' -o bin/executor .

test: test-packages ## run the tests; as root, or those that need it are skipped
	$(GO) test -timeout 20m ./...

test-languages: all-packages ## install every language there is, and run its programs
	@GO=$(GO) ./.ci/languages

race: test-packages ## run the tests with the race detector, COUNT times (1), but for those that match SKIP
	$(GO) test -race -count=$(or $(COUNT),1) -timeout 60m $(if $(SKIP),-skip '$(SKIP)') ./...

bench: test-packages ## measure: overhead, memory, overload, jobs, the gate; beside RQ and Celery where they are (`.ci/packages rivals`)
	CGO_ENABLED=0 $(GO) test -run '^$$' -benchtime $(or $(TIME),1s) $(if $(ARGS),. $(ARGS),-bench . ./...)

fuzz: ## run every fuzz target TIME (1000000x) times, or for as long as 1m
	@./.ci/fuzz $(or $(TIME),1000000x)

lint: ## gofmt, go vet, staticcheck, and govulncheck where its database is reachable
	@out=$$(gofmt -l .); test -z "$$out" || { echo "gofmt would change: $$out"; exit 1; }
	$(GO) vet -tags container ./...
	$(GO) run $(STATICCHECK) -tags container ./...
	@./.ci/vulncheck $(GOVULNCHECK)

image: ## build the image TAG (executor) with RUNTIMES (slim, standard, full, or languages)
	@./.ci/engine
	@GO=$(GO) ./.ci/image "$(or $(RUNTIMES),slim)" "$(or $(TAG),executor)"

container-test: ## build the image with RUNTIMES, and see it hold in real containers of several kinds
	@GO=$(GO) RUNTIMES="$(RUNTIMES)" ./.ci/container-test

replicas-test: ## start three replicas behind a balancer, load them, and stop some
	@GO=$(GO) ./.ci/replicas

terraform-check: ## check terraform/ without Azure: fmt, validate, and test
	@./terraform/check

packages: # what the core languages need: installed on Debian by root, elsewhere only named
	@./.ci/packages core

test-packages: # and what tests start
	@./.ci/packages core tests

all-packages:
	@./.ci/packages all

native: # what sandbox/python/native/native.c is compiled to; needs gcc and ld
	cd sandbox/python/native && gcc -Os -Wall -Wextra -fPIE -ffreestanding -fno-stack-protector -fcf-protection=none -fno-jump-tables \
		-fno-asynchronous-unwind-tables -nostdlib -static -Wl,--build-id=none -Wl,-T,native.ld -Wl,--oformat=binary -o native.bin native.c
	chmod 644 sandbox/python/native/native.bin
	cd sandbox/python/native && sha256sum native.c native.ld native.bin >native.sum
