import { resourcesOf } from '../../../test/mesh.js';
import { Namespaces } from '../namespaces.js';
import { listenersIn } from './listeners.js';

const gateway = (listener: string, more = '') => `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: door, namespace: yard}
spec:
  gatewayClassName: istio
  ${more}
  listeners: [${listener}]
---`;
const grant = (to: string, from = '{group: gateway.networking.k8s.io, kind: Gateway, namespace: yard}') => `
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: {name: grant, namespace: shed}
spec: {from: [${from}], to: [${to}]}
---`;
const https = (...certificates: string[]) =>
  `{name: a, port: 443, protocol: HTTPS, tls: {certificateRefs: [${certificates.join(', ')}]}}`;
const abroad = '{name: cart, namespace: shed}';
const listenersOf = (yaml: string) => {
  const resources = resourcesOf(yaml);
  return listenersIn(resources, new Namespaces(resources));
};
const reasons = (yaml: string) => listenersOf(yaml).lost.map(({ reason }) => reason);

describe('a listener that Istio leaves out', () => {
  it.each([
    ['{name: a, port: 443, protocol: HTTPS}', 'a listener of HTTPS needs tls'],
    ['{name: a, port: 80, protocol: http}', 'its protocol is written http; write HTTP, in capitals'],
    ['{name: a, port: 80, protocol: HBONE}', 'its protocol is HBONE, which only waypoints accept'],
    [
      '{name: a, port: 80, protocol: UDP}',
      'Istio gateways do not accept the protocol UDP; write HTTP, HTTPS, TLS or TCP',
    ],
    [
      https('{name: x}', '{name: y}', '{name: z}').replaceAll(/name: ([xyz])/g, 'name: $1-cert'),
      'it has 3 certificates, and Istio takes two at most',
    ],
    [https('{kind: ConfigMap, name: cart}'), 'its certificate cart is a ConfigMap; write a Secret'],
    [
      https(abroad),
      'the namespace shed has no ReferenceGrant that allows Gateways of yard to refer to its Secret cart',
    ],
    [
      https(abroad, '{name: own}'),
      'the namespace shed has no ReferenceGrant that allows Gateways of yard to refer to its Secret cart; of two certificates Istio then takes none, and does not open the port',
    ],
  ])('%s', (listener, reason) => {
    expect(reasons(gateway(listener))).toEqual([reason]);
  });

  it.each([
    ['for all Secrets', grant('{group: "", kind: Secret}'), 0],
    ['for the Secret', grant('{group: "", kind: Secret, name: cart}'), 0],
    ['for another Secret', grant('{group: "", kind: Secret, name: till}'), 1],
    ['for ConfigMaps', grant('{group: "", kind: ConfigMap}'), 1],
    [
      'from other kinds',
      grant(
        '{group: "", kind: Secret}',
        '{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: yard}',
      ),
      1,
    ],
    [
      'from other namespaces',
      grant(
        '{group: "", kind: Secret}',
        '{group: gateway.networking.k8s.io, kind: Gateway, namespace: road}',
      ),
      1,
    ],
  ])('for a certificate abroad, or not, with a ReferenceGrant %s', (_, granted, count) => {
    expect(reasons(gateway(https(abroad)) + granted)).toHaveLength(count);
  });

  it('is not one whose second certificate alone is not granted', () => {
    const [kept] = listenersOf(gateway(https('{name: own}', abroad))).kept;
    expect(kept?.termination?.certificates).toEqual([{ kind: 'secret', namespace: 'yard', name: 'own' }]);
  });
});

describe('certificates of clients', () => {
  const validation = (reference: string, mode = 'AllowValidOnly') =>
    `{validation: {caCertificateRefs: [${reference}], mode: ${mode}}}`;
  const own = '{group: "", kind: ConfigMap, name: people}';
  const frontend = (usual: string, perPort = '') =>
    `tls: {frontend: {default: ${usual}, perPort: [${perPort}]}}`;
  const listening = (more: string) => gateway(https('{name: cart}'), more);
  const asked = (more: string) => listenersOf(listening(more)).kept[0]?.termination?.clients;
  const authorities = { kind: 'configMap', namespace: 'yard', name: 'people' };

  it.each([
    ['nobody’s', frontend('{}'), undefined],
    ['on every port', frontend(validation(own)), { authorities, required: true, unverified: false }],
    [
      'that need not be valid',
      frontend(validation(own, 'AllowInsecureFallback')),
      { authorities, required: false, unverified: true },
    ],
    [
      'on this port alone',
      frontend('{}', `{port: 443, tls: ${validation(own)}}`),
      { authorities, required: true },
    ],
    ['on every port but this', frontend(validation(own), '{port: 443, tls: {}}'), undefined],
    ['on another port', frontend('{}', `{port: 8443, tls: ${validation(own)}}`), undefined],
  ])('%s', (_, more, expected) => {
    const clients = asked(more);
    if (expected === undefined) expect(clients).toBeUndefined();
    else expect(clients).toMatchObject(expected);
  });

  it.each([
    ['{group: "", kind: Service, name: people}', 'is a Service; write a ConfigMap or a Secret'],
    [
      `${own}, {group: "", kind: ConfigMap, name: others}`,
      'caCertificateRefs are for its port, and Istio takes one',
    ],
    ['{group: "", kind: ConfigMap, name: people, namespace: shed}', 'refer to its ConfigMap people'],
  ])('of %s leave the listener out', (reference, reason) => {
    expect(reasons(listening(frontend(validation(reference))))).toEqual([expect.stringContaining(reason)]);
  });

  it('from abroad need a grant for the name that they have within Istio', () => {
    const abroad = frontend(validation('{group: "", kind: ConfigMap, name: people, namespace: shed}'));
    const granted = (name: string) => grant(`{group: "", kind: ConfigMap, name: ${name}}`);
    expect(reasons(listening(abroad) + granted('people'))).toHaveLength(1);
    expect(reasons(listening(abroad) + granted('people-cacert'))).toHaveLength(0);
  });
});

describe('how TLS ends by an option of the listener', () => {
  const ended = (mode: string, certificates = 'certificateRefs: [{name: cart}], ') =>
    listenersOf(
      gateway(
        `{name: a, port: 443, protocol: HTTPS, tls: {${certificates}options: {gateway.istio.io/tls-terminate-mode: ${mode}, gateway.istio.io/tls-cipher-suites: "AES128-SHA, AES256-SHA"}}}`,
      ),
    ).kept[0]?.termination;

  it.each(['MUTUAL', 'OPTIONAL_MUTUAL'])('%s asks for certificates', (mode) => {
    expect(ended(mode)).toMatchObject({
      certificates: [{ name: 'cart' }],
      clients: { required: mode === 'MUTUAL', authorities: { kind: 'secret', name: 'cart-cacert' } },
      cipherSuites: ['AES128-SHA', 'AES256-SHA'],
    });
  });

  it.each([
    ['ISTIO_SIMPLE', undefined],
    ['ISTIO_MUTUAL', { authorities: { kind: 'mesh' }, required: true }],
  ])('%s takes the certificates of the mesh', (mode, clients) => {
    const termination = ended(mode, '');
    expect(termination?.certificates).toBe('mesh');
    if (clients === undefined) expect(termination?.clients).toBeUndefined();
    else expect(termination?.clients).toMatchObject(clients);
  });
});
