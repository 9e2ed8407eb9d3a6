package attacks

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/opencontainers/go-digest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/internal/bundle"
	"github.com/onelayer/onelayer/internal/registry"
	"github.com/onelayer/onelayer/internal/release"
)

// shelf is a registry that asks for a password and keeps what is pushed. An attack may answer in its place.
type shelf struct {
	mu     sync.Mutex
	held   map[string][]byte
	types  map[string]string
	attack func(w http.ResponseWriter, r *http.Request, honest http.Handler) bool
}

const secret = "Basic dXNlcjpzZWNyZXQ=" // user:secret

func (s *shelf) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != secret {
		w.Header().Set("WWW-Authenticate", `Basic realm="shelf"`)
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if s.attack != nil && s.attack(w, r, http.HandlerFunc(s.honest)) {
		return
	}
	s.honest(w, r)
}

// honest takes and gives blobs and manifests (https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md).
func (s *shelf) honest(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
	switch r.Method {
	case http.MethodPost:
		w.Header().Set("Location", "/v2/acme/policies/blobs/uploads/one")
		w.WriteHeader(http.StatusAccepted)
	case http.MethodPut:
		text, _ := io.ReadAll(r.Body) // a part that is missing has another digest
		sum := digest.FromBytes(text).String()
		s.held[sum], s.types[sum] = text, r.Header.Get("Content-Type")
		if strings.Contains(r.URL.Path, "/manifests/") {
			s.held[name], s.types[name] = text, r.Header.Get("Content-Type")
		}
		w.Header().Set("Docker-Content-Digest", sum)
		w.WriteHeader(http.StatusCreated)
	default:
		text, found := s.held[name]
		if !found {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		w.Header().Set("Content-Type", s.types[name])
		w.Header().Set("Docker-Content-Digest", digest.FromBytes(text).String())
		w.Header().Set("Content-Length", fmt.Sprint(len(text)))
		if r.Method == http.MethodGet {
			_, _ = w.Write(text)
		}
	}
}

// stock is a channel that is published on a shelf.
type stock struct {
	*channel
	shelf      *shelf
	repository *registry.Repository
}

func newStock(t *testing.T) *stock {
	t.Helper()
	s := &stock{channel: newChannel(t), shelf: &shelf{held: map[string][]byte{}, types: map[string]string{}}}
	server := httptest.NewServer(s.shelf)
	t.Cleanup(server.Close)
	// By name, so that another address is another host.
	host := "localhost" + server.URL[strings.LastIndex(server.URL, ":"):]
	config := t.TempDir()
	auths := fmt.Sprintf(`{"auths": {%q: {"auth": %q}}}`, host, base64.StdEncoding.EncodeToString([]byte("user:secret")))
	require.NoError(t, os.WriteFile(filepath.Join(config, "config.json"), []byte(auths), 0o600))
	t.Setenv("DOCKER_CONFIG", config)
	var err error
	s.repository, err = registry.Open("oci://"+host+"/acme/policies:stable", registry.Options{PlainHTTP: true, UserAgent: "test"})
	require.NoError(t, err)
	s.push()
	return s
}

func (s *stock) push() {
	packed := s.pack(s.reseal(s.honest()))
	archive, err := bundle.Read(packed, bundle.DefaultLimits())
	require.NoError(s.t, err)
	artifact, err := registry.Assemble(s.t.Context(), registry.Contents{OPA: archive})
	require.NoError(s.t, err)
	about := release.About(archive, packed)
	about.Channel, about.Version, about.Created, about.Expires = "stable", 1, release.At(now), release.At(now.Add(day))
	about.OCIDigest = artifact.Descriptor.Digest.String()
	signed, err := about.Sign(s.offline)
	require.NoError(s.t, err)
	require.NoError(s.t, s.repository.Push(s.t.Context(), artifact))
	require.NoError(s.t, s.repository.PushDocuments(s.t.Context(), artifact.Descriptor, release.Documents{Release: signed, Timestamp: s.stamp(signed)}, now))
	require.NoError(s.t, s.repository.Point(s.t.Context(), artifact.Descriptor))
}

func (s *stock) pulls() error {
	_, err := s.repository.Pull(s.t.Context(), s.want)
	return err
}

// TestAnswersOfAServer gives answers that are no bundle, from every request on in turn: nothing of it is taken.
func TestAnswersOfAServer(t *testing.T) {
	page := []byte("<!doctype html><title>Sign in</title>")
	answers := map[string]func(w http.ResponseWriter, r *http.Request, honest http.Handler){
		"a page with 200": func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write(page)
		},
		"nothing with 200": func(w http.ResponseWriter, _ *http.Request, _ http.Handler) { w.WriteHeader(http.StatusOK) },
		"nothing with 204": func(w http.ResponseWriter, _ *http.Request, _ http.Handler) { w.WriteHeader(http.StatusNoContent) },
		"a part with 206": func(w http.ResponseWriter, r *http.Request, honest http.Handler) {
			whole := httptest.NewRecorder()
			honest.ServeHTTP(whole, r)
			for _, name := range []string{"Content-Type", "Docker-Content-Digest"} {
				w.Header().Set(name, whole.Header().Get(name))
			}
			w.WriteHeader(http.StatusPartialContent)
			_, _ = w.Write(whole.Body.Bytes()[:whole.Body.Len()/2])
		},
		"a part with 200": func(w http.ResponseWriter, r *http.Request, honest http.Handler) {
			whole := httptest.NewRecorder()
			honest.ServeHTTP(whole, r)
			for _, name := range []string{"Content-Type", "Docker-Content-Digest"} {
				w.Header().Set(name, whole.Header().Get(name))
			}
			_, _ = w.Write(whole.Body.Bytes()[:whole.Body.Len()/2])
		},
		"an error": func(w http.ResponseWriter, _ *http.Request, _ http.Handler) { w.WriteHeader(http.StatusForbidden) },
		"a redirect to itself": func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
			http.Redirect(w, r, r.URL.Path, http.StatusTemporaryRedirect)
		},
	}
	for name, answer := range answers {
		t.Run(name, func(t *testing.T) {
			s := newStock(t)
			require.NoError(t, s.pulls(), "without the attack it is taken")
			for turn := 1; ; turn++ {
				seen, used := 0, false
				s.shelf.attack = func(w http.ResponseWriter, r *http.Request, honest http.Handler) bool {
					// A question for the head alone has no content that could be wrong.
					if r.Method == http.MethodGet {
						seen++
					}
					if r.Method != http.MethodGet || seen < turn {
						return false
					}
					used = true
					answer(w, r, honest)
					return true
				}
				err := s.pulls()
				if !used {
					assert.Greater(t, turn, 4, "manifests, statements and a bundle are asked for")
					break
				}
				assert.Error(t, err, "request %d", turn)
			}
		})
	}
}

// TestPasswordStaysHome follows a redirect to another host, as stores of blobs need it, and tells that host no password;
// and what it gives is verified as everything is.
func TestPasswordStaysHome(t *testing.T) {
	s := newStock(t)
	var mu sync.Mutex
	var told []string
	evil := false
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		told = append(told, r.Header.Get("Authorization")+r.Header.Get("Cookie"))
		mu.Unlock()
		if evil {
			_, _ = io.WriteString(w, "evil")
			return
		}
		s.shelf.honest(w, r)
	}))
	defer elsewhere.Close()
	s.shelf.attack = func(w http.ResponseWriter, r *http.Request, _ http.Handler) bool {
		if r.Method != http.MethodGet || !strings.Contains(r.URL.Path, "/blobs/") {
			return false
		}
		http.Redirect(w, r, elsewhere.URL+r.URL.Path, http.StatusTemporaryRedirect)
		return true
	}
	require.NoError(t, s.pulls())
	evil = true
	require.Error(t, s.pulls())
	require.NotEmpty(t, told)
	for _, words := range told {
		assert.Empty(t, words)
	}
}
