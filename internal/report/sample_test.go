package report

import (
	"errors"
	"regexp"
	"strings"

	"github.com/onelayer/onelayer/internal/finding"
)

var sampleFiles = map[string]string{
	"services/api/Dockerfile": `FROM node:20
WORKDIR /app
COPY . .
ENV PM2_SECRET_KEY=hunter2-dockerfile
CMD ["npm", "start"]
RUN pm2 link --secret hunter2-option --public hunter2-public
`,
	"services/api/package.json": `{
  "name": "api",
  "scripts": {
	"start": "pm2-runtime start ecosystem.config.js --secret hunter2-script"
  }
}
`,
	"k8s/api.yaml": `apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: shop}
spec:
  template:
    spec:
      containers:
      - name: api
        image: shop/api:1.0
        env:
        - name: PM2_SECRET_KEY
          value: hunter2-manifest
        - name: WEB_CONCURRENCY
          value: "4"
        - name: DATABASE
          value: postgres://admin:hunter2-url@db/shop
`,
	"k8s/広い.yaml": "名前: \"値\" # 日本\n",
}

func sampleSource(file string) ([]string, error) {
	text, ok := sampleFiles[file]
	if !ok {
		return nil, errors.New("no such file")
	}
	return strings.Split(text, "\n"), nil
}

var sampleSecrets = regexp.MustCompile(`hunter2-[a-z0-9]+`)

func sampleMask(lines []string) []string {
	out := make([]string, len(lines))
	for i, line := range lines {
		out[i] = sampleSecrets.ReplaceAllString(line, "***")
	}
	return out
}

func sampleOptions() Options {
	return Options{
		Unicode: true,
		FailOn:  finding.Error,
		Source:  sampleSource,
		Mask:    sampleMask,
		Tool:    Tool{Name: "onelayer", Version: "v1.2.3", URL: "https://onelayer.dev"},
		Rules: map[string]Rule{
			"process/manager-entrypoint": {
				ID: "process/manager-entrypoint", Title: "A process manager runs as the main process of a container",
				Description: "PM2 restarts what the kubelet already restarts.", Severity: finding.Error, Tags: []string{"process", "lifecycle"},
				Docs: "https://onelayer.dev/rules/process/manager-entrypoint", Help: "# process/manager-entrypoint\n\nRun node.",
			},
		},
	}
}

func sampleReport() *finding.Report {
	image := finding.Object{APIVersion: "onelayer.dev/v1alpha1", Kind: "Image", Name: "services-api-dockerfile-0a1b2c3d"}
	api := finding.Object{APIVersion: "apps/v1", Kind: "Deployment", Namespace: "shop", Name: "api"}
	root := finding.Finding{
		ID: "process/manager-entrypoint", Severity: finding.Error,
		Msg:  `process/manager-entrypoint: image services/api starts PM2 through npm: Kubernetes is the process manager; run "node server.js"`,
		File: "services/api/package.json", Line: 4, Column: 12, EndColumn: 23, Object: image, Path: `spec.files["package.json"].packageJSON.scripts.start`,
		Evidence: []finding.Evidence{
			{File: "services/api/Dockerfile", Line: 5, Path: "spec.dockerfile[4]", Note: "CMD runs npm start"},
			{File: "services/api/package.json", Line: 4, Note: "npm start runs scripts.start"},
			{File: "services/api/package.json", Line: 4, Note: "scripts.start runs pm2-runtime start ecosystem.config.js --secret hunter2-note, which keeps the application as a child and restarts it by itself"},
		},
		Related:     []finding.Related{{File: "k8s/api.yaml", Line: 9, Object: &api, Path: "spec.template.spec.containers[0].image", Note: "Deployment shop/api runs this image"}},
		Remediation: "Start the application itself: CMD [\"node\", \"server.js\"]. The kubelet restarts the container, a Deployment scales it,\nand the mesh balances the load:\n  CMD [\"node\", \"server.js\"]",
		Docs:        "https://onelayer.dev/rules/process/manager-entrypoint", Fingerprint: "sha256:1111",
	}
	child := finding.Finding{
		ID: "observability/manager-logs", Severity: finding.Warning, Root: root.ID,
		Msg:  "observability/manager-logs: PM2 writes log files that the cluster's pipeline never sees",
		File: "services/api/Dockerfile", Line: 5, Column: 6, EndColumn: 11, Object: image, Path: "spec.dockerfile[4]",
		Evidence: []finding.Evidence{root.Evidence[0], {Note: "PM2 has log files by default"}}, Related: root.Related,
		Remediation: "Write to stdout.", Docs: "https://onelayer.dev/rules/observability/manager-logs", Fingerprint: "sha256:2222",
	}
	key := finding.Finding{
		ID: "observability/manager-telemetry", Severity: finding.Warning,
		Msg:  "observability/manager-telemetry: container api sends telemetry to PM2 Plus (PM2_SECRET_KEY): a second monitoring path",
		File: "k8s/api.yaml", Line: 12, Column: 18, EndColumn: 34, Object: api, Path: "spec.template.spec.containers[0].env[0].value",
		Remediation: "Remove the variable.", Docs: "https://onelayer.dev/rules/observability/manager-telemetry", Fingerprint: "sha256:3333",
	}
	again := key
	again.Line, again.Column, again.EndColumn, again.Path, again.Fingerprint = 16, 18, 0, "spec.template.spec.containers[0].env[2].value", "sha256:4444"
	info := finding.Finding{
		ID: "resilience/missing-probe", Severity: finding.Info, Msg: "resilience/missing-probe: container api has no readinessProbe",
		File: "k8s/広い.yaml", Line: 1, Column: 5, Object: api, Path: "spec.template.spec.containers[0]", Fingerprint: "sha256:5555",
	}
	return &finding.Report{
		Schema:   finding.SchemaReport,
		Findings: []finding.Finding{root, key, child, again, info},
		Waived: []finding.Waived{{Finding: child, Waiver: finding.Waiver{
			Reason: "migration is under way", Owner: "team-shop", Until: "2027-01-31", Source: "config .onelayer.yaml:4"}}},
		Errors: []finding.Problem{
			{File: "k8s/api.yaml", Line: 3, Column: 11, Msg: "did not find expected ',' or '}' near hunter2-problem"},
			{File: "chart", Msg: "cannot be rendered: helm is not installed"},
		},
		Summary: finding.Summary{Documents: 14, Error: 1, Warning: 3, Info: 1, Waived: 1},
	}
}
