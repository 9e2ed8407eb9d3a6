# METADATA
# scope: package
# title: The image installs a process manager
# description: >-
#   The final stage of the image, or the runtime dependencies of the package in it, install a process manager. It is
#   a supervisor that nobody should start in a container, larger images, and one more thing to patch. Builder stages
#   and devDependencies do not count.
# custom:
#   id: process/manager-installed
#   severity: warning
#   severities: [warning, info]
#   group: process
#   concerns: [lifecycle]
#   layers: [container]
#   applies_to: [
#     onelayer.dev/Image
#   ]
#   needs: [source]
#   parameters:
#     allowed_managers:
#       type: array
#       description: >-
#         Names of process managers that images may install, for example s6.
#       default: []
#       items:
#         type: string
#   remediation:
#     default: >-
#       Remove the manager from the RUN instruction or from dependencies in package.json; a tool for developers
#       belongs in devDependencies.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.process.manager_installed

import data.lib.onelayer.command
import data.lib.onelayer.container
import data.lib.onelayer.finding
import data.lib.onelayer.manager
import data.lib.onelayer.params

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("%s installs %s, which nothing in a container needs; remove it", [record.label, name]),
	"severity": container.severity(record, "warning"),
	"path": run.path,
	"related": container.related(record),
}) if {
	some record in container.records
	record.kind == "onelayer.dev/Image"
	some run in _installing(record)
	some process in command.run(_shell(record, run)).processes
	some name in _installed(process.argv)
	not name in params.of("process/manager-installed").allowed_managers
}

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": sprintf("%s ships %s as a runtime dependency of %s; remove it or move it to devDependencies", [
		record.label,
		name,
		key,
	]),
	"severity": container.severity(record, "warning"),
	"path": ["spec", "files", key, "packageJSON", "dependencies", dependency],
	"related": container.related(record),
}) if {
	some record in container.records
	record.kind == "onelayer.dev/Image"
	not record.standalone
	some key, file in record.command.files
	some dependency, _ in file.packageJSON.dependencies
	name := manager.packaged("npm", dependency)
	not name in _watchers
	not name in params.of("process/manager-installed").allowed_managers
}

_installing(record) := [run |
	some run in record.folded.runs
	regex.match(`\b(install|add|i)\b`, run.text)
]

_shell(record, run) := object.union(record.command, {"words": [
{"v": word, "path": run.path, "from": "image"} |
	some word in ["/bin/sh", "-c", run.text]
]})

_installed(argv) := [name |
	ecosystem := _ecosystem(argv)
	some word in array.slice(argv, 1, count(argv))
	name := manager.packaged(ecosystem, word)
	not name in _watchers
]

_ecosystem(argv) := "npm" if {
	argv[0] in {"npm", "yarn", "pnpm", "bun"}
	some word in argv
	word in {"install", "i", "add"}
} else := "apt" if {
	argv[0] in {"apt-get", "apt", "yum", "dnf", "microdnf", "aptitude"}
	"install" in argv
} else := "apk" if {
	argv[0] == "apk"
	"add" in argv
} else := "pip" if {
	argv[0] in {"pip", "pip3", "uv", "pipx"}
	"install" in argv
} else := "gem" if {
	argv[0] == "gem"
	"install" in argv
}

_watchers := {"nodemon", "supervisor", "ts-node-dev", "node-dev", "concurrently", "npm-run-all"}
