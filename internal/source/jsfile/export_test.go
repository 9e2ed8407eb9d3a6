package jsfile

// Unguarded is Read without its last resort, so that tests see panics.
var Unguarded = read
