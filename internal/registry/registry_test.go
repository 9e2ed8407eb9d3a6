package registry

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"oras.land/oras-go/v2/content"
	"oras.land/oras-go/v2/content/memory"

	"github.com/onelayer/onelayer/internal/bundle"
	"github.com/onelayer/onelayer/internal/refusal"
	"github.com/onelayer/onelayer/internal/release"
	"github.com/onelayer/onelayer/internal/signing"
	"github.com/onelayer/onelayer/internal/signing/signingtest"
)

// fake is a registry that says what a test wants it to say. It takes nothing.
type fake struct {
	// manifests are by tag and by digest, blobs by digest.
	manifests, blobs map[string][]byte
	mediaTypes       map[string]string
	referrers        []ocispec.Descriptor
	// intercept answers in place of the registry if it gives true.
	intercept func(w http.ResponseWriter, r *http.Request) bool
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if f.intercept != nil && f.intercept(w, r) {
		return
	}
	parts := strings.Split(r.URL.Path, "/")
	kind, name := parts[len(parts)-2], parts[len(parts)-1]
	switch kind {
	case "referrers":
		w.Header().Set("Content-Type", ocispec.MediaTypeImageIndex)
		_ = json.NewEncoder(w).Encode(ocispec.Index{MediaType: ocispec.MediaTypeImageIndex, Manifests: f.referrers})
	case "manifests":
		f.answer(w, f.manifests, name, f.mediaTypes[name])
	default:
		f.answer(w, f.blobs, name, "application/octet-stream")
	}
}

func (f *fake) answer(w http.ResponseWriter, from map[string][]byte, name, mediaType string) {
	text, found := from[name]
	if !found {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	if mediaType == "" {
		mediaType = ocispec.MediaTypeImageManifest
	}
	sum := digest.FromBytes(text)
	if parsed, err := digest.Parse(name); err == nil {
		sum = parsed
	}
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Docker-Content-Digest", sum.String())
	w.Header().Set("Content-Length", fmt.Sprint(len(text)))
	_, _ = w.Write(text)
}

// scene is a fake registry with an honestly published artifact.
type scene struct {
	t                       *testing.T
	fake                    *fake
	repository              *Repository
	want                    release.Want
	offline, inside, cosign *signing.PrivateKey
	artifact                ocispec.Descriptor
}

var now = time.Date(2030, 5, 1, 12, 0, 0, 0, time.UTC)

func newScene(t *testing.T) *scene {
	t.Helper()
	s := &scene{
		t: t, fake: &fake{manifests: map[string][]byte{}, blobs: map[string][]byte{}, mediaTypes: map[string]string{}},
		offline: signingtest.Key(t, signing.EdDSA), inside: signingtest.Key(t, signing.ES256), cosign: signingtest.Key(t, signing.ES256),
	}
	server := httptest.NewServer(s.fake)
	t.Cleanup(server.Close)
	t.Setenv("DOCKER_CONFIG", t.TempDir())
	var err error
	s.repository, err = Open(Scheme+strings.TrimPrefix(server.URL, "http://")+"/acme/policies:stable", Options{PlainHTTP: true})
	require.NoError(t, err)
	ring := release.Keyring{
		Name: "onelayer", Version: 1, Threshold: 1, Created: release.At(now), Expires: release.At(now.Add(time.Hour)),
		Keys: []release.Key{release.NewKey(s.offline.Public(), release.RoleRelease, ""), release.NewKey(s.inside.Public(), release.RoleBundle, "k")},
	}
	anchor, err := ring.Sign(s.offline)
	require.NoError(t, err)
	s.want = release.Want{
		Name: "onelayer", Target: bundle.OPA, Channel: "stable", Anchor: anchor, Memory: release.Memory{Dir: t.TempDir()}, Now: now, Limits: bundle.DefaultLimits(),
	}
	return s
}

// bundle is a signed bundle.
func (s *scene) bundle() *bundle.Archive {
	archive, err := signing.SignBundle(signingtest.Archive(s.t, signingtest.Content()), s.inside, "k", signing.Scope("onelayer", bundle.OPA, "stable"))
	require.NoError(s.t, err)
	return archive
}

// publish puts an artifact with layers into the registry, and releases it.
func (s *scene) publish(change func(layers []ocispec.Descriptor, store *memory.Store) []ocispec.Descriptor) {
	s.t.Helper()
	archive := s.bundle()
	content := signingtest.Content()
	content.Target = bundle.Conftest
	artifact, err := Assemble(s.t.Context(), Contents{OPA: archive, Conftest: signingtest.Archive(s.t, content)})
	require.NoError(s.t, err)
	if change != nil {
		manifest := s.manifestIn(artifact.store, artifact.Descriptor)
		layers := change(manifest.Layers, artifact.store)
		artifact.Descriptor, err = pack(s.t.Context(), artifact.store, manifest.ArtifactType, nil, layers, nil)
		require.NoError(s.t, err)
	}
	s.artifact = artifact.Descriptor
	s.take(artifact.store, artifact.Descriptor, "stable")
	packed, err := archive.Bytes()
	require.NoError(s.t, err)
	about := release.About(archive, packed)
	about.Channel, about.Version, about.Created, about.Expires = "stable", 1, release.At(now), release.At(now.Add(time.Hour))
	about.OCIDigest = artifact.Descriptor.Digest.String()
	signed, err := about.Sign(s.offline)
	require.NoError(s.t, err)
	store := memory.New()
	layer, err := put(s.t.Context(), store, release.ReleaseType, signed)
	require.NoError(s.t, err)
	documents, err := pack(s.t.Context(), store, documentsType, nil, []ocispec.Descriptor{layer}, nil)
	require.NoError(s.t, err)
	s.take(store, documents, documentsTag(artifact.Descriptor))
}

func (s *scene) manifestIn(store *memory.Store, descriptor ocispec.Descriptor) ocispec.Manifest {
	text, err := content.FetchAll(s.t.Context(), store, descriptor)
	require.NoError(s.t, err)
	manifest, err := parseManifest(text)
	require.NoError(s.t, err)
	return manifest
}

// take copies a manifest and what it holds into the registry.
func (s *scene) take(store *memory.Store, descriptor ocispec.Descriptor, tag string) {
	text, err := content.FetchAll(s.t.Context(), store, descriptor)
	require.NoError(s.t, err)
	s.fake.manifests[descriptor.Digest.String()] = text
	if tag != "" {
		s.fake.manifests[tag] = text
	}
	for _, layer := range s.manifestIn(store, descriptor).Layers {
		blob, err := content.FetchAll(s.t.Context(), store, layer)
		require.NoError(s.t, err)
		s.fake.blobs[layer.Digest.String()] = blob
	}
}

// attest attaches a statement about something to the artifact.
func (s *scene) attest(about ocispec.Descriptor, predicateType string) {
	attachment, err := Attest(about, predicateType, map[string]any{}, s.cosign)
	require.NoError(s.t, err)
	s.attach(attachment.Text, s.artifact)
}

func (s *scene) attach(text []byte, subject ocispec.Descriptor) {
	store := memory.New()
	layer, err := put(s.t.Context(), store, sigstoreType, text)
	require.NoError(s.t, err)
	descriptor, err := pack(s.t.Context(), store, sigstoreType, &subject, []ocispec.Descriptor{layer}, nil)
	require.NoError(s.t, err)
	s.take(store, descriptor, "")
	s.fake.referrers = append(s.fake.referrers, descriptor)
}

func (s *scene) pulls() error {
	_, err := s.repository.Pull(s.t.Context(), s.want)
	return err
}

func TestPullHonest(t *testing.T) {
	s := newScene(t)
	s.publish(nil)
	pulled, err := s.repository.Pull(t.Context(), s.want)
	require.NoError(t, err)
	files, err := s.repository.Files(t.Context(), pulled.Artifact, bundle.Conftest)
	require.NoError(t, err)
	assert.Equal(t, "onelayer/bundles/opa/onelayer.rego", files[0].Name)
	_, err = s.repository.Files(t.Context(), pulled.Artifact, bundle.Gatekeeper)
	assert.True(t, refusal.Is(err, refusal.OCIArtifact), "%v", err)
}

// TestHostileRegistry tells lies of every kind.
func TestHostileRegistry(t *testing.T) {
	other := func(store *memory.Store, text string) ocispec.Descriptor {
		descriptor, err := put(context.Background(), store, mediaBundle, []byte(text))
		require.NoError(t, err)
		return descriptor
	}
	cases := []struct {
		name   string
		reason refusal.Reason
		change func(s *scene)
	}{
		{"artifact without statements", refusal.NotSigned, func(s *scene) {
			s.publish(nil)
			delete(s.fake.manifests, documentsTag(s.artifact))
		}},
		{"another artifact under the tag", refusal.OCIDigest, func(s *scene) {
			s.publish(nil)
			signed := s.fake.manifests[documentsTag(s.artifact)]
			s.want.Memory.Dir = t.TempDir()
			s.publish(func(layers []ocispec.Descriptor, store *memory.Store) []ocispec.Descriptor { return layers[:1] })
			s.fake.manifests[documentsTag(s.artifact)] = signed
		}},
		{"other bytes than the digest of the manifest", refusal.OCIDigest, func(s *scene) {
			s.publish(nil)
			text := s.fake.manifests[s.artifact.Digest.String()]
			s.fake.manifests[s.artifact.Digest.String()] = []byte(strings.Replace(string(text), "title", "eltit", 1))
		}},
		{"other bytes than the digest of the bundle", refusal.OCIDigest, func(s *scene) {
			s.publish(nil)
			for name, blob := range s.fake.blobs {
				if blob[0] == 0x1f {
					s.fake.blobs[name] = append(blob[:len(blob)-1:len(blob)-1], 1)
				}
			}
		}},
		{"another bundle first", refusal.BytesDiffer, func(s *scene) {
			s.publish(func(layers []ocispec.Descriptor, store *memory.Store) []ocispec.Descriptor {
				return append([]ocispec.Descriptor{other(store, "evil")}, layers...)
			})
		}},
		{"no bundle", refusal.OCIArtifact, func(s *scene) {
			s.publish(func(layers []ocispec.Descriptor, _ *memory.Store) []ocispec.Descriptor { return layers[1:] })
		}},
		{"index instead of an artifact", refusal.OCIArtifact, func(s *scene) {
			s.publish(nil)
			s.fake.mediaTypes["stable"] = ocispec.MediaTypeImageIndex
		}},
		{"huge statements", refusal.TooLarge, func(s *scene) {
			s.publish(nil)
			s.fake.manifests[documentsTag(s.artifact)] = make([]byte, 2<<20)
		}},
		{"statements that are no JSON", refusal.OCIArtifact, func(s *scene) {
			s.publish(nil)
			s.fake.manifests[documentsTag(s.artifact)] = []byte("hello")
			s.fake.manifests[digest.FromString("hello").String()] = []byte("hello")
		}},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			s := newScene(t)
			test.change(s)
			err := s.pulls()
			reason, _ := refusal.Of(err)
			assert.Equal(t, test.reason, reason, "%v", err)
		})
	}
}

// TestHostileTitles names files so that they would be written elsewhere.
func TestHostileTitles(t *testing.T) {
	for title, reason := range map[string]refusal.Reason{
		"../x.rego": refusal.EntryName, "/etc/x.rego": refusal.EntryName, "a/../../x.rego": refusal.EntryName, `a\x.rego`: refusal.EntryName,
		"onelayer/policies/a/a.rego": refusal.DuplicateEntry, "onelayer/policies/A/a.rego": refusal.DuplicateEntry,
	} {
		t.Run(title, func(t *testing.T) {
			s := newScene(t)
			s.publish(func(layers []ocispec.Descriptor, store *memory.Store) []ocispec.Descriptor {
				descriptor, err := put(t.Context(), store, mediaRego, []byte("package x"))
				require.NoError(t, err)
				descriptor.Annotations = map[string]string{ocispec.AnnotationTitle: title}
				return append(layers, descriptor)
			})
			require.NoError(t, s.pulls())
			_, err := s.repository.Files(t.Context(), s.artifact, bundle.Conftest)
			found, _ := refusal.Of(err)
			assert.Equal(t, reason, found, "%v", err)
		})
	}
}

func TestAttestation(t *testing.T) {
	cases := []struct {
		name   string
		reason refusal.Reason
		attach func(s *scene)
	}{
		{"none", refusal.NotSigned, func(*scene) {}},
		{"signature", "", func(s *scene) { s.attest(s.artifact, SignaturePredicate) }},
		{"signature beside a provenance", "", func(s *scene) {
			s.attest(s.artifact, ProvenancePredicate)
			s.attest(s.artifact, SignaturePredicate)
		}},
		{"provenance in place of a signature", refusal.PredicateType, func(s *scene) { s.attest(s.artifact, ProvenancePredicate) }},
		{"signature of another artifact", refusal.Subject, func(s *scene) {
			s.attest(content.NewDescriptorFromBytes(ocispec.MediaTypeImageManifest, []byte("other")), SignaturePredicate)
		}},
		{"signature by another key", refusal.SignatureWrong, func(s *scene) {
			s.cosign = signingtest.Key(t, signing.ES256)
			s.attest(s.artifact, SignaturePredicate)
			s.cosign = signingtest.Key(t, signing.ES256)
		}},
		{"attached to something else", refusal.Subject, func(s *scene) {
			attachment, err := Attest(s.artifact, SignaturePredicate, map[string]any{}, s.cosign)
			require.NoError(t, err)
			s.attach(attachment.Text, content.NewDescriptorFromBytes(ocispec.MediaTypeImageManifest, []byte("other")))
		}},
		{"key twice", refusal.JSONDuplicateKey, func(s *scene) {
			attachment, err := Attest(s.artifact, SignaturePredicate, map[string]any{}, s.cosign)
			require.NoError(t, err)
			s.attach([]byte(strings.Replace(string(attachment.Text), `{`, `{"mediaType":"x",`, 1)), s.artifact)
		}},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			s := newScene(t)
			s.publish(nil)
			test.attach(s)
			_, err := s.repository.VerifyAttestation(t.Context(), s.artifact, SignaturePredicate, s.cosign.Public())
			reason, _ := refusal.Of(err)
			assert.Equal(t, test.reason, reason, "%v", err)
		})
	}
}

// TestDrip is a registry that never finishes an answer: the time that a caller gives ends it.
func TestDrip(t *testing.T) {
	s := newScene(t)
	s.publish(nil)
	ctx, cancel := context.WithCancel(t.Context())
	s.fake.intercept = func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.Contains(r.URL.Path, "/blobs/") {
			return false
		}
		w.Header().Set("Content-Length", "1000")
		_, _ = w.Write([]byte("x"))
		w.(http.Flusher).Flush()
		cancel()
		<-r.Context().Done()
		return true
	}
	_, err := s.repository.Pull(ctx, s.want)
	require.ErrorIs(t, err, context.Canceled)
}

func TestProvenance(t *testing.T) {
	s := newScene(t)
	s.publish(nil)
	attachment, err := Attest(s.artifact, ProvenancePredicate, Provenance(Source{
		Repository: "https://example.org/policies", Commit: "abc", Builder: "https://example.org/builder", Files: map[string]string{"a": "b"},
	}), s.cosign)
	require.NoError(t, err)
	s.attach(attachment.Text, s.artifact)
	predicate, err := s.repository.VerifyAttestation(t.Context(), s.artifact, ProvenancePredicate, s.cosign.Public())
	require.NoError(t, err)
	var provenance struct {
		BuildDefinition struct {
			BuildType            string
			ResolvedDependencies []struct {
				URI    string
				Digest map[string]string
			}
		}
		RunDetails struct{ Builder struct{ ID string } }
	}
	require.NoError(t, json.Unmarshal(predicate, &provenance))
	assert.Equal(t, "git+https://example.org/policies", provenance.BuildDefinition.ResolvedDependencies[0].URI)
	assert.Equal(t, "abc", provenance.BuildDefinition.ResolvedDependencies[0].Digest["gitCommit"])
	assert.Equal(t, "https://example.org/builder", provenance.RunDetails.Builder.ID)

	// SLSA demands a builder, so one is named where the caller names none.
	text, err := json.Marshal(Provenance(Source{}))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &provenance))
	assert.Equal(t, byHand, provenance.RunDetails.Builder.ID)
}

func TestOpenRefuses(t *testing.T) {
	for reference, mend := range map[string]string{
		"ghcr.io/a/b:c": "write oci://HOST", "oci://": "is no reference", "oci://ghcr.io/a/b": "has no tag", "oci://ghcr.io/A/b:c": "is no reference",
	} {
		_, err := Open(reference, Options{})
		require.ErrorContains(t, err, mend, reference)
	}
}
