package lib.onelayer.join_test

import data.lib.onelayer.config
import data.lib.onelayer.join
import data.lib.onelayer.resource

_from := {"Cmd": "from", "SubCmd": "", "JSON": false, "Flags": [], "Value": ["node:22"], "Stage": 0}

_copy(words) := {"Cmd": "copy", "SubCmd": "", "JSON": false, "Flags": [], "Value": words, "Stage": 0}

_npm := {"Cmd": "cmd", "SubCmd": "", "JSON": false, "Flags": [], "Value": ["npm start"], "Stage": 0}

_docker(path, more) := {"path": path, "contents": array.concat([_from], more)}

_package := {"name": "shop", "scripts": {"start": "pm2-runtime x.js"}}

_json(path) := {"path": path, "contents": _package}

_process(path) := {"path": path, "contents": {"apps": [{"name": "a", "script": "a.js"}]}}

_pod(image) := {"path": "k8s/pod.yaml", "contents": {
	"apiVersion": "v1",
	"kind": "Pod",
	"metadata": {"name": "web"},
	"spec": {"containers": [{"name": "web", "image": image}, {"name": "bare"}]},
}}

_compose(path, services) := {"path": path, "contents": {"services": services}}

_images(files) := {entry.path: entry.contents.spec |
	some entry in joined
	entry.contents.kind == "Image"
} if {
	joined := join.combined with input as files
}

_names(files) := {entry.contents.metadata.name |
	some entry in joined
	entry.contents.kind == "Image"
} if {
	joined := join.combined with input as files
}

_refs(spec) := [spec.refs, spec.assumedRefs]

test_a_dockerfile_brings_what_it_copies if {
	specs := _images([
		_docker("api/Dockerfile", [_copy([".", "./"]), _npm]),
		_json("api/package.json"),
		_process("api/process.yml"),
		_process("api/node_modules/x/process.yml"),
		_process("other/process.yml"),
	])
	object.keys(specs) == {"api/Dockerfile"}
	specs["api/Dockerfile"].context == "api"
	object.keys(specs["api/Dockerfile"].files) == {"package.json", "process.yml"}
	specs["api/Dockerfile"].files["package.json"] == {"packageJSON": _package}
}

test_sources_are_paths_and_patterns if {
	cases := {
		["package.json", "./"]: {"package.json"},
		["./package.json", "sub/../process.yml", "./"]: {"package.json", "process.yml"},
		["*.json", "./"]: {"package.json"},
		["$FILE", "./"]: {"package.json", "process.yml", "config/process.yml"},
		["config", "./"]: {"config/process.yml"},
		["https://example.com/x", "./"]: set(),
		["<<E", "package.json"]: set(),
		["package.json"]: set(),
	}
	every words, brought in cases {
		specs := _images([
			_docker("Dockerfile", [_copy(words)]),
			_json("package.json"),
			_process("process.yml"),
			_process("config/process.yml"),
		])
		object.keys(specs.Dockerfile.files) == brought
	}
	staged := object.union(_copy(["package.json", "./"]), {"Flags": ["--from=build"]})
	_images([_docker("Dockerfile", [staged]), _json("package.json")]).Dockerfile.files == {}
}

test_the_context_is_the_nearest_folder_that_holds_the_sources if {
	cases := [
		[[_copy(["package.json", "./"])], [_json("package.json")], "."],
		[[_copy(["package.json", "./"])], [_json("a/b/package.json")], "a/b"],
		[[_copy([".", "./"]), _npm], [_json("a/package.json")], "a"],
		[[_copy([".", "./"])], [_json("a/package.json")], "a/b"],
		[[_copy(["src/app.js", "./"])], [_json("a/src/package.json")], "a"],
		[[_copy(["*/app.js", "./"])], [_json("a/src/package.json")], "a/b"],
	]
	every example in cases {
		specs := _images(array.concat([_docker("a/b/Dockerfile", example[0])], example[1]))
		specs["a/b/Dockerfile"].context == example[2]
	}
}

test_a_compose_file_says_what_it_builds if {
	files := [
		_docker("api/Dockerfile", [_copy([".", "./"])]),
		_docker("web/Dockerfile.prod", []),
		_compose("compose.yaml", {
			"api": {"build": "./api", "image": "shop/api:1"},
			"web": {"build": {"context": "${DIR:-web}", "dockerfile": "Dockerfile.prod", "target": "Base"}},
			"inline": {"build": {"dockerfile_inline": "FROM node"}},
			"remote": {"build": "https://example.com/x.git"},
			"odd": {"build": 5},
			"text": "x",
		}),
	]
	refs := {ref |
		joined := join.combined with input as files
		some entry in joined
		entry.path == "api/Dockerfile"
		some ref in entry.contents.spec.refs
	}
	refs == {"compose.onelayer.dev/compose-yaml/api", "shop/api:1"}
	names := _names(files)
	resource.image_name("web/Dockerfile.prod", "base") in names
	resource.image_name("web/Dockerfile.prod", "") in names
	count(names) == 3
}

test_two_contexts_of_one_dockerfile_are_two_images if {
	names := _names([
		_docker("Dockerfile", []),
		_compose("compose.yaml", {
			"a": {"build": {"context": "a", "dockerfile": "../Dockerfile"}},
			"b": {"build": {"context": "b", "dockerfile": "../Dockerfile"}},
			"c": {"build": {"context": "b", "dockerfile": "../Dockerfile"}},
		}),
	])
	names == {resource.image_name("Dockerfile", ""), resource.image_name("Dockerfile", "@b")}
}

test_the_last_stage_is_the_default if {
	named := object.union(_from, {"Value": ["node:22", "AS", "Prod"]})
	names := _names([
		{"path": "Dockerfile", "contents": [named]},
		_compose("compose.yaml", {"a": {"build": {"context": ".", "target": "prod"}}}),
	])
	names == {resource.image_name("Dockerfile", "")}
}

test_references_are_claimed if {
	build := {"a": {"build": ".", "image": "docker.io/shop/a"}, "b": {"image": "shop/a:2"}}
	untagged := _images([_docker("Dockerfile", []), _compose("compose.yaml", build), _pod("shop/a:3")])
	_refs(untagged.Dockerfile) == [
		["compose.onelayer.dev/compose-yaml/a", "docker.io/shop/a", "shop/a:2", "shop/a:3"],
		[],
	]
	tagged := _images([
		_docker("Dockerfile", []),
		_compose("compose.yaml", {"a": {"build": ".", "image": "shop/a:1"}}),
		_pod("shop/a:3"),
	])
	tagged.Dockerfile.assumedRefs == ["shop/a:3"]
	exact := _images([
		_docker("Dockerfile", []),
		_compose("compose.yaml", {"a": {"build": ".", "image": "shop/a:1"}}),
		_pod("shop/a:1"),
	])
	exact.Dockerfile.assumedRefs == []
}

test_the_configuration_names_references if {
	images := {"images": [{"dockerfile": "./Dockerfile", "refs": ["shop/a", 5]}, {"dockerfile": 5}]}
	specs := _images([_docker("Dockerfile", []), _pod("shop/b:1")]) with config as images
	_refs(specs.Dockerfile) == [["shop/a"], []]
}

test_the_only_answer_is_assumed if {
	_images([_docker("Dockerfile", []), _pod("shop/a:1")]).Dockerfile.assumedRefs == ["shop/a:1"]
	known := ["redis:7", "bitnami/x:1", "node:20", ""]
	every image in known {
		_images([_docker("Dockerfile", []), _pod(image)]).Dockerfile.assumedRefs == []
	}
	development := _images([_docker("Dockerfile", []), _docker("Dockerfile.dev", []), _pod("shop/a:1")])
	development.Dockerfile.assumedRefs == ["shop/a:1"]
	development["Dockerfile.dev"].assumedRefs == []
	_images([_docker("Dockerfile.dev", []), _pod("shop/a:1")])["Dockerfile.dev"].assumedRefs == ["shop/a:1"]
}

test_images_are_assumed_by_name if {
	files := [
		_docker("api/Dockerfile", []),
		_docker("web/docker/Dockerfile", []),
		_docker("Dockerfile.jobs", []),
		_docker("mail.Dockerfile", []),
	]
	every name, path in {
		"api": "api/Dockerfile",
		"web": "web/docker/Dockerfile",
		"jobs": "Dockerfile.jobs",
		"mail": "mail.Dockerfile",
	} {
		ref := concat("", ["shop/", name, ":1"])
		specs := _images(array.concat(files, [_pod(ref)]))
		{other | some other, spec in specs; spec.assumedRefs == [ref]} == {path}
	}
	other := _images(array.concat(files, [_pod("shop/other:1")]))
	every _, spec in other {
		spec.assumedRefs == []
	}
}

test_another_name_speaks_against_an_image if {
	config_images := {"images": [{"dockerfile": "Dockerfile", "refs": ["registry.example.com/x/a"]}]}
	files := [_docker("Dockerfile", []), _pod("shop/b:1")]
	_images(files).Dockerfile.assumedRefs == ["shop/b:1"]
	named := _images(files) with config as config_images
	named.Dockerfile.assumedRefs == []
	same := _images([_docker("Dockerfile", []), _pod("shop/a:1")]) with config as config_images
	same.Dockerfile.assumedRefs == ["shop/a:1"]
}

test_process_files_stand_alone_where_nothing_else_does if {
	alone := _images([_process("k/process.yml"), _json("k/sub/package.json"), _json("package.json")])
	object.keys(alone) == {"k/process.yml"}
	object.keys(alone["k/process.yml"].files) == {"process.yml", "sub/package.json"}
	object.keys(_images([_json("package.json"), {"path": "x.yml", "contents": 5}])) == {"package.json"}
	_images([_process("process.yml"), _pod("x")]) == {}
	_images([_process("process.yml"), _compose("compose.yaml", {"a": {"image": "x"}})]) == {}
	missing := _images([_process("process.yml"), _compose("compose.yaml", {"a": {"build": "."}})])
	object.keys(missing) == {"process.yml"}
	_images([_process("process.yml"), _process("process.yml")]) == {}
}

test_ready_images_stay_as_they_are if {
	ready := {"apiVersion": "onelayer.dev/v1alpha1", "kind": "Image", "metadata": {"name": "x"}, "spec": {"refs": ["a"]}}
	joined := join.combined with input as [{"path": "a", "contents": ready}, _pod("a")]
	joined[0].contents == ready
	count(joined) == 2
}
