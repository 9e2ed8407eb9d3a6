package server

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

const maxCertificateBytes = 4 << 20

// certificates are the server's certificate and those that clients must have one of. They are read again when their files
// change; while that fails, as in the middle of a rotation, what was read last counts.
type certificates struct {
	files TLSFiles
	log   *slog.Logger
	onBad func()

	mu     sync.Mutex
	watch  *watch
	config *tls.Config
}

func openCertificates(files TLSFiles, log *slog.Logger, onBad func()) (*certificates, error) {
	names := []string{files.Cert, files.Key}
	if files.ClientCA != "" {
		names = append(names, files.ClientCA)
	}
	c := &certificates{files: files, log: log, onBad: onBad, watch: newWatch(names...)}
	c.watch.changed(time.Now())
	var err error
	c.config, err = c.load()
	return c, err
}

// load makes a configuration of what the files hold now.
func (c *certificates) load() (*tls.Config, error) {
	pair, err := tls.LoadX509KeyPair(c.files.Cert, c.files.Key)
	if err != nil {
		return nil, fmt.Errorf("read certificate %s and its key: %w", c.files.Cert, err)
	}
	config := &tls.Config{MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{pair}, NextProtos: []string{"http/1.1"}}
	if c.files.ClientCA == "" {
		return config, nil
	}
	text, err := readFile("certificates of clients", c.files.ClientCA, maxCertificateBytes)
	if err != nil {
		return nil, err
	}
	config.ClientCAs = x509.NewCertPool()
	if !config.ClientCAs.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("%s holds no certificate in PEM", c.files.ClientCA)
	}
	config.ClientAuth = tls.RequireAndVerifyClientCert
	return config, nil
}

// fresh gives the configuration of the files as they are. A new one has new keys for resuming sessions, so that nobody
// goes on with a certificate that is no longer taken.
func (c *certificates) fresh() *tls.Config {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.watch.changed(time.Now()) {
		return c.config
	}
	config, err := c.load()
	if err != nil {
		c.onBad()
		c.log.Error("certificate stays as it was", "error", err.Error())
		return c.config
	}
	c.config = config
	c.log.Info("certificate read again", "file", c.files.Cert)
	return config
}

// server is the configuration of a listener.
func (c *certificates) server() *tls.Config {
	return &tls.Config{
		MinVersion:         tls.VersionTLS13,
		GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) { return c.fresh(), nil },
	}
}

// withoutClients is the configuration of a listener that asks for no certificate.
func (c *certificates) withoutClients() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS13, GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
		config := c.fresh().Clone()
		config.ClientAuth, config.ClientCAs = tls.NoClientCert, nil
		return config, nil
	}}
}
