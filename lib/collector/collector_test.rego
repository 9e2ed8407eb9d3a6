package lib.onelayer.collector_test

import data.lib.onelayer.collector

test_shippers if {
	every image, name in {
		"fluent/fluent-bit:3.1": "Fluent Bit",
		"public.ecr.aws/aws-observability/aws-for-fluent-bit:stable": "Fluent Bit",
		"bitnami/fluentbit": "Fluent Bit",
		"localhost:5000/fluent/fluentd@sha256:0": "Fluentd",
		"fluent/fluentd-kubernetes-daemonset:v1": "Fluentd",
		"shop/td-agent:4": "Fluentd",
		"docker.elastic.co/beats/filebeat-oss:8": "Filebeat",
		"docker.elastic.co/logstash/logstash": "Logstash",
		"grafana/promtail:3": "Promtail",
		"timberio/vector:0.40": "Vector",
		"grafana/alloy:v1": "Alloy",
		"docker.io/grafana/agent:v0.40": "Grafana Agent",
	} {
		collector.shipper(image) == name
	}
}

test_other_images if {
	every image in [
		"shop/vector-search:1", "shop/my-fluentd:1", "shop/agent:1", "shop/fluentd/web:1", "pgvector/pgvector:pg16",
		"shop/fluentd-config-reloader:1", "shop/fluent-bit-exporter", "shop/web:fluentd", 7, null, {"a": 1}, "",
	] {
		not collector.shipper(image)
	}
}

test_rotators if {
	every image in ["blacklabelops/logrotate:1.3", "shop/web-logrotate", "linkyard/docker-logrotate:1", "logrotate-cron"] {
		collector.rotator(image)
	}
	every image in ["shop/web:logrotate", "logrotate/web", "shop/logrotated", false] {
		not collector.rotator(image)
	}
}

test_helpers if {
	collector.helper("jimmidyson/configmap-reload:v0.9")
	collector.helper("istio-proxy")
	not collector.helper("shop/web:1")
}

test_without_node if {
	collector.without_node({"spec": {"nodeSelector": {"type": "virtual-kubelet"}}, "meta": {}})
	collector.without_node({"spec": {"nodeSelector": {"eks.amazonaws.com/compute-type": "fargate"}}, "meta": {}})
	collector.without_node({"spec": {"tolerations": [{"key": "virtual-kubelet.io/provider"}]}, "meta": {}})
	collector.without_node({"spec": {}, "meta": {"labels": {"eks.amazonaws.com/fargate-profile": "x"}}})
}

test_with_node if {
	not collector.without_node({"spec": {"nodeSelector": {"type": "arm"}, "tolerations": [1, {"key": "a"}]}, "meta": {}})
	not collector.without_node({"spec": {"nodeSelector": "type", "tolerations": 7}, "meta": {"labels": {"team": "x"}}})
	not collector.without_node({"spec": {"nodeSelector": {"type": ["virtual-kubelet"]}}, "meta": {"labels": []}})
}
