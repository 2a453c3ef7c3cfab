import { compile, parse, type Resource, route, validate } from '@grayscale/traffic-rules';
import fc from 'fast-check';
import { fixture, read } from './src/cases.ts';

interface Verdict {
  id: string;
  document: object;
  valid: boolean;
}

const verdicts = JSON.parse(read('validation.json')) as Verdict[];
const base = parse(fixture, 'fixture.yaml').resources;
const workload = { namespace: 'default', labels: {}, outboundTrafficPolicy: 'REGISTRY_ONLY' } as const;

/** Asks every port for every host that a document names. */
function askAll(resources: readonly Resource[]): string[] {
  const table = compile([...base, ...resources], workload);
  const hosts = resources.flatMap(hostsOf);
  return [80, 8080].flatMap((port) =>
    hosts.map(
      (authority) =>
        route(
          table,
          { method: 'GET', scheme: 'http', authority, port, path: '/a?b=c', headers: ['user', 'x'] },
          0.5,
        ).kind,
    ),
  );
}

function hostsOf(resource: Resource): string[] {
  return resource.kind === 'VirtualService' || resource.kind === 'ServiceEntry' ? resource.spec.hosts : [];
}

describe('compiling', () => {
  it.each(verdicts.filter(({ valid }) => valid))('takes what Istio accepts: $id', ({ document }) => {
    const { resources } = parse(JSON.stringify(document), 'document.yaml');
    expect(resources.length).toBeGreaterThan(0);
    expect(askAll(resources)).toHaveLength(2 * resources.flatMap(hostsOf).length);
  });

  it('takes whatever validation accepts of documents with any character changed', () => {
    const documents = verdicts.map(({ document }) => JSON.stringify(document));
    const change = fc.constantFrom(
      '',
      'x',
      '0',
      '-1',
      '"',
      '{',
      '}',
      '*',
      '.',
      ' ',
      '%',
      '(',
      '\\',
      '/',
      'true',
      '999999999999',
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...documents),
        fc.nat(),
        fc.nat(3),
        change,
        (document, at, length, text) => {
          const start = at % document.length;
          const changed = document.slice(0, start) + text + document.slice(start + length);
          const { resources, issues } = parse(changed, 'document.yaml');
          const errors = [...issues, ...validate(resources)].filter(({ severity }) => severity === 'error');
          fc.pre(errors.length === 0);
          expect(askAll(resources)).not.toContain(undefined);
        },
      ),
      { numRuns: 150 },
    );
  });
});
