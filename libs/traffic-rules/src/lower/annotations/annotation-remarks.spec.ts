import { resourcesOf, workload } from '../../../test/mesh.js';
import { analyze } from '../../analyze/analyze.js';
import { compile } from '../../compile/compile.js';

function remarks(yaml: string): string[] {
  return analyze(compile(resourcesOf(yaml), workload))
    .filter(({ code }) => code.startsWith('annotation-'))
    .map(({ severity, code, path, message }) => `${severity} ${code} ${path}: ${message}`);
}

const annotated = (kind: string, apiVersion: string, annotation: string, labels = '{}') => `
apiVersion: ${apiVersion}
kind: ${kind}
metadata: {name: shelf, namespace: library, labels: ${labels}, annotations: {${annotation}}}
spec: {ports: [{port: 80, name: http}]}
---`;

describe('annotations of Istio', () => {
  it.each([
    ['Service', 'v1', 'networking.istio.io/exportTo: .'],
    ['Service', 'v1', 'example.com/exportsTo: .'],
    ['Service', 'v1', 'notistio.io/exportsTo: .'],
    ['Pod', 'v1', 'sidecar.istio.io/status: "{}"'],
    ['Pod', 'v1', 'traffic.sidecar.istio.io/excludeOutboundPorts: "3306, 5432"'],
    ['Pod', 'v1', 'traffic.sidecar.istio.io/includeInboundPorts: "*"'],
    ['Pod', 'v1', 'traffic.sidecar.istio.io/includeInboundPorts: ""'],
    ['Namespace', 'v1', 'topology.istio.io/controlPlaneClusters: "*"'],
  ])('on a %s: %s %s is right', (kind, version, annotation) => {
    expect(remarks(annotated(kind, version, annotation))).toEqual([]);
  });

  it.each([
    [
      'Service',
      'v1',
      'networking.istio.io/exportsTo: .',
      /^warning annotation-unknown metadata.annotations\["networking.istio.io\/exportsTo"\]: .*Did you mean networking.istio.io\/exportTo\?/,
    ],
    ['Service', 'v1', 'networking.istio.io/shelves: a', /annotation-unknown .* look up its name/],
    [
      'Service',
      'v1',
      'proxy.istio.io/config: a',
      /annotation-misplaced .* has no effect on a Service: Istio reads it from Pod only/,
    ],
    [
      'Deployment',
      'apps/v1',
      'proxy.istio.io/config: a',
      /annotation-misplaced .* write it under spec.template.metadata.annotations/,
    ],
    [
      'CronJob',
      'batch/v1',
      'proxy.istio.io/config: a',
      /write it under spec.jobTemplate.spec.template.metadata.annotations/,
    ],
    ['Pod', 'v1', 'status.sidecar.istio.io/port: "65536"', /annotation-invalid .* is "65536"; write a port/],
    [
      'Pod',
      'v1',
      'traffic.sidecar.istio.io/excludeOutboundPorts: mysql',
      /annotation-invalid .* is "mysql"; write ports/,
    ],
    [
      'Pod',
      'v1',
      'traffic.sidecar.istio.io/includeOutboundIPRanges: 10.0.0.1',
      /annotation-invalid .* write address blocks/,
    ],
    [
      'Pod',
      'v1',
      'sidecar.istio.io/interceptionMode: redirect',
      /annotation-invalid .* write REDIRECT, TPROXY or NONE/,
    ],
    [
      'Pod',
      'v1',
      'prometheus.istio.io/merge-metrics: "yes"',
      /annotation-invalid .* write "true" or "false"/,
    ],
    ['Pod', 'v1', 'sidecar.istio.io/inject: "false"', /^info annotation-deprecated .* write the label/],
    [
      'Pod',
      'v1',
      'sidecar.istio.io/extraStatTags: a',
      /^info annotation-deprecated .* a later version of Istio/,
    ],
  ])('on a %s: %s %s is told of', (kind, version, annotation, said) => {
    expect(remarks(annotated(kind, version, annotation))).toEqual([expect.stringMatching(said)]);
  });

  it('has nothing to say of a deprecated one that stands beside its label', () => {
    const yaml = annotated(
      'Pod',
      'v1',
      'sidecar.istio.io/inject: "false"',
      '{sidecar.istio.io/inject: "false"}',
    );
    expect(remarks(yaml)).toEqual([]);
  });

  it('counts in the template of what makes pods', () => {
    const yaml = (annotation: string) => `
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: shelf}
spec: {template: {metadata: {annotations: {${annotation}}}}}`;
    expect(remarks(yaml('proxy.istio.io/config: a'))).toEqual([]);
    expect(remarks(yaml('networking.istio.io/exportTo: a'))).toEqual([
      expect.stringMatching(
        /annotation-misplaced spec.template.metadata.annotations.* has no effect on a Pod/,
      ),
    ]);
  });
});
