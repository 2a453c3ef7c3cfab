import { parseDecisionEvent, parseDestinations, placeText } from './decision-event.js';
import { parseRules } from './mesh-client.js';

const place = { file: 'k8s/internal/virtual-service-v2-10.yaml', line: 14, column: 5 };
const destination = { index: 1, host: 'hello.hello-2.svc.cluster.local', port: 8080, subset: '', share: 0.1 };

describe('what the mesh says', () => {
  it('is a decision with its rule, destination and address', () => {
    const event = {
      requestId: 'id',
      flags: 'UF',
      cluster: 'outbound|8080||hello.hello-2.svc.cluster.local',
      upstream: '127.0.0.1:43991',
      rules: 'a',
      decision: {
        kind: 'forward',
        because: {
          reason: 'rule',
          resource: {
            kind: 'VirtualService',
            namespace: 'hello-page',
            name: 'hello-ext-svc',
            location: place,
          },
          rule: { index: 0, location: place },
          match: { index: 1, name: 'test', location: place },
          destination,
        },
      },
    };
    expect(parseDecisionEvent(event)).toEqual({
      requestId: 'id',
      kind: 'forward',
      because: {
        reason: 'rule',
        resource: { title: 'VirtualService hello-page/hello-ext-svc', place: { file: place.file, line: 14 } },
        rule: { index: 0, name: '', place: { file: place.file, line: 14 } },
        match: { index: 1, name: 'test', place: { file: place.file, line: 14 } },
      },
      destination: 'hello.hello-2.svc.cluster.local:8080',
      share: 0.1,
      cluster: 'outbound|8080||hello.hello-2.svc.cluster.local',
      upstream: '127.0.0.1:43991',
      flags: 'UF',
      rules: 'a',
    });
  });

  it.each([{ event: {} }, { event: { requestId: 'id' } }, { event: { decision: { kind: 'forward' } } }])(
    'is not a decision without a request or without a verdict: $event',
    ({ event }) => {
      expect(parseDecisionEvent(event)).toBeUndefined();
    },
  );

  it('names the subset of a destination that has one', () => {
    expect(parseDestinations({ destinations: [{ ...destination, subset: 'v2' }] })).toEqual([
      { destination: 'hello.hello-2.svc.cluster.local:8080/v2', share: 0.1 },
    ]);
  });

  it('tells refused rules from rules in force', () => {
    const issue = {
      severity: 'error',
      file: place.file,
      line: 14,
      column: 5,
      message: 'weight: must be a number',
    };
    const state = { hash: 'a', loadedAt: '2026-01-01T00:00:00Z', issues: [issue] };
    const read = {
      ...state,
      issues: [{ severity: 'error', place: { file: place.file, line: 14 }, message: issue.message }],
    };
    expect(parseRules({ ...state, refusedAt: '2026-01-01T00:01:00Z' })).toEqual({ ...read, refused: true });
    expect(parseRules({ ...state, refusedAt: null })).toEqual({ ...read, refused: false });
  });

  it('names an object of a cluster with a field, where a file has a line', () => {
    const object = { file: 'VirtualService shop/front (cluster)', line: 9, column: 7, field: 'spec.http[0]' };
    const state = parseRules({ issues: [{ severity: 'warning', message: 'odd', ...object }] });
    expect(state.issues.map(({ place: found }) => placeText(found))).toEqual([
      'VirtualService shop/front (cluster) spec.http[0]',
    ]);
    expect(placeText({ ...object, field: '' })).toBe('VirtualService shop/front (cluster)');
    expect(placeText(place)).toBe('k8s/internal/virtual-service-v2-10.yaml:14');
  });

  it('is shown as missing where it is missing', () => {
    expect(parseRules({})).toEqual({ hash: '', loadedAt: '', issues: [], refused: false });
    expect(parseDestinations({})).toEqual([]);
  });
});
