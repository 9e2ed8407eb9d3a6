package source

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestUnits(t *testing.T) {
	for name, c := range map[string]struct {
		archive string
		paths   []string
		want    string
	}{
		"kustomizations that refer to each other are one unit": {
			archive: `-- base/kustomization.yaml --
resources: [web.yaml, ../shared/config.yaml]
-- base/web.yaml --
` + deployment + `-- base/unlisted.yaml --
{apiVersion: v1, kind: Service, metadata: {name: unlisted}}
-- shared/config.yaml --
{apiVersion: v1, kind: ConfigMap, metadata: {name: config}}
-- overlays/prod/kustomization.yml --
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
bases: [../../base]
patches:
- path: patch.yaml
- patch: |
    inline
patchesStrategicMerge: [merge.yaml]
images: [{name: shop/web, newName: registry/shop/web}]
-- overlays/prod/patch.yaml --
{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}}
-- overlays/prod/merge.yaml --
{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}}
-- other/Kustomization --
resources: [svc.yaml, "https://example.com/x.yaml"]
-- other/svc.yaml --
{apiVersion: v1, kind: Service, metadata: {name: other}}
-- third/kustomization.yaml --
resources: [../other/svc.yaml]
-- flux/kustomization.yaml --
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: flux}
-- compose.yaml --
services: {web: {build: ., image: registry/shop/web}}
-- Dockerfile --
FROM node
CMD ["node"]
`,
			want: `
				unit base whole=true context=1
				  apps/Deployment shop/web base/web.yaml:1
				  apps/Deployment web overlays/prod/merge.yaml:1 patch
				  apps/Deployment web overlays/prod/patch.yaml:1 patch
				  /ConfigMap config shared/config.yaml:1
				unit other whole=false context=1
				  /Service other other/svc.yaml:1
				unit . whole=true context=5
				  /Service unlisted base/unlisted.yaml:1
				  kustomize.toolkit.fluxcd.io/Kustomization flux flux/kustomization.yaml:1
				  onelayer.dev/Compose compose-yaml compose.yaml:1
				  onelayer.dev/Image Dockerfile context=. refs=registry/shop/web,compose.onelayer.dev/compose-yaml/web,shop/web:1
			`,
		},
		"an overlay alone is not whole": {
			archive: "-- base/kustomization.yaml --\nresources: [web.yaml]\n-- base/web.yaml --\n" + deployment +
				"-- overlays/prod/kustomization.yaml --\nresources: [../../base, svc.yaml]\n-- overlays/prod/svc.yaml --\n{apiVersion: v1, kind: Service, metadata: {name: s}}\n",
			paths: []string{"overlays/prod"},
			want: `
				unit overlays/prod whole=false context=0
				  /Service s overlays/prod/svc.yaml:1
			`,
		},
		"process files that workloads mount": {
			archive: `-- a.yaml --
apiVersion: v1
kind: ConfigMap
metadata: {name: pm2, namespace: shop}
data:
  note.txt: "apps script"
  pm2.json: |
    {"apps": [{"name": "a", "script": "b"}]}
  vite.config.js: |
    module.exports = {plugins: []}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: dead}
data:
  pm2.json: '{"apps": [{"script": "b"}]}'
  ecosystem.config.js: "module.exports = {apps: [{name: 'a', script: 'b'}]}"
---
apiVersion: v1
kind: ConfigMap
metadata: {name: pm2, namespace: elsewhere}
data:
  pm2.json: '{"apps": [{"script": "b"}]}'
---
apiVersion: v1
kind: ConfigMap
metadata: {name: super}
data:
  supervisord.conf: |
    [program:x]
    command=node x
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    spec:
      volumes:
      - {name: c, configMap: {name: pm2}}
      - {name: d, projected: {sources: [{configMap: {name: super}}]}}
      containers: [{name: app, image: redis}]
`,
			want: `
				unit . whole=true context=0
				  /ConfigMap shop/pm2 a.yaml:1
				  /ConfigMap dead a.yaml:11
				  /ConfigMap elsewhere/pm2 a.yaml:18
				  /ConfigMap super a.yaml:24
				  apps/Deployment shop/web a.yaml:32
				  onelayer.dev/Image a.yaml#pm2.json files=pm2.json:ecosystem
				  onelayer.dev/Image a.yaml#ecosystem.config.js files=ecosystem.config.js:ecosystem
				  onelayer.dev/Image a.yaml#supervisord.conf files=supervisord.conf:supervisor
			`,
		},
		"process files that a kustomization generates": {
			archive: `-- k/kustomization.yaml --
resources: [web.yaml]
configMapGenerator:
- name: pm2
  files: [ecosystem.config.js, renamed.json=conf/pm2.json, notes.txt]
- name: dead
  files: [dead.json]
-- k/ecosystem.config.js --
module.exports = {apps: [{name: 'a', script: 'b'}]}
-- k/conf/pm2.json --
{"apps": [{"script": "b"}]}
-- k/dead.json --
{"apps": [{"script": "b"}]}
-- k/notes.txt --
apps script
-- k/web.yaml --
apiVersion: v1
kind: Pod
metadata: {name: p}
spec: {containers: [{name: a, envFrom: [{configMapRef: {name: pm2}}]}]}
`,
			want: `
				unit k whole=true context=0
				  /Pod p k/web.yaml:1
				  onelayer.dev/Image k/ecosystem.config.js files=ecosystem.config.js:ecosystem
				  onelayer.dev/Image k/conf/pm2.json#renamed.json files=renamed.json:ecosystem
			`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, lines(c.want), describe(load(t, c.archive, c.paths...)))
		})
	}
}

func TestConfigMapPlaces(t *testing.T) {
	tree := load(t, `-- a.yaml --
kind: Pod
apiVersion: v1
spec:
  containers: [{name: a, env: [{name: x, valueFrom: {configMapKeyRef: {name: pm2, key: x}}}]}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: pm2}
data:
  pm2.config.js: |

    module.exports = {
      apps: [{
        name: 'a',
        script: 'b',
      }],
    }
  pm2.json: "{\"apps\": [{\"script\": \"b\"}]}"
`)
	require.Len(t, tree.Units, 1)
	docs := tree.Units[0].Documents
	require.Len(t, docs, 4, describe(tree))
	assert.Equal(t, "a.yaml:15:17-20", place(docs[2].Locate(Path{"spec", "files", "pm2.config.js", "ecosystem", "apps", 0, "script"})))
	assert.Equal(t, "a.yaml:10:18-0", place(docs[2].Locate(nil)))
	assert.Equal(t, "a.yaml:18:13-48", place(docs[3].Locate(Path{"spec", "files", "pm2.json", "ecosystem", "apps", 0, "script"})))
	assert.Equal(t, `{"pm2.json": {"ecosystem": {"apps": [{"script": "b"}]}}}`, valueOf(t, docs[3], "spec", "files"))
}

func TestContextsHoldWhatOthersJudge(t *testing.T) {
	tree := load(t, "-- k/kustomization.yaml --\nresources: [web.yaml]\n-- k/web.yaml --\n"+deployment+"-- Dockerfile --\nFROM a\n")
	require.Len(t, tree.Units, 2)
	inner, outer := tree.Units[0], tree.Units[1]
	assert.Equal(t, outer.Documents, inner.Context)
	assert.Equal(t, inner.Documents, outer.Context)
	assert.Equal(t, `["shop/web:1"]`, valueOf(t, inner.Context[0], "spec", "assumedRefs"))
}
