package embedded

// matches reports whether text matches a glob pattern of Redis: * ? [a-c]
// [^a] and \ before a character that stands for itself.
//
// A star is tried at its latest place only: if the rest does not match behind
// it there, no earlier star can help. So the time is at most the product of
// the lengths.
func matches(pattern, text string) bool {
	star, mark := -1, 0 // behind the last star; where its match is tried to end
	p, t := 0, 0
	for t < len(text) {
		if p < len(pattern) && pattern[p] == '*' {
			p++
			star, mark = p, t
			continue
		}
		if p < len(pattern) {
			if width, ok := matchOne(pattern[p:], text[t]); ok {
				p += width
				t++
				continue
			}
		}
		if star < 0 {
			return false
		}
		mark++
		p, t = star, mark
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}

// matchOne compares c with the first element of pattern, which is width bytes
// wide.
func matchOne(pattern string, c byte) (width int, ok bool) {
	switch {
	case pattern[0] == '?':
		return 1, true
	case pattern[0] == '[':
		return matchClass(pattern, c)
	case pattern[0] == '\\' && len(pattern) > 1:
		return 2, pattern[1] == c
	default:
		return 1, pattern[0] == c
	}
}

// matchClass compares c with a class such as [a-c] or [^x]; one that is not
// closed ends with the pattern.
func matchClass(pattern string, c byte) (width int, ok bool) {
	i, negated := 1, false
	if i < len(pattern) && pattern[i] == '^' {
		i, negated = i+1, true
	}
	found := false
	for ; i < len(pattern) && pattern[i] != ']'; i++ {
		low, high := pattern[i], pattern[i]
		switch {
		case low == '\\' && i+1 < len(pattern):
			i++
			low, high = pattern[i], pattern[i]
		case i+2 < len(pattern) && pattern[i+1] == '-':
			i += 2
			high = pattern[i]
		}
		if low > high {
			low, high = high, low
		}
		found = found || low <= c && c <= high
	}
	return min(i+1, len(pattern)), found != negated
}
