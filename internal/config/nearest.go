package config

import (
	"slices"
	"strings"
)

// Nearest gives the candidate that a word was most likely meant to be, or nothing when none is near.
func Nearest(word string, candidates []string) string {
	best, least := "", min(max(len(word)/2, 1), 4)+1
	for _, candidate := range candidates {
		if len(word) > 2 && strings.HasPrefix(candidate, word) {
			return candidate
		}
		if d := distance(word, candidate); d < least {
			best, least = candidate, d
		}
	}
	return best
}

// distance counts the edits that turn one word into another: insert, delete, replace, swap two neighbours.
func distance(a, b string) int {
	before := make([]int, len(b)+1)
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		older := before
		before, row = row, slices.Clone(row)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(before[j]+1, row[j-1]+1, before[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], older[j-2]+1)
			}
		}
	}
	return row[len(b)]
}
