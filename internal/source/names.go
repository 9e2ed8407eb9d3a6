package source

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
)

var notInNames = regexp.MustCompile(`[^a-z0-9]+`)

// imageName names an Image by its Dockerfile or process file and its target stage.
func imageName(file, target string) string {
	sum := sha256.Sum256([]byte(file + "\n" + target))
	return strings.Trim(slug(file, target), "-") + "-" + hex.EncodeToString(sum[:])[:8]
}

// composeName names a Compose project by its file.
func composeName(file string) string { return strings.Trim(slug(file), "-") }

func slug(parts ...string) string {
	var given []string
	for _, part := range parts {
		if part != "" {
			given = append(given, part)
		}
	}
	return notInNames.ReplaceAllString(strings.ToLower(strings.Join(given, "-")), "-")
}

// repositoryOf gives the repository of an image reference: without tag, digest and what stands for Docker Hub.
func repositoryOf(ref string) string {
	ref, _, _ = strings.Cut(ref, "@")
	if colon := strings.LastIndexByte(ref, ':'); colon > strings.LastIndexByte(ref, '/') {
		ref = ref[:colon]
	}
	for _, prefix := range []string{"index.docker.io/", "docker.io/", "library/"} {
		ref = strings.TrimPrefix(ref, prefix)
	}
	return ref
}

// tagged tells whether a reference names a tag or a digest.
func tagged(ref string) bool {
	return strings.Contains(ref, "@") || strings.LastIndexByte(ref, ':') > strings.LastIndexByte(ref, '/')
}

// lastPart gives the last part of a path or repository.
func lastPart(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }

// publicImages are official images that nobody builds himself under that name.
var publicImages = map[string]bool{
	"postgres": true, "mysql": true, "mariadb": true, "mongo": true, "mongo-express": true, "redis": true, "memcached": true,
	"rabbitmq": true, "nginx": true, "httpd": true, "caddy": true, "traefik": true, "haproxy": true, "varnish": true,
	"busybox": true, "alpine": true, "debian": true, "ubuntu": true, "centos": true, "fedora": true, "node": true, "python": true,
	"golang": true, "openjdk": true, "eclipse-temurin": true, "php": true, "ruby": true, "perl": true, "elasticsearch": true,
	"kibana": true, "logstash": true, "vault": true, "consul": true, "zookeeper": true, "influxdb": true, "telegraf": true,
	"chronograf": true, "adminer": true, "phpmyadmin": true, "nats": true, "couchdb": true, "cassandra": true, "neo4j": true,
	"registry": true, "docker": true, "wordpress": true, "ghost": true, "solr": true, "etcd": true, "minio": true, "pause": true,
	"bash": true, "curlimages/curl": true, "hello-world": true,
}

// publicPrefixes are registries and accounts of what everybody uses and nobody builds himself.
var publicPrefixes = []string{
	"registry.k8s.io/", "k8s.gcr.io/", "gcr.io/google-containers/", "gcr.io/google_containers/", "gcr.io/google-samples/",
	"gcr.io/istio-release/", "gcr.io/distroless/", "istio/", "cr.l5d.io/", "ghcr.io/linkerd/", "envoyproxy/", "bitnami/", "bitnamilegacy/",
	"grafana/", "prom/", "quay.io/prometheus/", "quay.io/jetstack/", "quay.io/argoproj/", "jaegertracing/", "otel/",
	"fluent/", "datadog/", "gcr.io/datadoghq/", "hashicorp/", "confluentinc/", "openzipkin/", "minio/", "nginxinc/", "mcr.microsoft.com/",
	"docker.elastic.co/", "public.ecr.aws/docker/library/", "keymetrics/", "linuxserver/", "lscr.io/linuxserver/",
}

// isPublic tells whether a repository is known to be somebody else's.
func isPublic(repository string) bool {
	if publicImages[repository] {
		return true
	}
	for _, prefix := range publicPrefixes {
		if strings.HasPrefix(repository, prefix) {
			return true
		}
	}
	return false
}
