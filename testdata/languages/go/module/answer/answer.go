package answer

import "strconv"

func Text() string {
	return strconv.Itoa(42)
}
