import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Rules for hello.com in one file: `share` percent to the first of two services on this machine, the rest to the other.
 * The rule and its destinations each put the tag on the answer.
 */
export function helloManifest({ share = 90, ports = [1, 2] as [number, number], tag = '' } = {}): string {
  return [service('hello-1', ports[0]), service('hello-2', ports[1]), virtualService(share, tag)].join(
    '---\n',
  );
}

function service(name: string, port: number): string {
  return `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: ${name}, namespace: hello-page}
spec:
  hosts: [${name}.external${name === 'hello-1' ? ', hello.com' : ''}]
  location: MESH_EXTERNAL
  resolution: STATIC
  ports: [{number: 80, name: http, protocol: HTTP, targetPort: ${port}}]
  endpoints: [{address: 127.0.0.1}]
`;
}

function virtualService(share: number, tag: string): string {
  const headers = tag === '' ? '' : `\n      headers: {response: {set: {x-destination: "${tag}"}}}`;
  return `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: hello, namespace: hello-page}
spec:
  hosts: [hello.com]
  http:
  - ${tag === '' ? '' : `headers: {response: {set: {x-rule: "${tag}"}}}\n    `}route:
    - destination: {host: hello-1.external, port: {number: 80}}
      weight: ${share}${headers}
    - destination: {host: hello-2.external, port: {number: 80}}
      weight: ${100 - share}${headers}
`;
}

/** A file of rules in a folder of its own, removed when the test is over. */
export class RuleFile {
  private constructor(
    readonly folder: string,
    readonly path: string,
  ) {}

  static async with(text: string): Promise<RuleFile> {
    const folder = await mkdtemp(join(tmpdir(), 'local-mesh-'));
    const file = new RuleFile(folder, join(folder, 'rules.yaml'));
    await file.write(text);
    return file;
  }

  async write(text: string): Promise<void> {
    await writeFile(this.path, text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
