package cluster

import "maps"

// shop is the namespace of the workloads. The page on Gatekeeper makes one of its own.
const shop = "market"

// podSpec is a pod that runs one command. With nothing else it gives a rule nothing to say but of the command.
func podSpec(command ...any) map[string]any {
	probe := func(path string) map[string]any {
		return map[string]any{"httpGet": map[string]any{"path": path, "port": int64(8080)}}
	}
	return map[string]any{
		"restartPolicy": "Always",
		"containers": []any{map[string]any{
			"name": "web", "image": "registry.example.com/shop/api:1", "command": command,
			"ports":          []any{map[string]any{"containerPort": int64(8080)}},
			"readinessProbe": probe("/ready"), "livenessProbe": probe("/live"),
		}},
	}
}

// pm2 and node are the founding case and its repair.
func pm2() map[string]any  { return podSpec("pm2-runtime", "server.js") }
func node() map[string]any { return podSpec("node", "server.js") }

// resources says where the API server keeps each kind.
var resources = map[string]string{
	"Pod":         "/api/v1/namespaces/" + shop + "/pods",
	"Deployment":  "/apis/apps/v1/namespaces/" + shop + "/deployments",
	"StatefulSet": "/apis/apps/v1/namespaces/" + shop + "/statefulsets", "DaemonSet": "/apis/apps/v1/namespaces/" + shop + "/daemonsets",
	"ReplicaSet": "/apis/apps/v1/namespaces/" + shop + "/replicasets", "Job": "/apis/batch/v1/namespaces/" + shop + "/jobs",
	"CronJob": "/apis/batch/v1/namespaces/" + shop + "/cronjobs",
}

var versions = map[string]string{"Pod": "v1", "Job": "batch/v1", "CronJob": "batch/v1"}

// workload wraps a pod's spec as an object of some kind.
func workload(kind, name string, spec map[string]any) map[string]any {
	labels := map[string]any{"app": name}
	template := map[string]any{"metadata": map[string]any{"labels": labels}, "spec": spec}
	object := map[string]any{
		"apiVersion": "apps/v1", "kind": kind,
		"metadata": map[string]any{"name": name, "namespace": shop, "labels": labels},
	}
	if version, found := versions[kind]; found {
		object["apiVersion"] = version
	}
	job := func() map[string]any {
		once := maps.Clone(spec)
		once["restartPolicy"] = "Never"
		return map[string]any{"template": map[string]any{"metadata": map[string]any{"labels": labels}, "spec": once}}
	}
	switch kind {
	case "Pod":
		object["spec"] = spec
	case "Job":
		object["spec"] = job()
	case "CronJob":
		object["spec"] = map[string]any{"schedule": "0 3 * * *", "jobTemplate": map[string]any{"spec": job()}}
	case "StatefulSet":
		object["spec"] = map[string]any{"selector": map[string]any{"matchLabels": labels}, "template": template, "serviceName": name}
	default:
		object["spec"] = map[string]any{"selector": map[string]any{"matchLabels": labels}, "template": template}
	}
	return object
}

func deployment(name string, spec map[string]any) map[string]any {
	return workload("Deployment", name, spec)
}

// ownedBy says of an object that a controller made it.
func ownedBy(object map[string]any, version, kind, name string) map[string]any {
	metadata, _ := object["metadata"].(map[string]any)
	metadata["ownerReferences"] = []any{map[string]any{
		"apiVersion": version, "kind": kind, "name": name, "uid": "4b1c6a0e-0000-4000-8000-000000000000", "controller": true,
	}}
	return object
}
