package source

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/internal/source/dockerfile"
)

func TestMaskSecrets(t *testing.T) {
	for line, want := range map[string]string{
		`node server.js --port=80`:                               `node server.js --port=80`,
		`ENV API_TOKEN=abc NODE_ENV=production`:                  `ENV API_TOKEN=*** NODE_ENV=production`,
		`ENV DB_PASSWORD my secret value`:                        `ENV DB_PASSWORD ***`,
		`ARG NPM_TOKEN`:                                          `ARG NPM_TOKEN`,
		`export PM2_SECRET_KEY='abc def' && x`:                   `export PM2_SECRET_KEY='***' && x`,
		`PASSWORD=$PASSWORD TOKEN="${TOKEN}"`:                    `PASSWORD=$PASSWORD TOKEN="${TOKEN}"`,
		`pm2-runtime start x --secret abc --public=def -i 2`:     `pm2-runtime start x --secret *** --public=*** -i 2`,
		`CMD ["pm2-runtime", "--secret", "abc", "--public","d"]`: `CMD ["pm2-runtime", "--secret", "***", "--public","***"]`,
		`pm2 link abc def my-machine`:                            `pm2 link *** *** my-machine`,
		`psql postgres://user:pw@host/db`:                        `psql postgres://***@host/db`,
		`git clone https://ghp_abcdefghijklmnopqrst@github.com`:  `git clone https://***@github.com`,
		`git clone ssh://git@github.com/x`:                       `git clone ssh://git@github.com/x`,
		`curl -H "Authorization: Bearer abcdefghijkl"`:           `curl -H "Authorization: Bearer ***"`,
		`key AKIAABCDEFGHIJKLMNOP here`:                          `key *** here`,
		`  secret: 'abc', name: 'x'`:                             `  secret: '***', name: 'x'`,
		`  "apiKey": "abc",`:                                     `  "apiKey": "***",`,
		`{name: API_TOKEN, value: "abc"}`:                        `{name: API_TOKEN, value: "***"}`,
		`{name: NODE_ENV, value: "abc"}`:                         `{name: NODE_ENV, value: "abc"}`,
		`secretName: web-tls`:                                    `secretName: web-tls`,
		`POSTGRES_PASSWORD_FILE=/run/secrets/pw`:                 `POSTGRES_PASSWORD_FILE=/run/secrets/pw`,
		`env KEYMETRICS_SECRET=x node`:                           `env KEYMETRICS_SECRET=*** node`,
	} {
		assert.Equal(t, want, MaskSecrets(line), line)
	}
}

func TestMaskLines(t *testing.T) {
	assert.Equal(t, []string{
		"- name: DB_PASSWORD", `  value: "***"`, "- name: NODE_ENV", "  value: production",
		"- name: TLS_PRIVATE", "  value: |", "    ***", "    ***", "- name: X", "  value: y",
		"key: |", "  ***", "  ***", "  ***", "after: x",
	}, MaskLines([]string{
		"- name: DB_PASSWORD", `  value: "hunter2"`, "- name: NODE_ENV", "  value: production",
		"- name: TLS_PRIVATE", "  value: |", "    abc", "    def", "- name: X", "  value: y",
		"key: |", "  -----BEGIN " + "RSA PRIVATE KEY-----", "  abc", "  -----END " + "RSA PRIVATE KEY-----", "after: x",
	}))
}

func TestKeptVariables(t *testing.T) {
	file, err := dockerfile.Parse([]byte(`ARG TAG=20
ARG BASE=node:${TAG} UNUSED=1
FROM $BASE
ENV NODE_ENV=production HTTP_PORT=80 PM2_HOME=/x PM2_SECRET_KEY=s PM2_PUBLIC_KEY=p WEB_CONCURRENCY=2 PASSPORT=x
ENV DIR=/srv/${NAME} NAME=app SECRET_DIR=/s
WORKDIR $DIR
CMD exec node $FILE $API_TOKEN $SECRET_DIR
ENV FILE=x API_TOKEN=abc
ONBUILD ENV LATER=1
RUN echo $RUN_ONLY
ENV RUN_ONLY=1
`))
	require.NoError(t, err)
	kept := keptVariables(file)
	var shown []string
	for _, in := range file.Instructions {
		shown = append(shown, strings.Join(maskedWords(in, kept), " "))
	}
	assert.Equal(t, []string{
		"TAG=20", "BASE=node:${TAG} UNUSED=***", "$BASE",
		"NODE_ENV production = HTTP_PORT 80 = PM2_HOME /x = PM2_SECRET_KEY *** = PM2_PUBLIC_KEY *** = WEB_CONCURRENCY 2 = PASSPORT *** =",
		"DIR /srv/${NAME} = NAME app = SECRET_DIR /s =", "$DIR", "exec node $FILE $API_TOKEN $SECRET_DIR",
		"FILE x = API_TOKEN *** =", "LATER *** =", "echo $RUN_ONLY", "RUN_ONLY *** =",
	}, shown)
	assert.Equal(t, "PM2_SECRET_KEY", file.Instructions[3].Value[9])
	assert.Equal(t, "s", file.Instructions[3].Value[10])
}

func FuzzMaskSecrets(f *testing.F) {
	f.Add("ENV SECRET=a --token b https://x:y@z")
	f.Fuzz(func(t *testing.T, line string) {
		once := MaskSecrets("export API_TOKEN=verysecretvalue; " + line)
		assert.NotContains(t, strings.Split(once, ";")[0], "verysecretvalue")
		MaskLines(strings.Split(line, "\n"))
	})
}
