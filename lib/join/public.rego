package lib.onelayer.join

_public(repository) if {
	repository in _public_images
} else if {
	some prefix in _public_prefixes
	startswith(repository, prefix)
}

_public_images := {
	"postgres", "mysql", "mariadb", "mongo", "mongo-express", "redis", "memcached", "rabbitmq", "nginx", "httpd",
	"caddy", "traefik", "haproxy", "varnish", "busybox", "alpine", "debian", "ubuntu", "centos", "fedora", "node",
	"python", "golang", "openjdk", "eclipse-temurin", "php", "ruby", "perl", "elasticsearch", "kibana",
	"logstash", "vault", "consul", "zookeeper", "influxdb", "telegraf", "chronograf", "adminer", "phpmyadmin",
	"nats", "couchdb", "cassandra", "neo4j", "registry", "docker", "wordpress", "ghost", "solr", "etcd", "minio",
	"pause", "bash", "curlimages/curl", "hello-world",
}

_public_prefixes := {
	"registry.k8s.io/", "k8s.gcr.io/", "gcr.io/google-containers/", "gcr.io/google_containers/",
	"gcr.io/google-samples/", "gcr.io/istio-release/", "gcr.io/distroless/", "istio/", "cr.l5d.io/",
	"ghcr.io/linkerd/", "envoyproxy/", "bitnami/", "bitnamilegacy/", "grafana/", "prom/", "quay.io/prometheus/",
	"quay.io/jetstack/", "quay.io/argoproj/", "jaegertracing/", "otel/", "fluent/", "datadog/",
	"gcr.io/datadoghq/", "hashicorp/", "confluentinc/", "openzipkin/", "minio/", "nginxinc/",
	"mcr.microsoft.com/", "docker.elastic.co/", "public.ecr.aws/docker/library/", "keymetrics/", "linuxserver/",
	"lscr.io/linuxserver/",
}
