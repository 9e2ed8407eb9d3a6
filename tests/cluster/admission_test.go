package cluster

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/tests/stock/child"
)

const (
	// runsUnderPM2 is what an administrator sees of the founding case: rule, container, cause and remedy.
	runsUnderPM2 = `process/manager-entrypoint: container "web" runs under pm2-runtime, a second supervisor inside Kubernetes; start the program itself`
	jobUnderPM2  = `process/manager-in-job: container "web" runs a Job under pm2-runtime, which hides the program's exit code; start the program itself`
	// deny and warn are the constraints of the rules about processes.
	deny, warn = "process-deny", "process-warn"
	processes  = "onelayerprocess"
)

func testDenial(t *testing.T, c *Cluster) {
	for kind, want := range map[string]string{
		"Pod": runsUnderPM2, "Deployment": runsUnderPM2, "StatefulSet": runsUnderPM2, "DaemonSet": runsUnderPM2,
		"ReplicaSet": runsUnderPM2, "Job": jobUnderPM2, "CronJob": jobUnderPM2,
	} {
		_, err := c.create(t.Context(), workload(kind, "bad", pm2()), dryRun)
		message := refusal(t, err)
		assert.Contains(t, message, "["+deny+"] "+want, kind)
		answer, err := c.create(t.Context(), workload(kind, "good", node()), "")
		assert.NoError(t, err, kind)
		assert.Empty(t, answer.Warnings, kind)
	}
}

func testActions(t *testing.T, c *Cluster) {
	act := func(action string) {
		patch := map[string]any{"spec": map[string]any{"enforcementAction": action}}
		_, err := c.API.Do(t.Context(), http.MethodPatch, constraintsAPI+"/"+processes+"/"+deny, patch)
		require.NoError(t, err)
		eventually(t, 30*time.Second, c.enforced(1))
	}
	defer act("deny")
	act("warn")
	answer, err := c.create(t.Context(), deployment("bad", pm2()), dryRun)
	require.NoError(t, err)
	assert.Contains(t, strings.Join(answer.Warnings, "\n"), "["+deny+"] "+runsUnderPM2)
	// The rules that only warn do so beside.
	assert.Contains(t, strings.Join(answer.Warnings, "\n"), "["+warn+"] process/signals-swallowed")
	act("dryrun")
	answer, err = c.create(t.Context(), deployment("bad", pm2()), dryRun)
	require.NoError(t, err)
	assert.NotContains(t, strings.Join(answer.Warnings, "\n"), "manager-entrypoint")
}

// testAudit waits until Gatekeeper reports the Deployment that was there before the policy.
func testAudit(t *testing.T, c *Cluster) {
	eventually(t, 30*time.Second, func(ctx context.Context) error {
		answer, err := c.API.Do(ctx, http.MethodGet, constraintsAPI+"/"+processes+"/"+deny, nil)
		if err != nil {
			return err
		}
		status := field[map[string]any](answer.Object, "status")
		for _, violation := range items(status, "violations") {
			if violation["kind"] == "Deployment" && violation["name"] == "legacy" {
				if violation["message"] != runsUnderPM2 || violation["namespace"] != shop || violation["enforcementAction"] != "deny" {
					return fmt.Errorf("the audit reports %v", violation)
				}
				return nil
			}
		}
		return fmt.Errorf("the audit has not found it: %v", status)
	})
}

// testSilence shows what is never in the way: objects that go, their status, updates that change nothing that a rule
// reads, and what a controller makes of an object that is judged itself.
func testSilence(t *testing.T, c *Cluster) {
	path := resources["Deployment"] + "/legacy"
	current, err := c.API.Do(t.Context(), http.MethodGet, path, nil)
	require.NoError(t, err)
	current.Object["status"] = map[string]any{"replicas": int64(1), "observedGeneration": int64(1)}
	answer, err := c.API.Do(t.Context(), http.MethodPut, path+"/status", current.Object)
	require.NoError(t, err, "a status that a controller writes is blocked")
	assert.Empty(t, answer.Warnings)

	label := map[string]any{"metadata": map[string]any{"labels": map[string]any{"team": "orders"}}}
	answer, err = c.API.Do(t.Context(), http.MethodPatch, path, label)
	require.NoError(t, err, "an update that leaves the spec as it was is blocked")
	assert.Empty(t, answer.Warnings)
	replicas := map[string]any{"spec": map[string]any{"replicas": int64(2)}}
	_, err = c.API.Do(t.Context(), http.MethodPatch, path+dryRun, replicas)
	assert.Contains(t, refusal(t, err), runsUnderPM2, "an update of the spec is judged")

	pod := ownedBy(workload("Pod", "owned", pm2()), "apps/v1", "ReplicaSet", "legacy")
	answer, err = c.create(t.Context(), pod, dryRun)
	require.NoError(t, err, "the Pod of a judged controller is reported again")
	assert.Empty(t, answer.Warnings)
	replica := ownedBy(workload("ReplicaSet", "owned", pm2()), "apps/v1", "Deployment", "legacy")
	_, err = c.create(t.Context(), replica, dryRun)
	assert.NoError(t, err)
	foreign := ownedBy(workload("Pod", "owned", pm2()), "example.test/v1", "Robot", "legacy")
	_, err = c.create(t.Context(), foreign, dryRun)
	assert.Contains(t, refusal(t, err), runsUnderPM2, "nobody judges the owner, so the Pod is judged")

	_, err = c.API.Do(t.Context(), http.MethodDelete, path, nil)
	assert.NoError(t, err, "a deletion is blocked")
}

func testParameters(t *testing.T, c *Cluster) {
	set := func(t *testing.T, rules map[string]any) {
		for _, name := range []string{deny, warn} {
			require.NoError(t, c.merge(t.Context(), name, rules))
		}
	}
	t.Run("switch off", func(t *testing.T) {
		set(t, map[string]any{"process/manager-entrypoint": map[string]any{"enabled": false}})
		defer set(t, nil)
		_, err := c.create(t.Context(), deployment("bad", pm2()), dryRun)
		assert.NoError(t, err)
	})
	t.Run("severity", func(t *testing.T) {
		set(t, map[string]any{"process/manager-entrypoint": map[string]any{"severity": "warning"}})
		defer set(t, nil)
		answer, err := c.create(t.Context(), deployment("bad", pm2()), dryRun)
		require.NoError(t, err)
		assert.Contains(t, strings.Join(answer.Warnings, "\n"), "["+warn+"] "+runsUnderPM2)
	})
	t.Run("unknown rule", func(t *testing.T) {
		err := c.merge(t.Context(), deny, map[string]any{"process/manager-entrypont": map[string]any{"enabled": false}})
		var refused *Refused
		require.ErrorAs(t, err, &refused)
		assert.Equal(t, http.StatusUnprocessableEntity, refused.Code)
		assert.Contains(t, refused.Message, "rule")
	})
	t.Run("wrong type", func(t *testing.T) {
		set(t, map[string]any{"process/drain-cut-short": map[string]any{"parameters": map[string]any{"min_drain_seconds": "ten"}}})
		defer set(t, nil)
		answer, err := c.create(t.Context(), deployment("good-but", node()), dryRun)
		said := strings.Join(answer.Warnings, "\n") + refusal(t, err)
		assert.Contains(t, said, "onelayer/config")
		assert.Contains(t, said, "min_drain_seconds")
	})
	_, err := c.create(t.Context(), deployment("bad", pm2()), dryRun)
	assert.Contains(t, refusal(t, err), runsUnderPM2, "the parameters are as before")
}

// merge sets the rules in a constraint's parameters, nil for none, and waits until they count.
func (c *Cluster) merge(ctx context.Context, name string, rules map[string]any) error {
	patch := map[string]any{"spec": map[string]any{"parameters": map[string]any{"rules": nil}}}
	if rules != nil {
		patch["spec"].(map[string]any)["parameters"].(map[string]any)["rules"] = rules
	}
	path := constraintsAPI + "/" + processes + "/" + name
	if _, err := c.API.Do(ctx, http.MethodPatch, path, patch); err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	return child.Wait(limited, c.enforced(1))
}
