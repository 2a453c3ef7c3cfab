import { tableOf } from '../../test/mesh.js';
import { clusterFor } from './registered-cluster.js';

const service = `
apiVersion: v1
kind: Service
metadata: {name: hello, namespace: hello-page}
spec: {clusterIP: 10.0.0.1, ports: [{name: http, port: 80}, {name: tcp, port: 90}]}
---`;
const entry = (host: string) => `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: "${host.replace('*', 'any')}", namespace: hello-page}
spec: {hosts: ["${host}"], ports: [{number: 80, name: http, protocol: HTTP}], resolution: NONE}
---`;
const table = tableOf(service + ['*.ext', '*.a.ext', '*.ext.'].map(entry).join(''));

it.each([
  ['hello', 80, 'outbound|80||hello.hello-page.svc.cluster.local'],
  ['hello.hello-page', 80, 'outbound|80||hello.hello-page.svc.cluster.local'],
  ['Hello.hello-page.svc.cluster.local.', 90, 'outbound|90||hello.hello-page.svc.cluster.local'],
  ['hello', 81, undefined],
  ['hello.other', 80, undefined],
  ['b.ext', 80, 'outbound|80||*.ext'],
  ['b.a.ext', 80, 'outbound|80||*.a.ext'],
  ['b.ext', 81, undefined],
  ['10.0.0.1', 80, undefined],
])('%s on port %i is served by %s', (host, port, name) => {
  expect(clusterFor(table, host, port)?.name).toBe(name);
});
