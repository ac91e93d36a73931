#!/bin/sh
# What is done with Go. `go build` takes longer to find out what is to be done than
# the compiler and the linker take to do it. So they are called by themselves where
# there is nothing to be found out: files of one directory, without instructions to
# `go build`, that import only what was prepared. For everything else, and where
# they fail, there is `go build`, with its own words for it.
set -u
do=$1 go=$2
shift 2

# What is in the cache is of the same flags as what is built. Without the build mode,
# a package that is no program would build as well.
go() {
	command=$1
	shift
	"$go" "$command" -buildmode=exe -trimpath -ldflags='-s -w' "$@"
}

case $do in
cache)
	# OUT: compiles what is imported. Older versions do not have all of it.
	# What is not compiled ahead has to be found, at least.
	export GOCACHE="$1/cache"
	go build -o /dev/null imports.go || exit
	go build -o /dev/null imports_new.go
	"$go" list std
	;;

list)
	# PREPARED OUT: says where the compiler and the linker find what is in the
	# cache. What is internal is not for programs.
	export GOCACHE="$1/cache"
	for file in imports.go imports_new.go; do
		go list -export -deps -f '{{if and .Standard .Export}}packagefile {{.ImportPath}}={{.Export}}{{end}}' "$file"
	done | sort -u >"$2/link"
	grep -Ev '^packagefile (vendor/|([^=]*/)?internal[/=])' "$2/link" >"$2/compile" || exit
	echo "GOCACHE='$GOCACHE' tools='$("$go" env GOTOOLDIR)'" >"$2/env"
	cat "$0" >"$2/go.sh"
	;;

build)
	# PREPARED TO DIR FILE...
	prepared=$1 to=$2 dir=$3
	shift 3
	. "$prepared/env"

	case "$dir $*" in
	# Names may say for which system a file is.
	*/* | *_*) ;;
	*)
		[ ! -e go.mod ] && [ ! -e go.work ] &&
			! grep -Eq '//go:|//.*[+]build|"runtime/debug"|GOROOT' "$@" &&
			"$tools/compile" -o "$TMPDIR/.main" -trimpath "$PWD=>." -p main -complete -c=4 -nolocalimports -importcfg "$prepared/compile" -pack "$@" &&
			GOROOT='' "$tools/link" -o "$to" -importcfg "$prepared/link" -buildmode=exe -s -w "$TMPDIR/.main" &&
			exit
		;;
	esac >/dev/null 2>&1

	# Nothing of ours is to be among the files, for patterns of files to embed; and a
	# module in the directory for temporary files is ignored.
	source=$(mktemp -d "$PWD/.source-XXXXXX") || exit
	(
		set --
		for name in * .[!.]* ..?*; do
			case $PWD/$name in "${to%/*}" | "$source" | "$PWD/.main") ;; *) [ ! -e "$name" ] || set -- "$@" "$name" ;; esac
		done
		mv -- "$@" "$source"
	) && cd "$source" || exit

	root=$dir
	while [ ! -e "$root/go.mod" ] && [ "$root" != . ]; do
		root=${root%/*}
	done
	if [ -e "$root/go.mod" ] || [ -e go.work ]; then
		# These files would be locked, which no program may do, unless they are said to
		# stand for themselves.
		find "$PWD" -name go.mod -o -name go.sum -o -name go.work.sum | grep -v '["\\]' |
			sed 's/.*/"&": "&"/; $!s/$/,/; 1s/^/{"Replace": {/; $s/$/}}/' >"$TMPDIR/overlay"
		cd "$root" || exit
		set -- -overlay "$TMPDIR/overlay" ".${dir#"$root"}"
	fi
	export GOCACHE
	go build -o "$to" "$@"
	;;
esac
