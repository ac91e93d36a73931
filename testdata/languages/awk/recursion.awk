# A recursion without an end, whose result is needed.
function depth(n) {
    return 1 + depth(n + 1)
}

BEGIN { print depth(0) }
