package lib.onelayer.mesh_test

import data.lib.onelayer.mesh

_peer(namespace, name, spec) := {
	"apiVersion": "security.istio.io/v1",
	"kind": "PeerAuthentication",
	"metadata": {"name": name, "namespace": namespace},
	"spec": spec,
}

_mtls(mode) := {"mtls": {"mode": mode}}

_of_web(spec) := object.union({"selector": {"matchLabels": {"app": "web"}}}, spec)

_strict(port, peers) := [name |
	pod := {"obj": {"metadata": {"name": "web", "namespace": "shop"}}, "spec": {}, "meta": {"labels": {"app": "web"}}}
	name := mesh.strict(pod, port).metadata.name with data.inventory as {"namespace": {namespace: versions |
		some namespace in ["shop", "istio-system"]
		found := {peer.metadata.name: peer | some peer in peers; peer.metadata.namespace == namespace}
		versions := {"security.istio.io/v1": {"PeerAuthentication": found}}
	}}
]

test_which_policy_is_strict if {
	_strict(80, []) == []
	_strict(80, [_peer("shop", "default", _mtls("STRICT"))]) == ["default"]
	_strict(80, [_peer("shop", "default", _mtls("PERMISSIVE"))]) == []
	_strict(80, [_peer("istio-system", "root", _mtls("STRICT"))]) == ["root"]
	_strict(80, [_peer("back", "other", _mtls("STRICT"))]) == []
	_strict(80, [_peer("istio-system", "root", _mtls("STRICT")), _peer("shop", "a", _mtls("PERMISSIVE"))]) == []
	_strict(80, [_peer("istio-system", "root", _mtls("STRICT")), _peer("shop", "a", _mtls("UNSET"))]) == ["root"]
	_strict(80, [_peer("istio-system", "root", _mtls("STRICT")), _peer("shop", "a", {})]) == ["root"]
	_strict(80, [_peer("shop", "a", _mtls("STRICT")), _peer("shop", "b", _mtls("PERMISSIVE"))]) == []
	_strict(80, [_peer("shop", "a", _mtls("PERMISSIVE")), _peer("shop", "web", _of_web(_mtls("STRICT")))]) == ["web"]
	_strict(80, [_peer("shop", "a", _mtls("STRICT")), _peer("shop", "web", _of_web(_mtls("PERMISSIVE")))]) == []
	_strict(80, [_peer("shop", "a", _mtls("STRICT")), _peer("shop", "web", _of_web({}))]) == ["a"]
	other := {"selector": {"matchLabels": {"app": "api"}}}
	_strict(80, [_peer("shop", "api", object.union(other, _mtls("STRICT")))]) == []
	_strict(80, [_peer("shop", "odd", {"selector": "app=web", "mtls": {"mode": "STRICT"}})]) == []
}

test_ports_of_their_own if {
	open := {"selector": {"matchLabels": {"app": "web"}}, "portLevelMtls": {"80": {"mode": "PERMISSIVE"}, "81": {}}}
	policy := _peer("shop", "web", object.union(open, _mtls("STRICT")))
	_strict(80, [policy]) == []
	_strict(81, [policy]) == ["web"]
	_strict("http", [policy]) == ["web"]
}
