// npm run cluster:up: a Kubernetes API server with the definitions of Istio and the Gateway API on this machine, until Ctrl-C.
import { once } from 'node:events';
import { dirname } from 'node:path';
import { buildBinaries, findBinaries } from './binaries.ts';
import { startTestCluster } from './test-cluster.ts';

console.log('Building kube-apiserver and kubectl; the first time takes about ten minutes ...');
await buildBinaries();
const cluster = await startTestCluster({ port: Number(process.argv[2] ?? 6443), gatewayApi: 'standard' });
const binaries = findBinaries();
const kubectl = 'kubectl' in binaries ? dirname(binaries.kubectl) : '';
// Before anybody is told that Ctrl-C ends it.
const interrupted = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
console.log(`
  The API server listens on ${cluster.server}, with the definitions of Istio and the Gateway API and nothing else in it.

      export KUBECONFIG=${cluster.kubeconfig}
      export PATH=${kubectl}:$PATH   # a kubectl of its version
      kubectl apply -k k8s/internal

  Ctrl-C ends it, and removes all that was in it.
`);
await interrupted;
await cluster.stop();
