module github.com/onelayer/onelayer/tests/stock

go 1.26.8
