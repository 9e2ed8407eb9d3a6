package load

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// crowd is many clients of one server.
type crowd struct {
	t       *testing.T
	address string
	request []byte
	config  *tls.Config
}

// newCrowd prepares clients that have what is served now.
func newCrowd(t *testing.T, s *server) *crowd {
	t.Helper()
	c := &crowd{t: t, address: s.agents}
	client, scheme := http.DefaultClient, "http://"
	if *withTLS {
		c.config = &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"http/1.1"}} // who the server is, is not measured
		client, scheme = &http.Client{Transport: &http.Transport{TLSClientConfig: c.config.Clone()}}, "https://"
	}
	response, err := client.Get(scheme + s.agents + "/bundles/onelayer")
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	c.request = []byte("GET /bundles/onelayer HTTP/1.1\r\nHost: " + s.agents + "\r\nUser-Agent: Open-Policy-Agent/1.22.2 (linux, amd64)\r\nAccept-Encoding: gzip\r\n" +
		"If-None-Match: " + response.Header.Get("ETag") + "\r\nPrefer: modes=snapshot,delta;wait=250\r\n\r\n")
	return c
}

// connect opens all connections and asks on each, a few at a time.
func (c *crowd) connect() []net.Conn {
	c.t.Helper()
	connections, failures := make([]net.Conn, *clients), make([]error, *clients)
	places := make(chan struct{}, 64)
	var group sync.WaitGroup
	for i := range connections {
		places <- struct{}{}
		group.Go(func() {
			defer func() { <-places }()
			connections[i], failures[i] = c.ask()
		})
	}
	group.Wait()
	c.t.Cleanup(func() {
		for _, connection := range connections {
			if connection != nil {
				_ = connection.Close()
			}
		}
	})
	require.NoError(c.t, errors.Join(failures...))
	return connections
}

func (c *crowd) ask() (net.Conn, error) {
	connection, err := net.DialTimeout("tcp", c.address, 30*time.Second)
	if err != nil {
		return nil, err
	}
	if c.config != nil {
		connection = tls.Client(connection, c.config)
	}
	if err := connection.SetDeadline(time.Now().Add(loadWithin)); err != nil {
		return connection, err
	}
	_, err = connection.Write(c.request)
	return connection, err
}

// receive reads all answers. It gives how long each took after publishing, and what is wrong with those that are lost.
func (c *crowd) receive(connections []net.Conn, body []byte, publish func()) (took []time.Duration, lost []error) {
	done := make(chan error, len(connections))
	times := make(chan time.Duration, len(connections))
	var begun time.Time
	ready := make(chan struct{})
	for _, connection := range connections {
		go func() {
			err := read(connection, body)
			now := time.Now()
			<-ready
			times <- now.Sub(begun)
			done <- err
		}()
	}
	begun = time.Now()
	publish()
	close(ready)
	for range connections {
		took = append(took, <-times)
		if err := <-done; err != nil {
			lost = append(lost, err)
		}
	}
	return took, lost
}

// transfer is what a client needs while it reads: many share a few.
type transfer struct {
	reader *bufio.Reader
	part   []byte
}

var transfers = sync.Pool{New: func() any { return &transfer{bufio.NewReaderSize(nil, 4<<10), make([]byte, 32<<10)} }}

// read reads one answer, which must be the whole bundle.
func read(connection net.Conn, body []byte) error {
	first := make([]byte, 1)
	if _, err := io.ReadFull(connection, first); err != nil {
		return fmt.Errorf("wait: %w", err)
	}
	using := transfers.Get().(*transfer)
	defer transfers.Put(using)
	using.reader.Reset(io.MultiReader(bytes.NewReader(first), connection))
	response, err := http.ReadResponse(using.reader, nil)
	if err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK || response.ContentLength != int64(len(body)) {
		return fmt.Errorf("%s with %d bytes", response.Status, response.ContentLength)
	}
	for rest := body; len(rest) > 0; {
		n, err := response.Body.Read(using.part)
		if n > len(rest) || !bytes.Equal(using.part[:n], rest[:n]) {
			return errors.New("other bytes than the bundle")
		}
		rest = rest[n:]
		if err != nil && len(rest) > 0 {
			return fmt.Errorf("read bundle: %w", err)
		}
	}
	return nil
}

// get gives the body of an answer.
func get(t *testing.T, url string) string {
	t.Helper()
	response, err := http.Get(url)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return string(text)
}
