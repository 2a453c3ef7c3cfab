import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HeaderPropagation } from '../index.js';
import { fromManifests } from './index.js';

const k8s = join(import.meta.dirname, '../../../../k8s');
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'manifests-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const write = (name: string, text: string) => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};
const virtualService = (name: string, namespace: string, matches: string) => `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  hosts: [${name}.example]
  exportTo: [.]
  http:
  - match:
${matches}
    route: [{ destination: { host: ${name}.example, port: { number: 80 } } }]
  - route: [{ destination: { host: ${name}.example, port: { number: 80 } } }]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  hosts: [${name}.example]
  ports: [{ number: 80, name: http, protocol: HTTP }]
  resolution: STATIC
  endpoints: [{ address: 192.0.2.1 }]
`;

describe('fromManifests', () => {
  it('gives the headers of the demo with their place', async () => {
    const rules = await fromManifests(join(k8s, 'internal/virtual-service-test-v1.yaml'));
    expect(rules).toEqual([
      { header: 'user', place: expect.stringMatching(/virtual-service-test-v1\.yaml:\d+$/) },
    ]);
    expect(new HeaderPropagation({ rules }).extract({ user: 'test' }, '/').headers).toEqual({ user: 'test' });
  });

  it('takes all namespaces, all matches and negated ones, and each header once', async () => {
    const file = write(
      'rules.yaml',
      [
        virtualService(
          'a',
          'one',
          '    - headers: { X-Beta: { exact: "1" }, "x.dotted": { exact: "1" }, ":method": { exact: GET } }\n    - withoutHeaders: { x-old: { regex: ".*" } }',
        ),
        virtualService(
          'b',
          'two',
          '    - headers:\n        x-beta: { prefix: a }\n        cookie: { regex: ".*" }',
        ),
      ].join('---\n'),
    );
    const rules = await fromManifests(file);
    expect(rules.map(({ header }) => header)).toEqual(['cookie', 'x-beta', 'x-old', 'x.dotted']);
    expect(rules[1]?.place).toMatch(/rules\.yaml:\d+, .*rules\.yaml:\d+$/);
  });

  it('refuses manifests that cannot be put in force, with the place', async () => {
    const file = write('bad.yaml', virtualService('a', 'one', '    - headers: { user: { exac: "1" } }'));
    await expect(fromManifests(file)).rejects.toThrow(
      /cannot be put in force[\s\S]*bad\.yaml:\d+:\d+: error/,
    );
    await expect(fromManifests(join(folder, 'none'))).rejects.toThrow(/none/);
  });

  it('reads what grayscale headers has written', async () => {
    const rules = [{ header: 'user', place: 'k8s/a.yaml:3' }];
    expect(await fromManifests(write('headers.json', JSON.stringify(rules)))).toEqual(rules);
  });

  it.each([
    ['{', /Expected property name.*Write the file anew: grayscale headers/s],
    ['{}', /not a list/],
    ['[{"header":"user"}]', /\[0\]\.place: undefined is not a place/],
    ['[{"header":"a b","place":"x"}]', /\[0\]\.header: "a b" is not a header name/],
  ])('says what is wrong with %s', async (text, message) => {
    await expect(fromManifests(write('wrong.json', text))).rejects.toThrow(message);
  });
});
