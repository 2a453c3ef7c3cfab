import { parse } from '../parse/parse.js';

/** The API server's issues with a document, in short. */
function issuesOf(kind: string, spec: string): string[] {
  const text = `
apiVersion: gateway.networking.k8s.io/v1
kind: ${kind}
metadata: {name: a, namespace: shop}
spec: ${spec}
`;
  return parse(text, 'a.yaml').apiServerIssues.map(
    ({ severity, code, path }) => `${severity} ${code} ${path}`,
  );
}

describe('fields of the experimental channel', () => {
  it.each([
    [
      'HTTPRoute',
      '{rules: [{}, {retry: {attempts: 3}}]}',
      ['warning field-experimental spec.rules[1].retry'],
    ],
    [
      'HTTPRoute',
      '{rules: [{sessionPersistence: {sessionName: a}}], useDefaultGateways: All}',
      [
        'warning field-experimental spec.useDefaultGateways',
        'warning field-experimental spec.rules[0].sessionPersistence',
      ],
    ],
    [
      'GRPCRoute',
      '{rules: [{sessionPersistence: {}}]}',
      ['warning field-experimental spec.rules[0].sessionPersistence'],
    ],
    // Of the other kind alone, or nowhere.
    ['GRPCRoute', '{rules: [{retry: {}}]}', ['error api-server-refuses-field spec.rules[0].retry']],
    ['HTTPRoute', '{rules: [{retries: {}}]}', ['error api-server-refuses-field spec.rules[0].retries']],
    ['HTTPRoute', '{retry: {}}', ['error api-server-refuses-field spec.retry']],
  ])('%s %s', (kind, spec, expected) => {
    expect(issuesOf(kind, spec)).toEqual(expected);
  });
});
