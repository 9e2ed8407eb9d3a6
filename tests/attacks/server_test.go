package attacks

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/onelayer/onelayer/internal/server"
)

// served is a channel that onelayer serve gives to agents.
type served struct {
	*channel
	dir     string
	handler http.Handler
	ready   func() string
}

func newServed(t *testing.T) *served {
	t.Helper()
	s := &served{channel: newChannel(t), dir: t.TempDir()}
	require.NoError(t, os.WriteFile(filepath.Join(s.dir, "keyring.json"), s.want.Anchor, 0o600))
	s.put(s.channel.publish(2, "two"))
	running, err := server.New(server.Settings{
		Listen: "127.0.0.1:0", Admin: "127.0.0.1:0", State: filepath.Join(s.dir, "state"),
		Bundles: map[string]server.Bundle{"onelayer": {Directory: s.dir, Keyring: filepath.Join(s.dir, "keyring.json"), Channel: "stable"}},
	}, server.Options{Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return now }})
	require.NoError(t, err)
	s.handler = running.Handler()
	running.Look(t.Context())
	s.ready = func() string {
		running.Look(t.Context())
		return s.get("").Header().Get("ETag")
	}
	return s
}

// put writes a release where the server looks.
func (s *served) put(p published) {
	for name, text := range map[string][]byte{"onelayer-opa.tar.gz": p.packed, "onelayer-opa.release.json": p.Release, "onelayer-opa.timestamp.json": p.Timestamp} {
		require.NoError(s.t, os.WriteFile(filepath.Join(s.dir, name), text, 0o600))
	}
}

func (s *served) get(noneMatch string) *httptest.ResponseRecorder {
	request := httptest.NewRequest(http.MethodGet, "/bundles/onelayer", nil)
	if noneMatch != "" {
		request.Header.Set("If-None-Match", noneMatch)
	}
	recorder := httptest.NewRecorder()
	s.handler.ServeHTTP(recorder, request)
	return recorder
}

// TestTagsOfAServer never tells an agent that it has what it has not, whatever tags it names.
func TestTagsOfAServer(t *testing.T) {
	s := newServed(t)
	two := s.get("").Header().Get("ETag")
	require.NotEmpty(t, two)
	for name, test := range map[string]struct {
		header string
		same   bool
	}{
		"its own": {two, true}, "weak": {"W/" + two, true}, "list": {`"x", ` + two + `, "y"`, true}, "any": {"*", true},
		"missing": {"", false}, "another": {`"x"`, false}, "without quotes": {strings.Trim(two, `"`), false}, "in the middle of another": {`"x` + two[1:], false},
		"behind a comma in a tag": {`"x, ` + strings.Trim(two, `"`) + `"`, false}, "half": {two[:len(two)-1], false}, "upper case": {strings.ToUpper(two), false},
	} {
		answer := s.get(test.header)
		if test.same {
			assert.Equal(t, http.StatusNotModified, answer.Code, name)
			assert.Equal(t, two, answer.Header().Get("ETag"), name)
		} else {
			assert.Equal(t, http.StatusOK, answer.Code, name)
		}
	}

	// Other bytes have another tag, and the same bytes as a newer version too: an agent that went through both names both.
	s.put(s.channel.publish(3, "three"))
	three := s.ready()
	s.put(s.channel.publish(4, "two"))
	four := s.ready()
	assert.NotEqual(t, two, three)
	assert.NotEqual(t, two, four)
	assert.Equal(t, http.StatusOK, s.get(three+", "+two).Code)

	// What does not verify, and what goes back, has no tag of its own.
	s.put(s.channel.publish(1, "one"))
	assert.Equal(t, four, s.ready())
	broken := s.channel.publish(5, "five")
	broken.packed[len(broken.packed)/2] ^= 1
	s.put(broken)
	assert.Equal(t, four, s.ready())
}

// TestCatalog names nothing for gator but files of this repository: no way up, no file of the reader's machine, no other host.
func TestCatalog(t *testing.T) {
	text, err := os.ReadFile("../../bundles/gatekeeper/catalog.yaml")
	require.NoError(t, err)
	var catalog struct {
		Metadata struct{ Repository string }
		Policies []struct {
			TemplatePath      string            `yaml:"templatePath"`
			BundleConstraints map[string]string `yaml:"bundleConstraints"`
		}
	}
	require.NoError(t, yaml.Unmarshal(text, &catalog))
	require.NotEmpty(t, catalog.Policies)
	repository := strings.TrimPrefix(catalog.Metadata.Repository, "https://github.com/")
	for _, policy := range catalog.Policies {
		places := []string{policy.TemplatePath}
		for _, place := range policy.BundleConstraints {
			places = append(places, place)
		}
		for _, place := range places {
			parsed, err := url.Parse(place)
			require.NoError(t, err)
			assert.Equal(t, "https://raw.githubusercontent.com", parsed.Scheme+"://"+parsed.Host, place)
			assert.Empty(t, parsed.RawQuery+parsed.Fragment+parsed.User.String(), place)
			assert.Equal(t, parsed.Path, parsed.EscapedPath(), "%s: nothing is hidden in percent signs", place)
			_, file, found := strings.Cut(parsed.Path, "/"+repository+"/main/")
			require.True(t, found, place)
			assert.True(t, filepath.IsLocal(file) && filepath.Clean(file) == file, place)
			assert.FileExists(t, filepath.Join("../..", file))
		}
	}
}
