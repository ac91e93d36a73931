// Package seccomp decides which system calls a program may make, and assembles
// that policy into the filter that the kernel runs.
//
// The policy is an allow-list. What it does not know is ENOSYS, as on a kernel
// that does not have it, so that libraries fall back on what they used before;
// what it knows and refuses is EPERM, so that an error message tells the truth.
//
// The filter is a binary tree over the call numbers: 14 instructions for a call
// where a list needs over a hundred, and the kernel loads it faster, because it
// runs the filter once for every number to fill its cache.
package seccomp

import (
	"encoding/binary"
	"sort"

	"golang.org/x/sys/unix"
)

// Verdict is what the kernel does with a call: allow it or fail it.
type Verdict uint32

const (
	Allow  Verdict = unix.SECCOMP_RET_ALLOW
	EPERM  Verdict = unix.SECCOMP_RET_ERRNO | Verdict(unix.EPERM)
	ENOSYS Verdict = unix.SECCOMP_RET_ERRNO | Verdict(unix.ENOSYS)
	// Nothing succeeds without doing anything.
	Nothing Verdict = unix.SECCOMP_RET_ERRNO
)

// rule is the verdict on one call: then, when every test on its arguments
// passes, and otherwise els, or that of another rule.
type rule struct {
	then, els Verdict
	tests     []test
	otherwise *rule
}

// test passes when the argument, masked, is one of the values, or with not,
// when it is none of them. Only the low half of an argument is looked at: those
// we test are ints.
type test struct {
	arg    int
	not    bool
	mask   uint32
	values []uint32
}

func plain(v Verdict) rule { return rule{then: v} }

// onlyIf allows the call when every test passes.
func onlyIf(tests ...test) rule { return rule{then: Allow, els: EPERM, tests: tests} }

// or has the other rule decide where this one does not allow the call.
func (r rule) or(other rule) rule {
	r.otherwise = &other
	return r
}

func is(arg int, values ...uint32) test { return test{arg: arg, mask: ^uint32(0), values: values} }

func isNot(arg int, values ...uint32) test {
	return test{arg: arg, not: true, mask: ^uint32(0), values: values}
}

// without passes when none of the bits is set.
func without(arg int, bits uint32) test { return test{arg: arg, mask: bits, values: []uint32{0}} }

// masked looks only at the bits that are not in ignore.
func masked(arg int, ignore uint32, values ...uint32) test {
	return test{arg: arg, mask: ^ignore, values: values}
}

// span is a run of call numbers, from first to the next span's, under one rule.
type span struct {
	first uint32
	rule  rule
}

// Offsets in struct seccomp_data.
const (
	offNr   = 0
	offArch = 4
	offArgs = 16
)

// x32Bit marks the calls of the x32 entry point, which share our architecture.
const x32Bit = 0x40000000

// Filter assembles the policy as the bytes of a struct sock_filter array.
// unixSockets allows socket(AF_UNIX), which is safe only where something else
// keeps a program from the sockets of others.
func Filter(unixSockets bool) []byte {
	prog := []unix.SockFilter{
		stmt(unix.BPF_LD|unix.BPF_W|unix.BPF_ABS, offArch),
		jump(unix.BPF_JEQ, unix.AUDIT_ARCH_X86_64, 1, 0),
		ret(ENOSYS), // the 32-bit entry points
		stmt(unix.BPF_LD|unix.BPF_W|unix.BPF_ABS, offNr),
	}
	prog = append(prog, tree(spans(policy(unixSockets)))...)
	out := make([]byte, 0, 8*len(prog))
	for _, i := range prog {
		out = binary.NativeEndian.AppendUint16(out, i.Code)
		out = append(out, i.Jt, i.Jf)
		out = binary.NativeEndian.AppendUint32(out, i.K)
	}
	return out
}

// spans sorts the rules and joins neighbours that read the same. What lies
// between them is unknown, and so is everything from x32Bit on.
func spans(rules map[uint32]rule) []span {
	nrs := make([]uint32, 0, len(rules))
	for nr := range rules {
		nrs = append(nrs, nr)
	}
	sort.Slice(nrs, func(i, j int) bool { return nrs[i] < nrs[j] })
	list := []span{{0, plain(ENOSYS)}}
	add := func(s span) {
		last := &list[len(list)-1]
		switch same := len(last.rule.tests) == 0 && len(s.rule.tests) == 0 && last.rule.then == s.rule.then; {
		case same:
		case last.first == s.first:
			*last = s
		default:
			list = append(list, s)
		}
	}
	for i, nr := range nrs {
		add(span{nr, rules[nr]})
		if i+1 == len(nrs) || nrs[i+1] != nr+1 {
			add(span{nr + 1, plain(ENOSYS)})
		}
	}
	return list
}

// tree assembles a binary search for the span of the number in the
// accumulator. Every path ends in a return.
func tree(list []span) []unix.SockFilter {
	if len(list) == 1 {
		return list[0].rule.assemble()
	}
	mid := len(list) / 2
	left, right := tree(list[:mid]), tree(list[mid:])
	var prog []unix.SockFilter
	if len(left) <= 255 {
		prog = append(prog, jump(unix.BPF_JGE, list[mid].first, uint8(len(left)), 0))
	} else { // a conditional jump reaches only so far
		prog = append(prog, jump(unix.BPF_JGE, list[mid].first, 0, 1),
			stmt(unix.BPF_JMP|unix.BPF_JA, uint32(len(left))))
	}
	return append(append(prog, left...), right...)
}

func (r rule) assemble() []unix.SockFilter {
	var prog []unix.SockFilter
	refusal := []unix.SockFilter{ret(r.els)}
	if r.otherwise != nil {
		refusal = r.otherwise.assemble()
	}
	for _, t := range r.tests {
		prog = append(prog,
			stmt(unix.BPF_LD|unix.BPF_W|unix.BPF_ABS, uint32(offArgs+8*t.arg)), // little-endian: the low half first
			stmt(unix.BPF_ALU|unix.BPF_AND|unix.BPF_K, t.mask))
		// A value that is found jumps over what is behind the values: past the
		// refusal, or with not, onto it.
		over := len(refusal)
		if t.not {
			over = 1
		}
		for i, v := range t.values {
			prog = append(prog, jump(unix.BPF_JEQ, v, uint8(len(t.values)-i-1+over), 0))
		}
		if t.not {
			prog = append(prog, stmt(unix.BPF_JMP|unix.BPF_JA, uint32(len(refusal))))
		}
		prog = append(prog, refusal...)
	}
	return append(prog, ret(r.then))
}

func stmt(code uint16, k uint32) unix.SockFilter { return unix.SockFilter{Code: code, K: k} }

func jump(op uint16, k uint32, jt, jf uint8) unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_JMP | op | unix.BPF_K, Jt: jt, Jf: jf, K: k}
}

func ret(v Verdict) unix.SockFilter { return stmt(unix.BPF_RET|unix.BPF_K, uint32(v)) }
