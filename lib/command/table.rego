package lib.onelayer.command

_wrappers := {
	"tini": {"values": {"-p", "-e"}, "stays": true},
	"tini-static": {"values": {"-p", "-e"}, "stays": true},
	"docker-init": {"values": {"-p", "-e"}, "stays": true},
	"dumb-init": {"values": {"-r", "--rewrite"}, "stays": true},
	"catatonit": {"stays": true},
	"gosu": {"skip": 1},
	"su-exec": {"skip": 1},
	"setpriv": {"values": {
		"--reuid", "--regid", "--groups", "--inh-caps", "--ambient-caps", "--bounding-set", "--securebits", "--pdeathsig",
		"--selinux-label", "--apparmor-profile", "--ruid", "--euid", "--rgid", "--egid",
	}},
	"chpst": {"values": {"-u", "-U", "-b", "-e", "-/", "-n", "-l", "-L", "-m", "-d", "-o", "-p", "-f", "-c", "-t", "-C"}},
	"setuidgid": {"skip": 1},
	"s6-setuidgid": {"skip": 1},
	"su": {"values": {"-s", "--shell", "-g", "--group", "-G"}, "text": {"-c", "--command"}, "stays": true, "only": "text"},
	"runuser": {
		"values": {"-u", "--user", "-s", "--shell", "-g", "--group", "-G"},
		"text": {"-c", "--command"}, "stays": true, "only": "text or dashes",
	},
	"sudo": {
		"values": {
			"-u", "--user", "-g", "--group", "-C", "-D", "--chdir", "-h", "-p", "--prompt", "-R", "-r", "-t", "-T", "-U",
		},
		"assigns": true, "stays": true,
	},
	"doas": {"values": {"-u", "-C"}, "stays": true},
	"env": {
		"values": {"-u", "--unset", "-C", "--chdir"}, "text": {"-S", "--split-string"}, "assigns": true, "reader": "",
	},
	"nice": {"values": {"-n", "--adjustment"}},
	"ionice": {"values": {"-c", "-n", "--class", "--classdata"}},
	"chrt": {"values": {"-T", "-P", "-D"}, "skip": 1},
	"taskset": {"skip": 1},
	"nohup": {},
	"setsid": {},
	"exec": {"values": {"-a"}},
	"command": {},
	"builtin": {},
	"time": {"values": {"-f", "--format", "-o", "--output"}},
	"timeout": {"values": {"-s", "--signal", "-k", "--kill-after"}, "skip": 1, "stays": true},
	"stdbuf": {"values": {"-i", "-o", "-e", "--input", "--output", "--error"}},
	"unbuffer": {"stays": true},
	"xvfb-run": {
		"values": {
			"-s", "--server-args", "-n", "--server-num", "-e", "--error-file", "-f", "--auth-file", "-p", "--xauth-protocol",
			"-w", "--wait",
		},
		"stays": true,
	},
	"setarch": {"between": {"x86_64", "i386", "i686", "aarch64", "arm64", "armv7l", "linux32", "linux64", "uname26"}},
	"linux32": {},
	"linux64": {},
	"dbus-run-session": {"values": {"--dbus-daemon", "--config-file"}, "stays": true},
	"datadog-init": {"stays": true},
	"numactl": {"values": {"-C", "-N", "-m", "-i", "-p", "-P"}},
	"catchsegv": {},
	"busybox": {},
	"doppler": {
		"sub": {"run"},
		"values": {
			"-p", "--project", "-c", "--config", "-t", "--token", "--scope", "--mount", "--fallback", "--fallback-passphrase",
			"--mount-template", "--mount-format", "--name-transformer", "--only-secrets", "--config-dir", "--configuration",
		},
		"text": {"--command"}, "stays": true,
	},
	"infisical": {
		"sub": {"run"},
		"values": {
			"-e", "--env", "-p", "--path", "--projectId", "--project-config-dir", "-t", "--tags", "--token", "--domain",
			"--log-level", "-l",
		},
		"text": {"-c", "--command"}, "stays": true,
	},
	"dotenv": {"values": {"-e", "-p", "-v", "-c", "-f"}, "stays": true},
	"dotenvx": {
		"sub": {"run"},
		"values": {
			"-e", "--env", "-f", "--env-file", "-fv", "--env-vault-file", "-fk", "--env-keys-file",
			"--convention", "-l",
		},
		"stays": true,
	},
	"env-cmd": {"values": {"-f", "--file", "-e", "--environments", "-r", "--rc-file"}, "stays": true},
	"cross-env": {"assigns": true, "stays": true},
	"cross-env-shell": {"assigns": true, "stays": true, "joined": true},
	"aws-vault": {
		"sub": {"exec"},
		"values": {"-d", "--duration", "-t", "--mfa-token", "--region", "--backend", "--prompt"}, "skip": 1, "stays": true,
	},
	"aws-env": {},
	"chamber": {
		"sub": {"exec"},
		"values": {"-b", "--backend", "-r", "--retries", "--retry-mode", "--min-throttle-delay", "--kms-key-alias"},
		"only": "dashes",
	},
	"op": {
		"sub": {"run"}, "values": {"--account", "--config", "--session", "--env-file"},
		"only": "dashes", "stays": true,
	},
	"vault-env": {},
	"envconsul": {
		"values": {"-config", "-prefix", "-secret", "-consul-addr", "-vault-addr", "-log-level", "-env-consul"},
		"stays": true,
	},
	"summon": {"values": {"-f", "-p", "-e", "-D"}, "stays": true},
	"sops": {"sub": {"exec-env"}, "skip": 1, "stays": true, "joined": true},
	"wait-for": {"only": "dashes"},
	"wait-for.sh": {"only": "dashes"},
	"wait-for-it": {"only": "dashes"},
	"wait-for-it.sh": {"only": "dashes"},
	"dockerize": {
		"values": {
			"-wait", "-timeout", "-template", "-stdout", "-stderr", "-wait-retry-interval", "-wait-http-header", "-delims",
			"-env", "-env-section", "-validate-cert",
		},
		"stays": true,
	},
	"scuttle": {"stays": true},
	"linkerd-await": {"values": {"-b", "--backoff", "-p", "--port", "-t", "--timeout"}},
	"with-contenv": {"stays": false},
	"docker-entrypoint.sh": {"script": true},
	"docker-php-entrypoint": {"script": true},
	"bundle": {"sub": {"exec"}},
	"poetry": {"sub": {"run"}},
	"pipenv": {"sub": {"run"}, "stays": true},
	"uv": {
		"sub": {"run"}, "values": {
			"--project", "--directory", "--with", "--python", "-p", "--extra",
			"--group",
		},
		"stays": true,
	},
	"volta": {"sub": {"run"}, "values": {"--node", "--npm", "--pnpm", "--yarn", "--env"}, "stays": true},
	"nvm": {
		"sub": {"exec"},
		"between": {"lts/*", "14", "16", "18", "20", "22", "24", "26"},
		"stays": true,
	},
	"fnm": {"sub": {"exec"}, "values": {"--using", "--fnm-dir", "--log-level", "--arch"}, "stays": true},
	"asdf": {"sub": {"exec"}},
	"nodenv": {"sub": {"exec"}},
	"rbenv": {"sub": {"exec"}},
	"pyenv": {"sub": {"exec"}},
	"direnv": {"sub": {"exec"}, "skip": 1},
	"n": {"sub": {"exec", "run"}, "skip": 1},
	"mise": {"sub": {"exec", "x"}, "only": "dashes"},
	"rtx": {"sub": {"exec", "x"}, "only": "dashes"},
	"rye": {"sub": {"run"}},
	"pdm": {"sub": {"run"}, "values": {"-p", "--project", "-s", "--site-packages"}, "stays": true},
	"conda": {"sub": {"run"}, "values": {"-n", "--name", "-p", "--prefix", "--cwd"}, "stays": true},
	"mamba": {"sub": {"run"}, "values": {"-n", "--name", "-p", "--prefix", "--cwd"}, "stays": true},
	"micromamba": {"sub": {"run"}, "values": {"-n", "--name", "-p", "--prefix", "--cwd"}, "stays": true},
	"foreman": {
		"sub": {"run"}, "values": {"-e", "--env", "-f", "--procfile", "-d", "--root", "-p", "--port"},
		"stays": true,
	},
	"honcho": {"sub": {"run"}, "values": {"-e", "--env", "-f", "--procfile", "-d", "--app-root"}, "stays": true},
	"forego": {"sub": {"run"}, "values": {"-e"}, "stays": true},
	"lerna": {"sub": {"exec"}, "values": {"--scope", "--ignore", "--concurrency"}, "stays": true},
	"chroot": {"skip": 1},
	"unshare": {"values": {
		"-R", "--root", "-w", "--wd", "-S", "--setuid", "-G", "--setgid", "--map-user", "--map-group", "--map-users",
		"--map-groups", "--propagation", "--setgroups", "--monotonic", "--boottime",
	}},
	"prlimit": {},
	"softlimit": {"values": {"-a", "-c", "-d", "-f", "-l", "-m", "-o", "-p", "-r", "-s", "-t"}},
	"s6-softlimit": {"values": {"-a", "-c", "-d", "-f", "-l", "-m", "-o", "-p", "-r", "-s", "-t"}},
	"start-stop-daemon": {
		"values": {
			"-x", "--exec", "-a", "--startas", "-p", "--pidfile", "-u", "--user", "-c", "--chuid", "-g", "--group", "-n",
			"--name", "-r", "--chroot", "-d", "--chdir", "-N", "--nicelevel", "-P", "--procsched", "-I", "--iosched", "-k",
			"--umask", "-s", "--signal", "-R", "--retry", "-O", "--output", "--notify-timeout", "--ppid",
		},
		"program": [{"-a", "--startas"}, {"-x", "--exec"}],
		"started": {"-S", "--start"},
		"aside": {"-b", "--background"},
		"only": "program",
	},
	"envdir": {"skip": 1},
	"s6-envdir": {"skip": 1},
	"authbind": {"values": {"--depth"}},
	"proxychains": {"values": {"-f"}},
	"proxychains4": {"values": {"-f"}},
	"eatmydata": {},
	"faketime": {"skip": 1, "stays": true},
	"fixuid": {},
	"firejail": {"stays": true},
	"strace": {
		"values": {
			"-a", "-b", "-e", "-E", "-I", "-o", "-O", "-P", "-s", "-S", "-u", "-X", "--trace", "--output", "--string-limit",
		},
		"stays": true,
	},
	"script": {"text": {"-c", "-qc", "-qec", "-qefc", "--command"}, "stays": true, "only": "text"},
	"nix-shell": {"text": {"--run", "--command"}, "stays": true, "only": "text"},
	"consul-template": {"text": {"-exec"}, "stays": true, "only": "text"},
	"bank-vaults": {"sub": {"env"}},
	"conjur-env": {},
	"ssm-env": {},
	"berglas": {"sub": {"exec"}, "only": "dashes", "stays": true},
	"teller": {"sub": {"run"}, "only": "dashes", "stays": true},
	"secrethub": {"sub": {"run"}, "only": "dashes", "stays": true},
	"hcp": {"sub": {"vault-secrets"}, "only": "dashes", "stays": true},
	"varlock": {"sub": {"run"}, "only": "dashes", "stays": true},
	"keyway": {"sub": {"run"}, "only": "dashes", "stays": true},
	"phase": {"sub": {"run"}, "values": {"--env", "--app", "--path", "--tags"}, "stays": true, "joined": true},
	"dd-trace-run": {},
	"ddtrace-run": {},
	"newrelic-admin": {"sub": {"run-program"}},
	"opentelemetry-instrument": {"values": {
		"--traces_exporter", "--metrics_exporter", "--logs_exporter", "--service_name", "--exporter_otlp_endpoint",
	}},
	"corepack": {},
	"npx": {
		"values": {"-p", "--package", "-w", "--workspace", "--registry", "--cache", "--prefix", "--loglevel"},
		"text": {"-c", "--call"}, "manager": true, "bin": true,
	},
	"bunx": {"values": {"-p", "--package"}, "manager": true, "bin": true},
	"pnpx": {"values": {"-p", "--package"}, "manager": true, "bin": true},
}

_looked_through := {
	"asdf", "ash", "authbind", "aws-env", "aws-vault", "bank-vaults", "bash", "berglas", "builtin", "bun",
	"bundle", "bunx", "busybox", "catatonit", "catchsegv", "chamber", "chpst", "chroot", "chrt", "command",
	"conc", "concurrently", "conda", "conjur-env", "consul-template", "corepack", "cross-env",
	"cross-env-shell", "dash", "datadog-init", "dbus-run-session", "dd-trace-run", "ddtrace-run", "direnv",
	"doas", "docker-entrypoint.sh", "docker-init", "docker-php-entrypoint", "dockerize", "doppler", "dotenv",
	"dotenvx", "dumb-init", "eatmydata", "env", "env-cmd", "envconsul", "envdir", "exec", "faketime",
	"firejail", "fixuid", "fnm", "forego", "foreman", "gosu", "hcp", "honcho", "infisical", "ionice", "keyway",
	"ksh", "lerna", "linkerd-await", "linux32", "linux64", "mamba", "micromamba", "mise", "mksh", "multirun",
	"n", "newrelic-admin", "nice", "nix-shell", "nodenv", "nohup", "npm", "npm-run-all", "npm-run-all2", "npx",
	"numactl", "nvm", "nx", "op", "opentelemetry-instrument", "pdm", "phase", "pipenv", "pnpm", "pnpx",
	"poetry", "prlimit", "proxychains", "proxychains4", "pyenv", "rbash", "rbenv", "rtx", "run-p", "run-s",
	"runuser", "rushx", "rye", "s6-envdir", "s6-setuidgid", "s6-softlimit", "script", "scuttle", "secrethub",
	"setarch", "setpriv", "setsid", "setuidgid", "sh", "softlimit", "sops", "ssm-env", "start-stop-daemon",
	"stdbuf", "strace", "su", "su-exec", "sudo", "summon", "taskset", "teller", "time", "timeout", "tini",
	"tini-static", "turbo", "unbuffer", "unshare", "uv", "varlock", "vault-env", "volta", "wait-for",
	"wait-for-it", "wait-for-it.sh", "wait-for.sh", "with-contenv", "xvfb-run", "yarn", "zsh",
}

_shells := {"sh", "bash", "ash", "dash", "zsh", "ksh", "mksh", "rbash"}

_managers := {
	"npm": {"values": {
		"--prefix", "-C", "-w", "--workspace", "--loglevel", "--userconfig", "--globalconfig", "--cache", "--registry",
		"--script-shell", "-p", "--package",
	}},
	"yarn": {"values": {"--cwd", "--use-yarnrc", "--modules-folder", "--cache-folder", "--mutex", "--registry", "-p"}},
	"pnpm": {"values": {
		"-C", "--dir", "-F", "--filter", "--filter-prod", "--workspace-concurrency", "--reporter", "--loglevel",
		"--resume-from", "--package",
	}},
	"bun": {"values": {"--cwd", "--filter", "-F", "--env-file", "-r", "--preload", "-c", "--config", "--elide-lines"}},
}

_running := {
	"npm": {"run", "run-script", "rum", "urn"},
	"yarn": {"run"},
	"pnpm": {"run", "run-script"},
	"bun": {"run"},
}

_short := {
	"npm": {"start": "start", "test": "test", "t": "test", "tst": "test", "stop": "stop", "restart": "restart"},
	"yarn": {},
	"pnpm": {"start": "start", "test": "test", "t": "test", "tst": "test", "stop": "stop", "restart": "restart"},
	"bun": {},
}

_executing := {
	"npm": {"exec", "x"},
	"yarn": {"exec", "dlx"},
	"pnpm": {"exec", "dlx"},
	"bun": {"x"},
}

_monorepos := {
	"turbo": {"values": {
		"--filter", "-F", "--concurrency", "--cwd", "--log-order", "--log-prefix", "--output-logs", "--env-mode", "--ui",
		"--cache-dir", "--token", "--team", "--api",
	}},
	"lerna": {"values": {"--scope", "--ignore", "--concurrency", "--npm-client", "--loglevel"}},
	"nx": {"values": {"--configuration", "-c", "--output-style", "--outputStyle", "--runner", "--parallel"}},
	"rushx": {"values": set()},
}

_own := {
	"npm": {},
	"yarn": {
		"add", "audit", "autoclean", "bin", "cache", "check", "config", "constraints", "create", "dedupe", "explain",
		"generate-lock-entry", "global", "help", "import", "info", "init", "install", "licenses", "link", "list", "login",
		"logout", "node", "npm", "outdated", "owner", "pack", "patch", "plugin", "policies", "prune", "publish", "rebuild",
		"remove", "search", "self-update", "set", "stage", "tag", "team", "unlink", "unplug", "up", "upgrade",
		"upgrade-interactive", "version", "versions", "why", "workspaces",
	},
	"pnpm": {
		"add", "approve-builds", "audit", "bin", "cache", "config", "create", "dedupe", "deploy", "doctor", "env", "fetch",
		"help", "i", "import", "init", "install", "licenses", "link", "list", "ln", "login", "ls", "outdated", "pack",
		"patch", "patch-commit", "prune", "publish", "rb", "rebuild", "remove", "rm", "root", "self-update", "server",
		"setup", "store", "uninstall", "unlink", "up", "update", "why",
	},
	"bun": {
		"a", "add", "audit", "build", "create", "i", "info", "init", "install", "link", "list", "outdated", "patch", "pm",
		"publish", "remove", "repl", "rm", "test", "unlink", "update", "upgrade", "why",
	},
}

_runners := {
	"npm-run-all": {"values": {"-n", "-l", "-c", "--max-parallel", "--npm-path", "-a"}, "parallel": {"-p", "--parallel"}},
	"npm-run-all2": {"values": {"--max-parallel", "--npm-path"}, "parallel": {"-p", "--parallel"}},
	"run-s": {"values": {"--npm-path"}, "parallel": set()},
	"run-p": {"values": {"--max-parallel", "--npm-path"}, "always": true, "parallel": set()},
	"concurrently": {
		"values": {
			"-n", "--names", "-c", "--prefix-colors", "-p", "--prefix", "-l", "--prefix-length", "-t", "--timestamp-format",
			"-s", "--success", "-m", "--max-processes", "--restart-tries", "--restart-after", "--name-separator", "--hide",
			"--default-input-target", "--kill-signal", "--cwd", "--kill-timeout",
		},
		"always": true, "parallel": set(), "texts": true,
	},
	"multirun": {"values": set(), "always": true, "parallel": set(), "texts": true},
}
