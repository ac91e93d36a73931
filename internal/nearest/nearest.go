// Package nearest finds what somebody probably meant when a name is not known.
package nearest

import "strings"

// To returns the candidate that begins with name, if there is one, and else the
// one that takes the fewest edits (Levenshtein's) from it; the first of several.
func To(name string, candidates []string) (best string) {
	// Beyond this nobody meant anything, and the cost grows with the length.
	const longest = 128
	name = name[:min(len(name), longest)]
	least := -1
	for _, c := range candidates {
		if name != "" && strings.HasPrefix(c, name) {
			return c
		}
		if d := distance(name, c); least < 0 || d < least {
			best, least = c, d
		}
	}
	return best
}

func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
