import { join } from 'node:path';
import {
  hasKubectl,
  kustomizations,
  manifests,
  objectsIn,
  readObject,
  render,
} from './testing/kustomizations.js';
import { type KubernetesObject, unknownFields, validate } from './testing/schemas.js';

const root = join(manifests, '..');
const withKubectl = hasKubectl ? describe : describe.skip;

withKubectl(`rendered${hasKubectl ? '' : ': SKIPPED, kubectl is missing'}`, () => {
  const all: KubernetesObject[] = [];

  it.each(kustomizations)('k8s/%s holds to the schemas of Kubernetes and Istio', (folder) => {
    const objects = objectsIn(render(folder));
    expect(objects).not.toHaveLength(0);
    for (const object of objects) expect(() => validate(object)).not.toThrow();
    all.push(...objects);
  });

  it('no object has a field that its kind does not know', () => {
    expect(unknownFields(all, root)).toBe('');
  });

  it('a misspelt field, a wrong type and an unknown kind would be found', async () => {
    const deployment = await readObject('hello-1/deployment.yaml');
    deployment.spec.template.spec.containers[0].readinesProbe = {};
    expect(unknownFields([deployment], root)).toContain('readinesProbe');
    deployment.spec.replicas = '2';
    expect(() => validate(deployment)).toThrow('spec/replicas must be integer');
    expect(() => validate({ ...deployment, kind: 'Deploymint' })).toThrow('no schema for apps/v1 Deploymint');
  });

  it('the rule is the only difference between by percentage and by user', () => {
    for (const mode of ['internal', 'external']) {
      const [percent, byUser] = [mode, `variants/${mode}-by-user`].map((folder) => objectsIn(render(folder)));
      const differing = percent?.filter((object, index) => !equal(object, byUser?.[index]));
      expect(differing?.map(name)).toEqual(['VirtualService hello-page/hello-ext-svc']);
      expect(byUser?.map(name)).toEqual(percent?.map(name));
    }
  });

  it.each(['internal', 'external'])(
    'k8s/variants/%s-by-user has the rule of virtual-service-test-v1.yaml',
    async (mode) => {
      const rule = objectsIn(render(`variants/${mode}-by-user`)).find(
        ({ kind }) => kind === 'VirtualService',
      );
      expect(rule).toEqual(await readObject(`${mode}/virtual-service-test-v1.yaml`));
    },
  );

  it('the variant with an HTTPRoute differs from k8s/internal in its rule alone', () => {
    const [internal, withRoute] = ['internal', 'variants/internal-httproute'].map((folder) =>
      objectsIn(render(folder)),
    );
    const others = (objects: KubernetesObject[] | undefined, kind: string) =>
      objects?.filter((object) => object.kind !== kind);
    expect(others(withRoute, 'HTTPRoute')).toEqual(others(internal, 'VirtualService'));
    expect(withRoute?.map(name)).toContain('HTTPRoute hello-page/hello-ext-svc');
  });

  it('the injected variant adds the label for the sidecars and nothing else', () => {
    const [internal, injected] = ['internal', 'variants/internal-injected'].map((folder) =>
      objectsIn(render(folder)),
    );
    const differing = injected?.filter((object, index) => !equal(object, internal?.[index])) ?? [];
    expect(differing.map(name)).toEqual(['Namespace hello-1', 'Namespace hello-2']);
    for (const { metadata } of differing)
      expect(metadata.labels).toMatchObject({ 'istio-injection': 'enabled' });
  });
});

describe.each(['hello-page', 'hello-1', 'hello-2'])('the Deployment of %s', (app) => {
  const service = app === 'hello-page' ? 'hello-page' : 'hello';
  let deployment: KubernetesObject;
  beforeAll(async () => {
    deployment = await readObject(`${app}/deployment.yaml`);
  });

  it('runs the image of its name with both kinds of labels', () => {
    const { metadata, spec } = deployment;
    expect(spec.template.spec.containers[0].image).toBe(app);
    expect(spec.template.metadata.labels).toEqual(metadata.labels);
    expect(metadata.labels).toMatchObject({
      app: service,
      'app.kubernetes.io/name': service,
      'app.kubernetes.io/instance': app,
    });
    expect(metadata.labels?.version).toBe(metadata.labels?.['app.kubernetes.io/version']);
    expect(spec.template.metadata.labels).toMatchObject(spec.selector.matchLabels);
  });

  it('is probed, bounded and without privileges', () => {
    const pod = deployment.spec.template.spec;
    const [container] = pod.containers;
    expect(container.livenessProbe.httpGet).toEqual({ path: '/livez', port: 'http' });
    expect(container.readinessProbe.httpGet).toEqual({ path: '/readyz', port: 'http' });
    expect(container.ports).toEqual([{ name: 'http', containerPort: 8080 }]);
    expect(Object.keys(container.resources)).toEqual(['requests', 'limits']);
    expect(pod.securityContext).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  });

  it('is rolled without a gap: no pod goes before another is ready, and each waits until everyone knows', () => {
    const { strategy, minReadySeconds, template } = deployment.spec;
    expect(strategy.rollingUpdate).toEqual({ maxSurge: 1, maxUnavailable: 0 });
    expect(minReadySeconds).toBeGreaterThan(0);
    const { lifecycle } = template.spec.containers[0];
    expect(lifecycle.preStop.sleep.seconds).toBeLessThan(template.spec.terminationGracePeriodSeconds);
  });

  it('is selected by its Service, which names its port http', async () => {
    const { metadata, spec } = await readObject(`${app}/service.yaml`);
    expect(metadata).toMatchObject({ name: service, namespace: deployment.metadata.namespace });
    expect(spec).toMatchObject({
      type: 'ClusterIP',
      ports: [{ name: 'http', port: 8080, targetPort: 'http' }],
    });
    expect(deployment.spec.template.metadata.labels).toMatchObject(spec.selector);
  });
});

describe('the Deployment of release-controller', () => {
  it('is probed, bounded and without privileges, as the others, and leaves time to hand over', async () => {
    const [controller, page] = await Promise.all(
      ['release-controller', 'hello-page'].map((app) => readObject(`${app}/deployment.yaml`)),
    );
    const pod = controller?.spec.template.spec;
    const [container] = pod.containers;
    const [other] = page?.spec.template.spec.containers ?? [];
    for (const field of ['livenessProbe', 'readinessProbe', 'securityContext', 'ports'])
      expect(container[field]).toEqual(other[field]);
    expect(pod.securityContext).toEqual(page?.spec.template.spec.securityContext);
    expect(Object.keys(container.resources)).toEqual(['requests', 'limits']);
    const grace = container.env.find(({ name }: { name: string }) => name === 'SHUTDOWN_GRACE_MS').value;
    expect(Number(grace) / 1000).toBeLessThan(pod.terminationGracePeriodSeconds);
    const { metadata } = await readObject('release-controller/serviceAccount.yaml');
    expect(pod.serviceAccountName).toBe(metadata.name);
  });
});

it('hello-1 and hello-2 differ in their names and versions alone', async () => {
  const [one, two] = await Promise.all(
    ['hello-1', 'hello-2'].map((app) => readObject(`${app}/deployment.yaml`)),
  );
  expect(JSON.parse(JSON.stringify(one).replaceAll('hello-1', 'hello-2').replaceAll('"v1"', '"v2"'))).toEqual(
    JSON.parse(JSON.stringify(two)),
  );
});

function name({ kind, metadata }: KubernetesObject): string {
  return metadata.namespace === undefined
    ? `${kind} ${metadata.name}`
    : `${kind} ${metadata.namespace}/${metadata.name}`;
}

function equal(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
