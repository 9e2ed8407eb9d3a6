package lib.onelayer.join

import data.lib.onelayer.resource

_assumed[number] contains ref if {
	some number, _ in _drafts
	some repository in _loose_repositories
	_only_answer(number, repository)
	some ref in _left
	_repository(ref) == repository
}

_left := (_workload_refs - _exact) - {claim.ref | some claim in _claims}

_loose_repositories := {repository |
	some ref in _left
	repository := _repository(ref)
	not _public(repository)
	not repository in _base_images
}

_base_images := {_repository(resource.text(entry.value[0])) |
	some record in _dockerfiles
	some entry in record.obj.spec.dockerfile
	entry.cmd == "from"
}

_loose := deployed if {
	deployed := {number | some number in _idle; not _development(_drafts[number].file)}
	count(deployed) > 0
} else := _idle

_idle := {number |
	some number, draft in _drafts
	draft.stage == ""
	draft.extra == ""
	not number in _running
}

_only_pair if {
	count(_loose) == 1
	count(_loose_repositories) == 1
	some number in _loose
	some repository in _loose_repositories
	_may_be(number, repository)
}

_only_answer(number, repository) if {
	_only_pair
	number in _loose
	repository in _loose_repositories
} else if {
	not _only_pair
	_called(repository) == {number}
}

_called(repository) := {number |
	some number in _loose
	_may_be(number, repository)
	_name_of(_drafts[number].file) == _base(repository)
}

_may_be(number, repository) if {
	named := {_base(_repository(ref)) |
		some ref in _known(number)
		not startswith(ref, "compose.onelayer.dev/")
	}
	_compatible(named, _base(repository))
}

_compatible(named, name) if {
	count(named) == 0
} else if {
	name in named
}

_name_of(file) := regex.replace(lower(_base(file)), `^(dockerfile|containerfile)[.-]`, "") if {
	regex.match(`^(dockerfile|containerfile)[.-]`, lower(_base(file)))
} else := trim_suffix(lower(_base(file)), ".dockerfile") if {
	endswith(lower(_base(file)), ".dockerfile")
} else := [_base(folder) |
	some folder in _up(_folder(file))
	not lower(_base(folder)) in {"docker", ".docker", "build", "deploy", "deployment", "ci"}
][0]

_development(file) if regex.match(
	`(?i)(^|[/._-])(dev|develop|development|local|test|tests|testing|e2e|ci|devcontainer)([/._-]|$)`,
	file,
)
