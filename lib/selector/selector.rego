# METADATA
# scope: package
# title: Label selectors
# description: >-
#   Tells whether labels satisfy a selector, as Kubernetes decides it: every matchLabels pair and every expression must
#   hold, an empty selector takes everything. A selector that is no object, or holds an operator that Kubernetes does
#   not know, takes nothing.
package lib.onelayer.selector

import data.lib.onelayer.resource

# METADATA
# description: True when labels satisfy a LabelSelector {matchLabels, matchExpressions}.
matches(selector, labels) if {
	is_object(selector)
	_all_pairs(object.get(selector, "matchLabels", {}), labels)
	_all_expressions(object.get(selector, "matchExpressions", []), labels)
}

# METADATA
# description: >-
#   True when labels hold every pair of a plain map, such as the selector of a Service; an empty map takes nothing.
selects(pairs, labels) if {
	is_object(pairs)
	count(pairs) > 0
	_all_pairs(pairs, labels)
}

_all_pairs(null, _)

_all_pairs(pairs, labels) if {
	is_object(pairs)
	every key, value in pairs {
		_same(labels[key], value)
	}
}

_same(label, wanted) if {
	label == wanted
} else if {
	resource.text(label) == resource.text(wanted)
}

_all_expressions(null, _)

_all_expressions(expressions, labels) if {
	is_array(expressions)
	every expression in expressions {
		_holds(expression.operator, expression.key, object.get(expression, "values", []), labels)
	}
}

_holds("In", key, values, labels) if _among(labels, key, values)

_holds("NotIn", key, values, labels) if not _among(labels, key, values)

_holds("Exists", key, _, labels) if _has(labels, key)

_holds("DoesNotExist", key, _, labels) if not _has(labels, key)

_among(labels, key, values) if {
	some candidate in values
	resource.text(candidate) == resource.text(labels[key])
}

_has(labels, key) if {
	some label, _ in labels
	label == key
}
