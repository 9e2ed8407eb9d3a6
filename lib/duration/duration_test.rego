package lib.onelayer.duration_test

import data.lib.onelayer.duration

test_go if {
	duration.of_go("1.5s") == 1500
	duration.of_go("1h30m") == 5400000
	duration.of_go("250ms") == 250
	duration.of_go("0s") == 0
	every odd in ["", "5", "-1s", "1d", "s", " 1s", "9999999h", "1s1", ["1s"], 5, null] {
		not duration.of_go(odd)
	}
}

test_gateway if {
	duration.of_gateway("1h30m") == 5400000
	duration.of_gateway("10s500ms") == 10500
	every odd in ["", "5", "1.5s", "1us", "100000s", "1h1h1h1h1h", "1s ", 5, {}] {
		not duration.of_gateway(odd)
	}
}

test_linkerd if {
	duration.of_linkerd("300ms") == 300
	duration.of_linkerd(" 1s ") == 1000
	duration.of_linkerd("2m") == 120000
	duration.of_linkerd("1h") == 3600000
	duration.of_linkerd("2d") == 172800000
	duration.of_linkerd("0") == 0
	duration.of_linkerd(0) == 0
	every odd in ["5", "1m30s", "1.5s", "1w", "-0", "", "s", "1234567s", 5, null] {
		not duration.of_linkerd(odd)
	}
}

test_text if {
	duration.text(2000) == "2s"
	duration.text(1500) == "1500ms"
	duration.text(333.4) == "333ms"
	duration.text(0) == "0ms"
}
