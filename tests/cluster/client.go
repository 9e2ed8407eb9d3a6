package cluster

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// Client speaks to the API server without any library of Kubernetes, so that the tests see the very answers.
type Client struct {
	base, token string
	http        *http.Client
}

// Answer is what the API server said.
type Answer struct {
	Code int
	// Warnings are the texts of the Warning headers, which kubectl prints.
	Warnings []string
	Object   map[string]any
}

// Refused is an answer with a code of 400 or above.
type Refused struct {
	Code    int
	Message string
}

// Error is the message of the API server.
func (r *Refused) Error() string {
	return fmt.Sprintf("the API server answers %d: %s", r.Code, r.Message)
}

func newClient(base string, trusted *authority, token string) (*Client, error) {
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(trusted.pem) {
		return nil, errors.New("make client: the authority's certificate cannot be read")
	}
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}, ForceAttemptHTTP2: true,
	}
	return &Client{base: base, token: token, http: &http.Client{Transport: transport, Timeout: 30 * time.Second}}, nil
}

// Do sends a request. The type of a PATCH is that of a merge patch.
func (c *Client) Do(ctx context.Context, method, path string, body any) (Answer, error) {
	var reader io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return Answer{}, fmt.Errorf("encode body: %w", err)
		}
		reader = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(ctx, method, c.base+path, reader)
	if err != nil {
		return Answer{}, fmt.Errorf("make request: %w", err)
	}
	request.Header.Set("Content-Type", "application/json")
	if method == http.MethodPatch {
		request.Header.Set("Content-Type", "application/merge-patch+json")
	}
	if c.token != "" {
		request.Header.Set("Authorization", "Bearer "+c.token)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return Answer{}, fmt.Errorf("ask %s: %w", path, err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return Answer{}, fmt.Errorf("read answer of %s: %w", path, err)
	}
	return answer(response, text)
}

func answer(response *http.Response, text []byte) (Answer, error) {
	a := Answer{Code: response.StatusCode}
	for _, header := range response.Header.Values("Warning") {
		// 299 - "text"
		if _, quoted, found := strings.Cut(header, " - "); found {
			a.Warnings = append(a.Warnings, strings.ReplaceAll(strings.Trim(quoted, `"`), `\"`, `"`))
		}
	}
	if strings.HasPrefix(response.Header.Get("Content-Type"), "application/json") {
		if err := json.Unmarshal(text, &a.Object); err != nil {
			return a, fmt.Errorf("decode answer: %w", err)
		}
	}
	if a.Code >= http.StatusBadRequest {
		message, _ := a.Object["message"].(string)
		if message == "" {
			message = string(text)
		}
		return a, &Refused{Code: a.Code, Message: message}
	}
	return a, nil
}
