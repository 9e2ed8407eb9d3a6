package server

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/onelayer/onelayer/internal/bundle"
	"github.com/onelayer/onelayer/internal/refusal"
	"github.com/onelayer/onelayer/internal/registry"
	"github.com/onelayer/onelayer/internal/release"
)

// tryAgain is how often what was refused is verified again: clocks and disks mend themselves.
const tryAgain = 30 * time.Second

// publisher keeps one slot at what its source holds, as long as that verifies.
type publisher struct {
	slot   *slot
	source source
	about  Bundle
	memory release.Memory
	log    *slog.Logger
	now    func() time.Time
	count  func(slot *slot, result, reason string)

	// verified is the newest bundle that was verified.
	verified *bundle.Archive
	// again is when a refused offer is looked at again, zero if nothing was refused.
	again time.Time
	// expired tells that the end of the statements was logged.
	expired bool
}

func newPublisher(slot *slot, about Bundle, settings Settings, options Options) (*publisher, error) {
	p := &publisher{slot: slot, about: about, memory: release.Memory{Dir: settings.State}, now: options.Now}
	p.log = options.Log.With("bundle", slot.name, "channel", about.Channel)
	if _, err := os.Stat(about.Keyring); err != nil {
		return nil, fmt.Errorf("bundle %s: read keyring: %w", slot.name, err)
	}
	if about.Directory != "" {
		info, err := os.Stat(about.Directory)
		if err == nil && !info.IsDir() {
			err = fmt.Errorf("%s is no directory", about.Directory)
		}
		if err != nil {
			return nil, fmt.Errorf("bundle %s: find releases: %w", slot.name, err)
		}
		p.source = &folder{dir: about.Directory, name: about.Name, limits: bundle.DefaultLimits()}
		return p, nil
	}
	repository, err := registry.Open(about.Registry, registry.Options{PlainHTTP: about.PlainHTTP, UserAgent: options.UserAgent})
	if err != nil {
		return nil, fmt.Errorf("bundle %s: %w", slot.name, err)
	}
	p.source = &artifact{repository: repository, interval: about.Interval, limits: bundle.DefaultLimits(), have: p.have}
	return p, nil
}

// have gives the served bytes if they are those.
func (p *publisher) have(sha256 string) []byte {
	if current := p.slot.current.Load(); current != nil && current.release.SHA256 == sha256 {
		return current.body
	}
	return nil
}

// run follows the source until the context ends.
func (p *publisher) run(ctx context.Context, first func()) {
	ticker := time.NewTicker(p.source.every())
	defer ticker.Stop()
	for {
		p.once(ctx)
		if first != nil {
			first()
			first = nil
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// Look lets the server look at all its sources once, and publish what is new there. A server that runs does it by itself.
func (s *Server) Look(ctx context.Context) {
	for _, p := range s.publishers {
		p.once(ctx)
	}
}

// once looks at the source, verifies what is new there, and serves it. What is refused changes nothing.
func (p *publisher) once(ctx context.Context) {
	now := p.now()
	p.watchAge(now)
	if !p.again.IsZero() && !now.Before(p.again) {
		p.source.forget()
		p.again = time.Time{}
	}
	found, err := p.source.changed(ctx)
	if ctx.Err() != nil || found == nil && err == nil {
		return
	}
	if err == nil {
		err = p.take(found, now)
	}
	if err != nil {
		p.refuse(err, now)
	}
}

// take verifies an offer and serves it.
func (p *publisher) take(found *offer, now time.Time) error {
	anchor, err := readFile("keyring", p.about.Keyring, maxDocumentBytes)
	if err != nil {
		return err
	}
	verified, err := release.Fetch(release.Want{
		Name: p.about.Name, Target: bundle.OPA, Channel: p.about.Channel, Anchor: anchor, Memory: p.memory, Now: now,
		OCIDigest: found.digest, Limits: bundle.DefaultLimits(), Before: p.verified,
	}, found.documents, found.bundle)
	if err != nil {
		return err
	}
	p.again, p.expired, p.verified = time.Time{}, false, verified.Archive
	p.slot.settle("")
	if p.slot.publish(verified, found.documents, p.now()) {
		p.count(p.slot, "published", "")
		p.log.Info("published", "version", verified.Release.Version, "revision", verified.Release.Revision,
			"sha256", verified.Release.SHA256, "bytes", len(verified.Packed), "until", release.At(verified.Until).String())
		return nil
	}
	p.count(p.slot, "renewed", "")
	p.log.Info("renewed", "version", verified.Release.Version, "until", release.At(verified.Until).String())
	return nil
}

// refuse notes why an offer is not served, once for each reason.
func (p *publisher) refuse(err error, now time.Time) {
	p.again = now.Add(tryAgain)
	if !p.slot.settle(err.Error()) {
		return
	}
	reason, known := refusal.Of(err)
	if !known {
		reason = "unreadable"
	}
	p.count(p.slot, "refused", string(reason))
	serving := "nothing"
	if current := p.slot.current.Load(); current != nil {
		serving = fmt.Sprintf("version %d", current.release.Version)
	}
	p.log.Error("not published", "reason", string(reason), "error", err.Error(), "serving", serving)
}

// watchAge says once that the statements of what is served are too old for strict clients.
func (p *publisher) watchAge(now time.Time) {
	current := p.slot.current.Load()
	if current == nil || p.expired || now.Before(current.until) {
		return
	}
	p.expired = true
	p.log.Warn("statements expired: onelayer pull takes this release no more", "version", current.release.Version, "until", release.At(current.until).String())
}
