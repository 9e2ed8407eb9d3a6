package source

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const node = `FROM node:20
WORKDIR /app
COPY package*.json ./
RUN npm ci
COPY . .
CMD ["npm", "start"]
`

func TestImages(t *testing.T) {
	for name, c := range map[string]struct {
		archive string
		paths   []string
		images  []ConfigImage
		want    string
	}{
		"files that instructions bring": {
			archive: "-- Dockerfile --\n" + `FROM node AS build
COPY --from=other /x/ecosystem.config.js /
COPY ["package.json", "./conf/", "/app/"]
COPY docker/start other/tool https://example.com/x.sh /usr/local/bin/
COPY <<EOT /x.sh
echo
EOT
ADD services/*/run /etc/service/
ENTRYPOINT ["/usr/local/bin/start"]
RUN node conf/make.js
` + `-- package.json --
{}
-- conf/supervisord.conf --
[supervisord]
-- conf/php.ini --
[PHP]
-- conf/deep/pm2.json --
{"apps": [{"script": "x"}]}
-- conf/make.js --
module.exports = {apps: [{name: 'a', script: 'b'}]}
-- conf/unnamed.js --
module.exports = {apps: [{name: 'a', script: 'b'}]}
-- conf/node_modules/x/package.json --
{}
-- docker/start --
exec node x
-- other/tool --
binary
-- ecosystem.config.js --
module.exports = {apps: [{name: 'a', script: 'b'}]}
-- services/web/run --
#!/bin/sh
exec x
-- services/web/finish --
#!/bin/sh
`,
			want: `
				unit . whole=true context=0
				  onelayer.dev/Image Dockerfile context=. files=conf/deep/pm2.json:ecosystem,conf/make.js:ecosystem,conf/supervisord.conf:supervisor,docker/start:script,package.json:packageJSON,services/web/run:script
			`,
		},
		"ignore files of the builder": {
			archive: "-- Dockerfile --\n" + node + `-- .dockerignore --
# all but
**/*.sh
!keep/*.sh
secret
/api/package.json
-- Other.Dockerfile --
FROM node
COPY . .
-- Other.Dockerfile.dockerignore --
*
!package.json
-- package.json --
{}
-- api/package.json --
{}
-- a.sh --
x
-- keep/b.sh --
x
-- secret/pm2.json --
{"apps": [{"script": "x"}]}
`,
			want: `
				unit . whole=true context=0
				  onelayer.dev/Image Dockerfile context=. files=keep/b.sh:script,package.json:packageJSON
				  onelayer.dev/Image Other.Dockerfile context=. files=package.json:packageJSON
			`,
		},
		"the context is the folder that holds what is copied": {
			archive: "-- .git/HEAD --\nx\n-- package.json --\n{}\n-- docker/Dockerfile --\n" + node +
				"-- services/api/Dockerfile --\nFROM node\nCOPY src ./\n-- services/api/src/package.json --\n{}\n" +
				"-- services/web/Dockerfile --\nFROM node\nCOPY services/web ./\nCOPY missing .\n-- services/web/package.json --\n{}\n" +
				"-- services/none/Dockerfile --\nFROM node\nCOPY nowhere .\n",
			paths: []string{"docker", "services"},
			want: `
				unit docker whole=true context=0
				  onelayer.dev/Image docker/Dockerfile context=. files=package.json:packageJSON,services/api/src/package.json:packageJSON,services/web/package.json:packageJSON
				unit services whole=true context=0
				  onelayer.dev/Image services/api/Dockerfile context=services/api files=src/package.json:packageJSON
				  onelayer.dev/Image services/none/Dockerfile context=services/none
				  onelayer.dev/Image services/web/Dockerfile context=. files=services/web/package.json:packageJSON
			`,
		},
		"nothing outside of what was given is read without a repository": {
			archive: "-- package.json --\n{}\n-- docker/Dockerfile --\n" + node,
			paths:   []string{"docker"},
			want: `
				unit docker whole=true context=0
				  onelayer.dev/Image docker/Dockerfile context=.
			`,
		},
		"a file alone is read with its context": {
			archive: "-- package.json --\n{}\n-- docker/Dockerfile --\n" + node,
			paths:   []string{"docker/Dockerfile"},
			want: `
				unit . whole=false context=0
				  onelayer.dev/Image docker/Dockerfile context=. files=package.json:packageJSON
			`,
		},
		"compose": {
			archive: `-- docker-compose.yml --
services:
  api:
    image: shop/api:1
    build: {context: ./api, dockerfile: "${FILE:-build/Dockerfile}", target: Prod}
  worker:
    build: {context: ./api, dockerfile: build/Dockerfile, target: worker}
  web:
    build: web
  again:
    image: shop/web
    build: ./web
  remote:
    build: https://github.com/x/y.git
  db:
    image: postgres
-- api/build/Dockerfile --
FROM node AS base
FROM base AS worker
COPY package.json .
FROM base AS prod
-- api/package.json --
{}
-- web/Dockerfile --
FROM node
`,
			want: `
				unit . whole=true context=0
				  onelayer.dev/Compose docker-compose-yml docker-compose.yml:1
				  onelayer.dev/Image api/build/Dockerfile context=api target=prod refs=shop/api:1,compose.onelayer.dev/docker-compose-yml/api files=package.json:packageJSON
				  onelayer.dev/Image api/build/Dockerfile context=api target=worker refs=compose.onelayer.dev/docker-compose-yml/worker files=package.json:packageJSON
				  onelayer.dev/Image web/Dockerfile context=web refs=shop/web,compose.onelayer.dev/docker-compose-yml/again,compose.onelayer.dev/docker-compose-yml/web
			`,
		},
		"a compose file alone brings its Dockerfiles": {
			archive: "-- sub/compose.yaml --\nservices:\n  web: {build: ..}\n-- Dockerfile --\nFROM node\nCMD x\n",
			paths:   []string{"sub/compose.yaml"},
			want: `
				unit . whole=false context=0
				  onelayer.dev/Compose sub-compose-yaml sub/compose.yaml:1
				  onelayer.dev/Image Dockerfile context=. refs=compose.onelayer.dev/sub-compose-yaml/web
			`,
		},
		"one Dockerfile for two contexts": {
			archive: "-- compose.yaml --\nservices:\n  a: {build: {context: a, dockerfile: ../Dockerfile}}\n  b: {build: {context: b, dockerfile: ../Dockerfile}}\n" +
				"-- Dockerfile --\nFROM node\nCOPY . .\n-- a/package.json --\n{}\n-- b/start.sh --\nx\n",
			want: `
				unit . whole=true context=0
				  onelayer.dev/Compose compose-yaml compose.yaml:1
				  onelayer.dev/Image Dockerfile context=a refs=compose.onelayer.dev/compose-yaml/a files=package.json:packageJSON
				  onelayer.dev/Image Dockerfile context=b refs=compose.onelayer.dev/compose-yaml/b files=start.sh:script
			`,
		},
		"only a target is built": {
			archive: "-- compose.yaml --\nservices:\n  a: {build: {context: ., target: dev}}\n-- Dockerfile --\nFROM node AS dev\nFROM node\n",
			want: `
				unit . whole=true context=0
				  onelayer.dev/Compose compose-yaml compose.yaml:1
				  onelayer.dev/Image Dockerfile context=. target=dev refs=compose.onelayer.dev/compose-yaml/a
				  onelayer.dev/Image Dockerfile context=.
			`,
		},
		"skaffold, bake and development containers": {
			archive: `-- skaffold.yaml --
apiVersion: skaffold/v4beta1
kind: Config
build:
  artifacts:
  - {image: shop/api, context: api, docker: {dockerfile: D.dockerfile, target: x}}
  - {image: shop/jib, jib: {}}
profiles:
- name: p
  build: {artifacts: [{image: shop/web, context: web}]}
-- api/D.dockerfile --
FROM a AS x
FROM b
-- web/Dockerfile --
FROM a
-- docker-bake.hcl --
variable "TAG" { default = "1.0" }
target "base" { # comment
  context = "bake"
  args = {
    context = "no"
  }
}
target "app" {
  inherits = ["base"]
  dockerfile = "App.dockerfile"
  tags = [
    "shop/app:${TAG}", // one
    "shop/app:latest",
  ]
}
target "inline" {
  dockerfile-inline = <<T
FROM x
T
}
-- bake/App.dockerfile --
FROM a
-- docker-bake.json --
{"variable": {"T": {"default": "2"}}, "target": {"j": {"context": "json", "tags": ["shop/j:${T}", "x:${UNKNOWN}"]}}}
-- json/Dockerfile --
FROM a
-- .devcontainer/devcontainer.json --
{"build": {"dockerfile": "Dockerfile", "context": ".."}} // comment
-- .devcontainer/Dockerfile --
FROM a
`,
			want: `
				unit . whole=true context=0
				  onelayer.dev/Image .devcontainer/Dockerfile context=.
				  onelayer.dev/Image api/D.dockerfile context=api target=x refs=shop/api
				  onelayer.dev/Image api/D.dockerfile context=api
				  onelayer.dev/Image bake/App.dockerfile context=bake refs=shop/app:1.0,shop/app:latest
				  onelayer.dev/Image json/Dockerfile context=json refs=shop/j:2
				  onelayer.dev/Image web/Dockerfile context=web refs=shop/web
			`,
		},
		"references of the configuration stand for all tags": {
			archive: "-- Dockerfile --\nFROM a\n-- a/Dockerfile --\nFROM a\n-- web.yaml --\n" + deployment,
			images:  []ConfigImage{{Dockerfile: "./a/Dockerfile", Refs: []string{"shop/web"}}},
			want: `
				unit . whole=true context=0
				  apps/Deployment shop/web web.yaml:1
				  onelayer.dev/Image Dockerfile context=.
				  onelayer.dev/Image a/Dockerfile context=a refs=shop/web,shop/web:1
			`,
		},
		"another tag is assumed to be the same image": {
			archive: "-- compose.yaml --\nservices: {a: {image: 'shop/web:dev', build: .}}\n-- Dockerfile --\nFROM a\n-- web.yaml --\n" + deployment,
			want: `
				unit . whole=true context=0
				  apps/Deployment shop/web web.yaml:1
				  onelayer.dev/Compose compose-yaml compose.yaml:1
				  onelayer.dev/Image Dockerfile context=. refs=shop/web:dev,compose.onelayer.dev/compose-yaml/a assumedRefs=shop/web:1
			`,
		},
		"the only Dockerfile and the only image": {
			archive: "-- Dockerfile --\nFROM a\n-- Dockerfile.dev --\nFROM a\n-- web.yaml --\n" + deployment + "      - {name: cache, image: redis:7}\n      initContainers: [{name: i, image: a}]\n",
			want: `
				unit . whole=true context=0
				  apps/Deployment shop/web web.yaml:1
				  onelayer.dev/Image Dockerfile context=. assumedRefs=shop/web:1
				  onelayer.dev/Image Dockerfile.dev context=.
			`,
		},
		"two Dockerfiles and two images": {
			archive: "-- web/Dockerfile --\nFROM a\n-- api/docker/Dockerfile --\nFROM a\n-- Dockerfile.job --\nFROM a\n-- web.yaml --\n" + deployment +
				"      - {name: x, image: shop/api}\n      - {name: x, image: shop/job:3}\n      - {name: x, image: shop/other}\n",
			want: `
				unit . whole=true context=0
				  apps/Deployment shop/web web.yaml:1
				  onelayer.dev/Image Dockerfile.job context=. assumedRefs=shop/job:3
				  onelayer.dev/Image api/docker/Dockerfile context=api/docker assumedRefs=shop/api
				  onelayer.dev/Image web/Dockerfile context=web assumedRefs=shop/web:1
			`,
		},
		"what a tool calls otherwise is not assumed": {
			archive: "-- compose.yaml --\nservices: {a: {image: 'shop/other', build: .}}\n-- Dockerfile --\nFROM a\n-- web.yaml --\n" + deployment,
			want: `
				unit . whole=true context=0
				  apps/Deployment shop/web web.yaml:1
				  onelayer.dev/Compose compose-yaml compose.yaml:1
				  onelayer.dev/Image Dockerfile context=. refs=shop/other,compose.onelayer.dev/compose-yaml/a
			`,
		},
		"variables in what is copied": {
			archive: "-- Dockerfile --\nARG APP=api\nFROM a\nENV CONF=\"conf\"\nCOPY ${APP}/start.sh $CONF ${MISSING:-extra} ${UNKNOWN}/stop.sh ./\n" +
				"-- api/start.sh --\nx\n-- conf/supervisord.conf --\n[supervisord]\n-- extra/pm2.yml --\napps: [{script: x}]\n" +
				"-- any/stop.sh --\nx\n-- web/start.sh --\nx\n",
			want: `
				unit . whole=true context=0
				  onelayer.dev/Image Dockerfile context=. files=any/stop.sh:script,api/start.sh:script,conf/supervisord.conf:supervisor,extra/pm2.yml:ecosystem
			`,
		},
		"files of an image that are broken": {
			archive: "-- .git/HEAD --\nx\n-- app/Dockerfile --\nFROM a\nCOPY . .\n-- app/package.json --\n[]\n-- app/pm2.json --\n{apps: [{script: 'x' 'y'}]}\n-- app/app.json --\n{apps: [{script: 'x'}\n",
			paths:   []string{"app/Dockerfile"},
			want: `
				unit . whole=false context=0
				  onelayer.dev/Image app/Dockerfile context=app
				problem app/package.json:1:1: package.json is not an object
				problem app/pm2.json:1:22: Unexpected string
			`,
		},
		"a Dockerfile in development and in production": {
			archive: "-- .devcontainer/devcontainer.json --\n{\"dockerFile\": \"../Dockerfile\", /* c */ \"context\": \"..\", }\n-- Dockerfile --\nFROM a\n-- web.yaml --\n" + deployment,
			want: `
				unit . whole=true context=0
				  apps/Deployment shop/web web.yaml:1
				  onelayer.dev/Image Dockerfile context=. assumedRefs=shop/web:1
			`,
		},
		"a compose file whose Dockerfile is missing leaves process files alone": {
			archive: "-- compose.yaml --\nservices: {a: {build: .}}\n-- pm2.json --\n{\"apps\": [{\"script\": \"x\"}]}\n",
			want: `
				unit . whole=true context=0
				  onelayer.dev/Compose compose-yaml compose.yaml:1
				  onelayer.dev/Image pm2.json files=pm2.json:ecosystem
			`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			tree := loadWith(t, write(t, c.archive), Options{Paths: c.paths, Images: c.images})
			assert.Equal(t, lines(c.want), describe(tree))
		})
	}
}

func TestImageValueAndPlaces(t *testing.T) {
	tree := load(t, `-- svc/Dockerfile --
FROM node:20 AS build
ARG TAG=1
ENV NODE_ENV=production API_TOKEN=abc OTHER=x APP=main.js PORT=80
COPY app/start.sh app/ecosystem.config.js /
ENTRYPOINT ["/start.sh", "$APP"]
RUN <<E
  echo
E
-- svc/app/start.sh --
#!/bin/sh

  exec pm2-runtime x
-- svc/app/ecosystem.config.js --
module.exports = {
  apps: [{name: 'a', script: 'b'}]
}
`)
	image := documentOf(t, tree, "onelayer.dev/Image", "")
	assert.Equal(t, `[`+
		`{"cmd": "from", "flags": [], "heredocs": [], "json": false, "stage": 0, "sub": "", "value": ["node:20", "AS", "build"]}, `+
		`{"cmd": "arg", "flags": [], "heredocs": [], "json": false, "stage": 0, "sub": "", "value": ["TAG=***"]}, `+
		`{"cmd": "env", "flags": [], "heredocs": [], "json": false, "stage": 0, "sub": "", "value": ["NODE_ENV", "production", "=", "API_TOKEN", "***", "=", "OTHER", "***", "=", "APP", "main.js", "=", "PORT", "80", "="]}, `+
		`{"cmd": "copy", "flags": [], "heredocs": [], "json": false, "stage": 0, "sub": "", "value": ["app/start.sh", "app/ecosystem.config.js", "/"]}, `+
		`{"cmd": "entrypoint", "flags": [], "heredocs": [], "json": true, "stage": 0, "sub": "", "value": ["/start.sh", "$APP"]}, `+
		`{"cmd": "run", "flags": [], "heredocs": [{"content": "  echo\n", "expand": true, "name": "E"}], "json": false, "stage": 0, "sub": "", "value": ["<<E"]}`+
		`]`, valueOf(t, image, "spec", "dockerfile"))
	assert.Equal(t, `{"annotations": {"onelayer.dev/source": "svc/Dockerfile"}, "name": "svc-dockerfile-9d0b429b"}`, valueOf(t, image, "metadata"))
	for want, path := range map[string]Path{
		"svc/Dockerfile:1:1-0":                nil,
		"svc/Dockerfile:5:26-32":              {"spec", "dockerfile", 4, "value", 1},
		"svc/Dockerfile:5:1-0":                {"spec", "dockerfile", 4},
		"svc/Dockerfile:7:1-0":                {"spec", "dockerfile", 5, "heredocs", 0, "content"},
		"svc/app/start.sh:3:3-21":             {"spec", "files", "app/start.sh", "script", 2},
		"svc/app/ecosystem.config.js:2:30-33": {"spec", "files", "app/ecosystem.config.js", "ecosystem", "apps", 0, "script"},
	} {
		assert.Equal(t, want, place(image.Locate(path)))
	}
	assert.Equal(t, "svc/Dockerfile:1:1-0", place(image.Locate(Path{"spec", "files", "none"})))
}

func TestInlineDockerfile(t *testing.T) {
	tree := load(t, `-- compose.yaml --
services:
  web:
    build:
      context: .
      dockerfile_inline: |
        FROM node

        CMD ["pm2-runtime", "x"]
  bad:
    build:
      dockerfile_inline: "FROM a\nENV X"
`)
	image := documentOf(t, tree, "onelayer.dev/Image", "")
	assert.Equal(t, "compose.yaml:8:14-27", place(image.Locate(Path{"spec", "dockerfile", 1, "value", 0})))
	assert.Equal(t, `["compose.onelayer.dev/compose-yaml/web"]`, valueOf(t, image, "spec", "refs"))
	require.Len(t, tree.Problems, 1)
	assert.Equal(t, "compose.yaml:11:26: dockerfile_inline: line 2: ENV must have two arguments", tree.Problems[0].Error())
}

func TestContextIsBounded(t *testing.T) {
	dir := write(t, "-- Dockerfile --\nFROM a\nCOPY . .\n")
	for _, name := range []string{"a.sh", "b.sh", "c.sh"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"), 0o600))
	}
	tree := loadWith(t, dir, Options{Limits: Limits{ContextFiles: 2}})
	assert.Equal(t, lines(`
		unit . whole=true context=0
		  onelayer.dev/Image Dockerfile context=. files=a.sh:script,b.sh:script
		notice Dockerfile: the build context holds more files than are read; some are left out
	`), describe(tree))
}

func TestContextStaysInTheRepository(t *testing.T) {
	dir := write(t, "-- outside/package.json --\n{}\n-- outside/Dockerfile --\nFROM a\n-- repo/.git/HEAD --\nx\n-- repo/Dockerfile --\nFROM a\nCOPY . .\n"+
		"-- repo/compose.yaml --\nservices:\n  a: {build: {context: ../outside}}\n  b: {build: {context: .., dockerfile: repo/Dockerfile}}\n")
	require.NoError(t, os.Symlink("../outside/package.json", filepath.Join(dir, "repo/package.json")))
	require.NoError(t, os.Symlink("../outside", filepath.Join(dir, "repo/linked")))
	tree := loadWith(t, dir, Options{Paths: []string{"repo"}})
	assert.Equal(t, lines(`
		unit repo whole=true context=0
		  onelayer.dev/Compose repo-compose-yaml repo/compose.yaml:1
		  onelayer.dev/Image repo/Dockerfile context=.. refs=compose.onelayer.dev/repo-compose-yaml/b
	`), describe(tree))
}
