package source

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/internal/source/decode"
)

const pod = "{apiVersion: v1, kind: Pod, metadata: {name: p}}\n"

// files gives the files of the documents of a tree.
func files(tree *Tree) []string {
	var list []string
	for _, unit := range tree.Units {
		for _, doc := range unit.Documents {
			list = append(list, doc.File)
		}
	}
	return list
}

func TestGitIgnore(t *testing.T) {
	archive := `-- .git/HEAD --
x
-- .gitignore --
# comment
/rooted.yaml
*.gen.yaml
!keep.gen.yaml
build/
doc/**/x.yaml
a?.yaml
[bc]1.yaml
sub/file.yaml
\!bang.yaml
trailing.yaml   
-- k8s/.gitignore --
!b1.yaml
local.yaml
/here.yaml
-- k8s/deep/.gitignore --
*
!*.yaml
here.yaml
`
	for _, name := range []string{
		"rooted.yaml", "k8s/rooted.yaml", "k8s/x.gen.yaml", "k8s/keep.gen.yaml", "k8s/build/a.yaml", "k8s/build.yaml",
		"doc/a/b/x.yaml", "doc/x.yaml", "doc/a/y.yaml", "k8s/a1.yaml", "k8s/a12.yaml", "b1.yaml", "c1.yaml", "k8s/b1.yaml",
		"k8s/local.yaml", "local.yaml", "k8s/here.yaml", "k8s/deep/here.yaml", "k8s/deep/kept.yaml", "sub/file.yaml",
		"k8s/sub/file.yaml", "!bang.yaml", "trailing.yaml", ".hidden/p.yaml", "node_modules/p.yaml",
	} {
		archive += "-- " + name + " --\n" + pod
	}
	dir := write(t, archive)
	assert.Equal(t, []string{
		".hidden/p.yaml", "doc/a/y.yaml", "k8s/a12.yaml", "k8s/b1.yaml", "k8s/build.yaml", "k8s/deep/kept.yaml",
		"k8s/keep.gen.yaml", "k8s/rooted.yaml", "k8s/sub/file.yaml", "local.yaml",
	}, files(loadWith(t, dir, Options{})))
	assert.Equal(t, []string{"k8s/a12.yaml", "k8s/b1.yaml", "k8s/build.yaml", "k8s/deep/kept.yaml", "k8s/keep.gen.yaml", "k8s/rooted.yaml", "k8s/sub/file.yaml"},
		files(loadWith(t, dir, Options{Paths: []string{"k8s"}})))
	assert.Equal(t, []string{"k8s/build/a.yaml", "rooted.yaml"}, files(loadWith(t, dir, Options{Paths: []string{"k8s/build", "rooted.yaml"}})))
}

func TestGlobs(t *testing.T) {
	for glob, c := range map[string]struct{ yes, no []string }{
		"*.js":       {[]string{"a.js", ".js"}, []string{"a/b.js", "a.jsx"}},
		"**/a":       {[]string{"a", "x/a", "x/y/a"}, []string{"xa", "a/b"}},
		"a/**":       {[]string{"a/b", "a/b/c"}, []string{"a", "b/a/c"}},
		"a/**/b":     {[]string{"a/b", "a/x/b", "a/x/y/b"}, []string{"a/xb"}},
		"a[!b-c]d":   {[]string{"aad"}, []string{"abd", "acd", "a/d"}},
		"a[]]":       {[]string{"a]"}, []string{"a"}},
		"a[":         {[]string{"a["}, []string{"a"}},
		`a\*`:        {[]string{"a*"}, []string{"ab"}},
		"a.b+(c)|^$": {[]string{"a.b+(c)|^$"}, []string{"aXb"}},
		"ä?":         {[]string{"äö"}, []string{"ä"}},
		"x**y":       {[]string{"xzy"}, []string{"x/y"}},
	} {
		list := &ignorer{}
		list.add(ignorePattern{anchored: true}, glob)
		for _, name := range c.yes {
			assert.Equal(t, ignored, list.match(name, false), "%s %s", glob, name)
		}
		for _, name := range c.no {
			assert.Equal(t, unknown, list.match(name, false), "%s %s", glob, name)
		}
	}
}

func TestLinks(t *testing.T) {
	dir := write(t, "-- outside.yaml --\n"+pod+"-- root/real/a.yaml --\n"+pod+"-- root/real/text --\n"+pod)
	link := func(target, name string) {
		require.NoError(t, os.Symlink(target, filepath.Join(dir, "root", name)))
	}
	link("../outside.yaml", "outside.yaml")
	link("real/a.yaml", "again.yaml")
	link("real/text", "named.yaml")
	link(".", "loop")
	link("loop.yaml", "loop.yaml")
	link("gone.yaml", "dangling.yaml")
	link("/dev/zero", "endless.yaml")
	tree := loadWith(t, dir, Options{Paths: []string{"root"}})
	assert.Equal(t, []string{"root/named.yaml", "root/real/a.yaml"}, files(tree))
	assert.Empty(t, tree.Problems)
	tree = loadWith(t, dir, Options{Paths: []string{"root/outside.yaml", "root/loop.yaml"}})
	assert.Equal(t, []string{"root/outside.yaml"}, files(tree))
	assert.Equal(t, "problem root/loop.yaml: too many levels of symbolic links\n", describe(&Tree{Problems: tree.Problems}))
}

func TestFilesThatAreNoFiles(t *testing.T) {
	dir := write(t, "-- a.yaml --\n"+pod+"-- Dockerfile --\nFROM a\nCOPY . .\n")
	require.NoError(t, syscall.Mkfifo(filepath.Join(dir, "pipe.yaml"), 0o600))
	require.NoError(t, syscall.Mkfifo(filepath.Join(dir, "entrypoint.sh"), 0o600))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "package.json"), 0o700))
	done := make(chan *Tree, 1)
	go func() { done <- loadWith(t, dir, Options{Paths: []string{".", "pipe.yaml", "/dev/null"}}) }()
	select {
	case tree := <-done:
		assert.Equal(t, []string{"a.yaml", "Dockerfile"}, files(tree))
		assert.Equal(t, lines(`
			problem /dev/null: not a regular file
			problem pipe.yaml: not a regular file
		`), describe(&Tree{Problems: tree.Problems}))
	case <-time.After(10 * time.Second):
		t.Fatal("blocked on a pipe")
	}
}

func TestUnreadableFiles(t *testing.T) {
	dir := write(t, "-- a.yaml --\n"+pod+"-- b.yaml --\n"+pod+"-- sub/c.yaml --\n"+pod)
	require.NoError(t, os.Chmod(filepath.Join(dir, "a.yaml"), 0))
	require.NoError(t, os.Chmod(filepath.Join(dir, "sub"), 0))
	t.Cleanup(func() { _ = os.Chmod(filepath.Join(dir, "sub"), 0o700) })
	if os.Geteuid() == 0 {
		t.Skip("root reads everything")
	}
	tree := loadWith(t, dir, Options{})
	assert.Equal(t, []string{"b.yaml"}, files(tree))
	assert.Equal(t, "problem a.yaml: permission denied\nproblem sub: permission denied\n", describe(&Tree{Problems: tree.Problems}))
}

func TestLargeFiles(t *testing.T) {
	dir := write(t, "-- ok.yaml --\n"+pod)
	sparse := func(name, head string) {
		file, err := os.Create(filepath.Join(dir, name))
		require.NoError(t, err)
		_, err = file.WriteString(head)
		require.NoError(t, err)
		require.NoError(t, file.Truncate(200<<20))
		require.NoError(t, file.Close())
	}
	sparse("manifest.yaml", "apiVersion: v1\nkind: Pod\n")
	sparse("data.json", `{"a": 1}`)
	sparse("Dockerfile", "FROM a")
	sparse("package.json", "{}")
	start := time.Now()
	tree := loadWith(t, dir, Options{})
	assert.Less(t, time.Since(start), 5*time.Second)
	assert.Equal(t, lines(`
		unit . whole=true context=0
		  /Pod p ok.yaml:1
		problem Dockerfile: larger than the limit of 1 MiB
		problem manifest.yaml: larger than the limit of 16 MiB
		problem package.json: larger than the limit of 1 MiB
		notice data.json: not read, because it is larger than the limit of 16 MiB
	`), describe(tree))
	tree = loadWith(t, dir, Options{Paths: []string{"data.json"}})
	assert.Equal(t, "problem data.json: larger than the limit of 16 MiB\n", describe(tree))
}

func TestHostileTexts(t *testing.T) {
	bomb := "apiVersion: v1\nkind: Pod\na: &a [x,x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c < 'n'; c++ {
		bomb += string(c) + ": &" + string(c) + " [" + strings.TrimSuffix(strings.Repeat("*"+string(c-1)+",", 10), ",") + "]\n"
	}
	dir := write(t, "-- ok.yaml --\n"+pod)
	for name, text := range map[string]string{
		"bomb.yaml":           bomb,
		"brackets.yaml":       "apiVersion: v1\nkind: " + strings.Repeat("[", 200_000),
		"brackets.json":       `{"apiVersion": "v1", "kind": ` + strings.Repeat("[", 200_000),
		"utf8.yaml":           "apiVersion: v1\nkind: Pod\nname: \xff\xfe\n",
		"nul.yaml":            "apiVersion: v1\nkind: \x00\n",
		"utf16.yaml":          "\xff\xfea\x00p\x00",
		"pm2.config.js":       "module.exports = {apps: " + strings.Repeat("[", 100_000),
		"ecosystem.config.js": "for(;;){} module.exports = {apps: []}",
		"pm2.json":            strings.Repeat(`{"apps":`, 50_000),
		"Dockerfile":          "FROM a\nRUN " + strings.Repeat("x", 70_000) + "\n",
		"Dockerfile.long":     strings.Repeat("RUN x \\\n", 100_000),
		"supervisord.conf":    "[program:x]\n" + strings.Repeat("[", 100_000),
		"Procfile":            "\x00\xff" + strings.Repeat("a:", 100_000),
		"start.sh":            "#!/bin/sh\n\xff\x00",
		"package.json":        strings.Repeat(`{"a":`, 100_000),
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	start := time.Now()
	tree := loadWith(t, dir, Options{})
	assert.Less(t, time.Since(start), 20*time.Second)
	assert.Contains(t, files(tree), "ok.yaml")
	var broken []string
	for _, p := range tree.Problems {
		broken = append(broken, p.File)
		assert.NotEmpty(t, p.Msg)
		assert.Less(t, len(p.Msg), 200, p.File)
	}
	assert.Subset(t, broken, []string{"Dockerfile", "bomb.yaml", "brackets.json", "brackets.yaml", "nul.yaml", "package.json", "utf8.yaml"})
}

func TestHostileIgnoreFile(t *testing.T) {
	dir := write(t, "-- ok.yaml --\n"+pod+"-- .gitignore --\n"+strings.Repeat("a*", 10_000)+"\n[\n\\\n!\n/\n**\n!*.yaml\n!*/\n"+
		"-- Dockerfile --\nFROM a\nCOPY . .\n-- .dockerignore --\n"+strings.Repeat("a*", 10_000)+"\n[\n!\n..\n/\n")
	assert.Equal(t, []string{"ok.yaml"}, files(loadWith(t, dir, Options{})))
}

func TestWalkIsBounded(t *testing.T) {
	dir := write(t, "-- a.yaml --\n"+pod+"-- b/b.yaml --\n"+pod+"-- b/c/d/e/f.yaml --\n"+pod)
	tree := loadWith(t, dir, Options{Limits: Limits{Entries: 2}})
	assert.Equal(t, "problem .: more than 2 folder entries or 200000 files: give fewer folders\n", describe(&Tree{Problems: tree.Problems}))
	tree = loadWith(t, dir, Options{Limits: Limits{Depth: 2}})
	assert.Equal(t, []string{"a.yaml", "b/b.yaml"}, files(tree))
	assert.Equal(t, "problem b/c/d: folders nest deeper than 2 levels\n", describe(&Tree{Problems: tree.Problems}))
	tree = loadWith(t, dir, Options{Paths: []string{"a.yaml"}, Limits: Limits{Decode: decode.Limits{Depth: 1}}})
	require.Len(t, tree.Problems, 1)
}
