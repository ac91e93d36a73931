# The image of the service. RUNTIMES says what programs can be written in: slim
# (Python, JavaScript, bash), standard (the ten most taught, and numpy, pandas,
# matplotlib), full (all), or a list of languages.
ARG GO_IMAGE=golang:1.26-bookworm
ARG BASE_IMAGE=debian:bookworm-slim

FROM ${GO_IMAGE} AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o /executor .

FROM ${BASE_IMAGE}
ARG RUNTIMES=slim
ARG BASE_IMAGE
COPY .ci/packages /opt/executor/.ci/packages
COPY packages.txt /opt/executor/
# tini is process 1: it reaps what programs leave to it, and passes signals on. No
# program needs a setuid bit, nor a directory that everybody can write to: each has
# its own.
RUN /opt/executor/.ci/packages "$RUNTIMES" -- tini \
 && rm -rf /opt/executor /var/lib/apt/lists/* /var/cache/apt/* /var/log/apt /var/log/dpkg.log \
 && find / -xdev -type f -perm /6000 -exec chmod ug-s {} + \
 && find / -xdev -type d -perm -0002 -exec chmod o-w {} + \
 && install -d -m 0711 /work
COPY --from=build /executor /usr/local/bin/executor
ENV EXECUTOR_WORK_DIR=/work EXECUTOR_PREPARED_DIR=/usr/local/lib/executor PORT=8000
# What compilers need once is built here, and not at each start: half a minute, where
# all languages are there. Every language has to run a program for it.
RUN executor prepare
EXPOSE 8000
HEALTHCHECK --interval=5s --timeout=5s --start-period=60s CMD ["/usr/local/bin/executor", "healthcheck"]
ENTRYPOINT ["/usr/bin/tini", "--", "/usr/local/bin/executor"]
ARG VERSION=unknown
LABEL org.opencontainers.image.title="executor" \
      org.opencontainers.image.description="Runs other people's code: POST /execute" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      executor.runtimes="${RUNTIMES}" \
      executor.base="${BASE_IMAGE}"
