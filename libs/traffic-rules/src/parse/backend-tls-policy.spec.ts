import { toldInWords } from '../../test/issues.js';
import { parse } from './parse.js';

const said = (spec: string) => {
  const text = `apiVersion: gateway.networking.k8s.io/v1\nkind: BackendTLSPolicy\nmetadata: {name: p, namespace: shop}\nspec: ${spec}\n`;
  return parse(text, 'rules.yaml').issues.map((issue) => {
    const { severity, code, message } = toldInWords(issue);
    return `${severity} ${code}: ${message}`;
  });
};

describe('a BackendTLSPolicy', () => {
  it('is passed over with the TLS that a cluster would speak', () => {
    const targets =
      '[{group: "", kind: Service, name: cart, sectionName: https}, {group: "", kind: Service, name: stock}]';
    expect(
      said(`{targetRefs: ${targets}, validation: {hostname: cart.example, wellKnownCACertificates: System}}`),
    ).toEqual([
      'warning kind-not-modelled: BackendTLSPolicy (gateway.networking.k8s.io/v1) is passed over here: a cluster speaks TLS to Service cart:https, Service stock and asks for cart.example; here it is plain text, unless a DestinationRule says otherwise. To have the same here, write a DestinationRule for the host with trafficPolicy: { tls: { mode: SIMPLE, sni: cart.example, caCertificates: FILE } }.',
    ]);
  });

  it.each([
    'null',
    '{}',
    '[]',
    '{targetRefs: {}, validation: 1}',
    '{targetRefs: [1, null, {kind: 2, name: []}]}',
  ])('whatever its fields are: %s', (spec) => {
    expect(said(spec)).toEqual([
      expect.stringMatching(/a cluster speaks TLS to its targets; here it is plain text/),
    ]);
  });
});
