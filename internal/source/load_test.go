package source

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    spec:
      containers:
      - name: app
        image: shop/web:1
        command: ["node", "x.js"]
`

func TestLoad(t *testing.T) {
	for name, c := range map[string]struct {
		archive string
		paths   []string
		want    string
	}{
		"objects, streams and lists": {
			archive: "-- a/web.yaml --\n" + deployment + `---
# only a comment
---
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Service
  metadata: {name: one}
- apiVersion: v1
  kind: List
  items:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: two}}
-- list.json --
{"apiVersion": "apps/v1", "kind": "DeploymentList", "items": [
  {"metadata": {"name": "three"}},
  {"metadata": {"name": 4, "namespace": "n"}}
]}
-- crd.yml --
apiVersion: example.com/v1
kind: AllowList
metadata: {name: allow}
items: [{name: x}]
spec: {}
-- generated.yaml --
{apiVersion: batch/v1, kind: Job, metadata: {generateName: migrate-}}
`,
			want: `
				unit . whole=true context=0
				  apps/Deployment shop/web a/web.yaml:1
				  /Service one a/web.yaml:17
				  /ConfigMap two a/web.yaml:23
				  example.com/AllowList allow crd.yml:1
				  batch/Job migrate- generated.yaml:1
				  apps/Deployment three list.json:2
				  apps/Deployment n/4 list.json:3
			`,
		},
		"what is not for us is left alone": {
			archive: `-- .github/workflows/ci.yaml --
name: ci
on: push
jobs: {a: {runs-on: x, steps: [{run: pm2 reload all}]}}
-- playbook.yml --
- hosts: all
  tasks: [{name: x, command: pm2 start app.js}]
-- openapi.yaml --
openapi: 3.0.0
paths: {}
-- broken.yaml --
a: [
-- values.json --
{"image": "x", "services": {"a": 1}}
-- Dockerfile.dockerignore --
node_modules
-- dockerfile.go --
package dockerfile
-- README.md --
FROM nowhere
-- src/app.js --
module.exports = {apps: [{name: 'x', script: 'y'}]}
-- node_modules/x/Dockerfile --
FROM a
-- vendor/v.yaml --
{apiVersion: v1, kind: Pod, metadata: {name: v}}
`,
			want: "",
		},
		"broken manifests are problems and hide nothing": {
			archive: "-- a.yaml --\napiVersion: v1\nkind: Pod\nmetadata:\n  name: [\n-- b.yaml --\n" + deployment + `-- c.json --
{"apiVersion": "v1", "kind": "Pod",
  "metadata": {"name": "x" "y"}}
-- docker-compose.yml --
services:
	web: {}
-- package.json --
{"name": "x" "y"}
-- Dockerfile --
FROM a

ENV X
-- kustomization.yaml --
resources: [
-- ecosystem.config.js --
module.exports = {
  apps: [{script: 'a.js' 'b'}]
}
`,
			want: `
				unit . whole=true context=0
				  apps/Deployment shop/web b.yaml:1
				problem Dockerfile:3:1: ENV must have two arguments
				problem a.yaml:4:3: expected a value
				problem c.json:2:28: invalid character '"' after object key:value pair
				problem docker-compose.yml:2:1: tab used for indentation
				problem ecosystem.config.js:2:26: Unexpected string
				problem kustomization.yaml:1:1: expected a value
				problem package.json:1:14: invalid character '"' after object key:value pair
			`,
		},
		"templates are no manifests": {
			archive: `-- t/a.yaml --
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}
-- t/b.yaml --
{{- if .Values.x }}
apiVersion: v1
kind: Pod
{{- end }}
-- jinja.yml --
a: {{ b }} c
`,
			want: "notice t: 2 of the files are templates and not read: check what they render to\n",
		},
		"charts are left out with one notice": {
			archive: `-- deploy/chart/Chart.yaml --
apiVersion: v2
name: x
-- deploy/chart/values.yaml --
apiVersion: v1
kind: Pod
-- deploy/chart/templates/a.yaml --
apiVersion: v1
kind: Pod
metadata: {name: a}
-- deploy/chart/charts/sub/Chart.yaml --
name: sub
-- deploy/chart/charts/sub/templates/b.yaml --
{apiVersion: v1, kind: Pod, metadata: {name: b}}
-- deploy/chart/ci/pod.yaml --
{apiVersion: v1, kind: Pod, metadata: {name: ci}}
-- ecosystem.config.js --
module.exports = {apps: [{name: 'x', script: 'y'}]}
`,
			want: `
				unit . whole=true context=0
				  /Pod ci deploy/chart/ci/pod.yaml:1
				notice deploy/chart: a Helm chart, whose templates are not read: check what helm template prints
			`,
		},
		"a folder inside of a chart": {
			archive: "-- chart/Chart.yaml --\nname: x\n-- chart/templates/sub/a.yaml --\n{apiVersion: v1, kind: Pod, metadata: {name: a}}\n",
			paths:   []string{"chart/templates/sub"},
			want:    "notice chart: a Helm chart, whose templates are not read: check what helm template prints\n",
		},
		"single files share a unit that is not whole": {
			archive: "-- a.yaml --\n" + deployment + "-- b.yaml --\n{apiVersion: v1, kind: Service, metadata: {name: s}}\n-- c.yaml --\n{apiVersion: v1, kind: Pod}\n",
			paths:   []string{"b.yaml", "a.yaml", "b.yaml"},
			want: `
				unit . whole=false context=0
				  /Service s b.yaml:1
				  apps/Deployment shop/web a.yaml:1
			`,
		},
		"folders and files": {
			archive: "-- x/a.yaml --\n" + deployment + "-- y/b.yaml --\n{apiVersion: v1, kind: Service, metadata: {name: s}}\n",
			paths:   []string{"x", "y/b.yaml", "x/a.yaml"},
			want: `
				unit x whole=true context=0
				  apps/Deployment shop/web x/a.yaml:1
				unit . whole=false context=0
				  /Service s y/b.yaml:1
			`,
		},
		"paths that cannot be read and files that hold nothing": {
			archive: "-- notes.txt --\nhello\n-- values.yaml --\na: b\n-- broken.yaml --\na: [\n-- .hidden.conf --\nx=1\n",
			paths:   []string{"missing", "notes.txt", "values.yaml", "broken.yaml", ".hidden.conf"},
			want: `
				problem broken.yaml:1:1: expected a value
				problem missing: no such file or folder
				notice .hidden.conf: holds nothing to judge
				notice notes.txt: holds nothing to judge
				notice values.yaml: holds nothing to judge
			`,
		},
		"content tells what a file of any name is": {
			archive: "-- build/image --\n# c\nFROM node:20\nCMD [\"node\"]\n-- objects --\n" + deployment + "-- start --\n#!/bin/sh\nexec node x\n",
			paths:   []string{"build/image", "objects", "start"},
			want: `
				unit . whole=false context=0
				  apps/Deployment shop/web objects:1
				  onelayer.dev/Image build/image context=build assumedRefs=shop/web:1
			`,
		},
		"waivers": {
			archive: `-- a.yaml --
# onelayer:ignore process/x until=2030-01-01 owner=me -- first
apiVersion: v1
kind: Pod
metadata: {name: a} # onelayer:ignore y
-- Dockerfile --
FROM node
COPY start.sh ecosystem.config.js /
# onelayer:ignore z
# more
CMD ["./start.sh"]
-- start.sh --
#!/bin/sh
# onelayer:ignore s

exec pm2-runtime x # onelayer:ignore t
echo "onelayer:ignore no"
-- ecosystem.config.js --
module.exports = {apps: [
  // onelayer:ignore e
  {name: 'x', script: 'y'},
]}
`,
			want: `
				unit . whole=true context=0
				  /Pod a a.yaml:2
				  onelayer.dev/Image Dockerfile context=. files=ecosystem.config.js:ecosystem,start.sh:script
				comment Dockerfile:3 covers 3-5: onelayer:ignore z
				comment a.yaml:1 covers 1-4: onelayer:ignore process/x until=2030-01-01 owner=me -- first
				comment a.yaml:4 covers 4-4: onelayer:ignore y
				comment ecosystem.config.js:2 covers 2-3: onelayer:ignore e
				comment start.sh:2 covers 2-4: onelayer:ignore s
				comment start.sh:4 covers 4-4: onelayer:ignore t
			`,
		},
		"a process file stands alone where nothing else is": {
			archive: `-- app/ecosystem.config.js --
module.exports = {apps: [{name: 'x', script: 'y'}]}
-- app/package.json --
{"scripts": {"start": "pm2-runtime ecosystem.config.js"}}
-- supervisord.conf --
[program:web]
command=node x
-- vite.config.js --
export default {plugins: []}
`,
			want: `
				unit . whole=true context=0
				  onelayer.dev/Image app/ecosystem.config.js files=ecosystem.config.js:ecosystem,package.json:packageJSON
				  onelayer.dev/Image supervisord.conf files=app/ecosystem.config.js:ecosystem,app/package.json:packageJSON,supervisord.conf:supervisor
			`,
		},
		"a process file beside a manifest does not": {
			archive: "-- a.yaml --\n" + deployment + "-- ecosystem.config.js --\nmodule.exports = {apps: [{name: 'x', script: 'y'}]}\n",
			want: `
				unit . whole=true context=0
				  apps/Deployment shop/web a.yaml:1
			`,
		},
		"process files of every notation": {
			archive: `-- pm2.json --
{apps: [{name: 'a', script: 'b'}], /* c */}
-- process.yml --
apps:
- {name: a, script: b}
-- config/any.yaml --
apps: {name: a, script: b}
-- config/plain.json --
{"apps": [{"name": "a", "exec": "b"}]}
-- single.json --
{"name": "a", "script": "b", "instances": 2}
-- processing_log.json --
{"apps": ["a"]}
-- Procfile --
web: node x
worker: node y
`,
			want: `
				unit . whole=true context=0
				  onelayer.dev/Image Procfile files=Procfile:procfile,config/any.yaml:ecosystem,config/plain.json:ecosystem,pm2.json:ecosystem,process.yml:ecosystem,single.json:ecosystem
				  onelayer.dev/Image config/any.yaml files=any.yaml:ecosystem,plain.json:ecosystem
				  onelayer.dev/Image config/plain.json files=any.yaml:ecosystem,plain.json:ecosystem
				  onelayer.dev/Image pm2.json files=Procfile:procfile,config/any.yaml:ecosystem,config/plain.json:ecosystem,pm2.json:ecosystem,process.yml:ecosystem,single.json:ecosystem
				  onelayer.dev/Image process.yml files=Procfile:procfile,config/any.yaml:ecosystem,config/plain.json:ecosystem,pm2.json:ecosystem,process.yml:ecosystem,single.json:ecosystem
				  onelayer.dev/Image single.json files=Procfile:procfile,config/any.yaml:ecosystem,config/plain.json:ecosystem,pm2.json:ecosystem,process.yml:ecosystem,single.json:ecosystem
			`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			want := ""
			if c.want != "" {
				want = lines(c.want)
			}
			assert.Equal(t, want, describe(load(t, c.archive, c.paths...)))
		})
	}
}

func TestLoadStandardInput(t *testing.T) {
	for name, c := range map[string]struct{ filename, text, want string }{
		"yaml":       {"", deployment, "unit . whole=false context=0\n  apps/Deployment shop/web -:1\n"},
		"json":       {"", `{"apiVersion":"v1","kind":"Pod"}`, "unit . whole=false context=0\n  /Pod  -:1\n"},
		"dockerfile": {"", "FROM node\nCMD x\n", "unit . whole=false context=0\n  onelayer.dev/Image - context=.\n"},
		"named":      {"k8s/a.yaml", deployment, "unit . whole=false context=0\n  apps/Deployment shop/web k8s/a.yaml:1\n"},
		"ecosystem":  {"ecosystem.config.js", "module.exports = {apps: [{script: 'x', name: 'y'}]}", "unit . whole=false context=0\n  onelayer.dev/Image ecosystem.config.js files=ecosystem.config.js:ecosystem\n"},
		"broken":     {"", "apiVersion: v1\nkind: [", "problem -:2:1: expected a value\n"},
		"empty":      {"", "", "notice -: holds nothing to judge\n"},
		"unknown":    {"", "hello", "notice -: holds nothing to judge\n"},
	} {
		t.Run(name, func(t *testing.T) {
			tree := loadWith(t, t.TempDir(), Options{Paths: []string{"-"}, Stdin: strings.NewReader(c.text), StdinFilename: c.filename})
			assert.Equal(t, c.want, describe(tree))
		})
	}
	t.Run("none", func(t *testing.T) {
		tree := loadWith(t, t.TempDir(), Options{Paths: []string{"-"}})
		assert.Equal(t, "problem -: there is no standard input\n", describe(tree))
	})
	t.Run("too large", func(t *testing.T) {
		tree := loadWith(t, t.TempDir(), Options{Paths: []string{"-"}, Stdin: strings.NewReader(strings.Repeat("a", 2000)), Limits: Limits{Stdin: 1024}})
		assert.Equal(t, "problem -: larger than the limit of 1 KiB\n", describe(tree))
	})
}

func TestLoadPositions(t *testing.T) {
	tree := load(t, `-- a.yaml --
apiVersion: v1
kind: List
items:
- apiVersion: apps/v1
  kind: Deployment
  metadata: {name: a}
  spec:
    replicas: 3
-- compose.yaml --
services:
  web:
    image: x
    command: [a, b]
`)
	assert.Equal(t, "a.yaml:8:15-16", place(documentOf(t, tree, "apps/Deployment", "a").Locate(Path{"spec", "replicas"})))
	assert.Equal(t, "a.yaml:4:3-0", place(documentOf(t, tree, "apps/Deployment", "a").Locate(nil)))
	compose := documentOf(t, tree, "onelayer.dev/Compose", "compose-yaml")
	assert.Equal(t, "compose.yaml:4:18-19", place(compose.Locate(Path{"spec", "services", "web", "command", 1})))
	assert.Equal(t, "compose.yaml:1:1-0", place(compose.Locate(Path{"metadata", "name"})))
	assert.Contains(t, string(compose.Raw), "services")
}

func TestLoadWholeAndRecognised(t *testing.T) {
	dir := write(t, "-- a.yaml --\n"+deployment+"-- b.yaml --\nx: y\n-- Dockerfile --\nFROM x\n")
	yes, no := true, false
	assert.True(t, loadWith(t, dir, Options{Paths: []string{"a.yaml"}, Whole: &yes}).Units[0].Whole)
	tree := loadWith(t, dir, Options{Whole: &no})
	assert.False(t, tree.Units[0].Whole)
	assert.Equal(t, 2, tree.Recognised)
	assert.Zero(t, loadWith(t, dir, Options{Paths: []string{"b.yaml"}}).Recognised)
}

func TestLoadTellsProgressAndStops(t *testing.T) {
	dir := write(t, "-- a.yaml --\n"+deployment+"-- b.yaml --\n"+deployment)
	var done []int
	loadWith(t, dir, Options{Progress: func(n, total int) { done = append(done, n, total) }})
	assert.Equal(t, []int{1, 2, 2, 2}, done)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Load(ctx, Options{Paths: []string{"."}, WorkDir: dir})
	assert.ErrorIs(t, err, context.Canceled)
}

func TestNamesOfFiles(t *testing.T) {
	dir := write(t, "-- k8s/a.yaml --\n"+deployment+"-- other/x --\n")
	other := filepath.Join(dir, "other")
	file := func(options Options) string {
		tree, err := Load(t.Context(), options)
		require.NoError(t, err)
		require.Len(t, tree.Units, 1)
		return tree.Units[0].Documents[0].File
	}
	assert.Equal(t, "k8s/a.yaml", file(Options{WorkDir: dir, Paths: []string{dir}}))
	assert.Equal(t, "../k8s/a.yaml", file(Options{WorkDir: other, Paths: []string{"../k8s"}}))
	assert.Equal(t, filepath.ToSlash(dir)+"/k8s/a.yaml", file(Options{WorkDir: other, Paths: []string{dir}}))
	assert.Equal(t, "a.yaml", file(Options{WorkDir: filepath.Join(dir, "k8s"), Paths: []string{"./a.yaml"}}))
}
