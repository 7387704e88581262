import { describeWithTool } from "@aiwatch/testkit";
import { beforeAll, expect, it } from "vitest";
import { kubeconform, type Manifest, render, validateCore } from "../test-support/kubernetes.ts";

const ofKubernetes = ["ConfigMap", "Deployment", "Service", "PodDisruptionBudget"];
const isCore = ({ kind }: Manifest) => ofKubernetes.includes(kind);

describeWithTool("kustomize", "what kustomize makes of the manifests", () => {
  let base: Manifest[];
  let app: Manifest[];
  let scaled: Manifest[];
  beforeAll(async () => {
    base = await render("kubernetes");
    app = await render("kubernetes/example-app");
    scaled = await render("kubernetes/autoscaling");
  });
  const kindsOf = (manifests: readonly Manifest[]) => manifests.map(({ kind }) => kind).toSorted();
  const one = (manifests: readonly Manifest[], kind: string) => manifests.find((each) => each.kind === kind)!;

  it("is the rules and a ConfigMap for each board, in one namespace", () => {
    expect(new Set(kindsOf(base))).toEqual(new Set(["ConfigMap", "PrometheusRule"]));
    expect(new Set(base.map(({ metadata }) => metadata.namespace))).toEqual(new Set(["monitoring"]));
    const boards = base.filter(({ kind }) => kind === "ConfigMap");
    expect(boards.length).toBeGreaterThanOrEqual(3);
    for (const { metadata, data = {} } of boards) {
      expect(metadata).toMatchObject({
        labels: { grafana_dashboard: "1" },
        annotations: { grafana_folder: "AIWatch" },
      });
      const [[, json = ""] = []] = Object.entries(data);
      expect(metadata.name).toBe(`aiwatch-${JSON.parse(json).uid.replace(/^aiwatch-/, "")}`);
    }
  });

  it("has what `kubectl apply` writes into an annotation in bounds", () => {
    for (const manifest of base) {
      expect(Buffer.byteLength(JSON.stringify(manifest)), manifest.metadata.name).toBeLessThan(262_144);
    }
  });

  it("has a monitor beside the example, which finds its service and its port", () => {
    const { selector, endpoints } = one(app, "ServiceMonitor").spec;
    const { metadata, spec } = one(app, "Service");
    expect(metadata.labels).toMatchObject(selector.matchLabels);
    expect(spec.ports.map(({ name }: { name: string }) => name)).toEqual([endpoints[0].port]);
  });

  it("gives the app longer to end than it takes", () => {
    const { terminationGracePeriodSeconds, containers } = one(app, "Deployment").spec.template.spec;
    const variables = containers[0].env.map(({ name, value }: { name: string; value: string }) => [name, value]);
    const { AIWATCH_DRAIN_MS, AIWATCH_SHUTDOWN_TIMEOUT_MS } = Object.fromEntries(variables);
    const takes = (Number(AIWATCH_DRAIN_MS) + Number(AIWATCH_SHUTDOWN_TIMEOUT_MS)) / 1000;
    expect(terminationGracePeriodSeconds).toBeGreaterThan(takes);
  });

  it("leaves the number of replicas to KEDA", () => {
    expect(kindsOf(scaled)).toEqual(["Deployment", "PodDisruptionBudget", "ScaledObject", "Service", "ServiceMonitor"]);
    expect(one(app, "Deployment").spec.replicas).toBe(2);
    expect(one(scaled, "Deployment").spec).not.toHaveProperty("replicas");
    expect(one(scaled, "ScaledObject").spec.scaleTargetRef.name).toBe(one(scaled, "Deployment").metadata.name);
  });

  describeWithTool("kubeconform", "by the definitions of the Prometheus operator and of KEDA", () => {
    it("is valid", async () => {
      const custom = [...base, ...scaled].filter((manifest) => !isCore(manifest));
      expect(await kubeconform(custom)).toEqual({ checked: 3, complaints: [] });
    });

    it.each([
      [
        "ServiceMonitor",
        (spec: { endpoints: object[] }) => ({ ...spec, endpoints: [{ ...spec.endpoints[0], intervall: "15s" }] }),
      ],
      ["PrometheusRule", (spec: { groups: object[] }) => ({ groups: [{ ...spec.groups[0], rule: [] }] })],
      ["ScaledObject", (spec: object) => ({ ...spec, maxReplicas: 8 })],
    ])("is not, where a field of %s is misspelt", async (kind, misspell) => {
      const manifest = one([...base, ...scaled], kind);
      const { checked, complaints } = await kubeconform([{ ...manifest, spec: misspell(manifest.spec) }]);
      expect(checked).toBe(1);
      expect(complaints.join()).toMatch(/additional ?properties/i);
    });
  });

  describeWithTool("kubernetes-validate", "by Kubernetes's own schemas", () => {
    it("is valid", async () => {
      const core = [...base, ...app, ...scaled].filter(isCore);
      expect(core.length).toBeGreaterThanOrEqual(7);
      expect(await validateCore(core)).toEqual([]);
    });

    it("is not, where a field of a probe is misspelt", async () => {
      const deployment = structuredClone(one(app, "Deployment"));
      const [container] = deployment.spec.template.spec.containers;
      container.readinessProbe.periodSecond = 2;
      expect((await validateCore([deployment])).join()).toContain("periodSecond");
    });
  });
});
