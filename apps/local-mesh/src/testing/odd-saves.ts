import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import {
  anyText,
  mutatedDocuments,
  strangeDocument,
} from '../../../../libs/traffic-rules/test/hostile-text.js';
import { Backend } from './backend.js';
import { helloManifest, RuleFile } from './manifests.js';
import { MeshProcess } from './mesh-process.js';
import { SteadyLoad } from './steady-load.js';

const entry = helloManifest().split('---\n')[1] ?? '';

/** What may come into a file: documents with a change, texts of all kinds, and accidents of editors. */
const oddFiles: fc.Arbitrary<string | Buffer> = fc.oneof(
  { weight: 5, arbitrary: mutatedDocuments },
  { weight: 2, arbitrary: strangeDocument },
  { weight: 3, arbitrary: anyText },
  fc.constantFrom<string | Buffer>(
    '',
    '# only a comment\n',
    `${'#'.repeat(100_000)}\n---\na: b\n`,
    `${'# x\n'.repeat(30_000)}---\na: b\n`,
    'apiVersion: v1\nkind: Service\nmetadata: {name: {toString: a}, namespace: {valueOf: b}}\n',
    entry.replaceAll('hello-2', 'odd'),
    entry.replaceAll('hello-2', 'odd').slice(0, 60),
    '['.repeat(200_000),
    'a: 1\n'.repeat(100_000),
    Buffer.from(`\uFEFF${entry.replaceAll('hello-2', 'odd')}`, 'utf16le'),
    Buffer.from([0, 1, 2, 0xff, 0xfe]),
  ),
);

/** Not of the hosts that the load asks for, nor of all hosts: such a document would rightly change the answers. */
function ofOtherHosts(file: string | Buffer): string | Buffer {
  if (typeof file !== 'string') return file;
  return file
    .replace(/hello|ext-svc/gi, 'odd')
    .replaceAll('*', 'x')
    .replaceAll('hello-page', 'odd');
}

/**
 * A mesh under load, and beside its rules a file in which one odd text after the other is saved.
 * @returns what was answered wrongly; nothing, if all is well
 */
export async function saveOddFiles(
  saves: number,
  requestsPerSecond: number,
  seed?: number,
): Promise<string[]> {
  await using one = await Backend.named('hello 1');
  await using rules = await RuleFile.with(
    helloManifest({ share: 100, ports: [one.port, one.port], tag: 'rules' }),
  );
  await using mesh = await MeshProcess.listening('-f', rules.folder);
  const load = new SteadyLoad(mesh.proxy, new Set(['hello 1']), requestsPerSecond);
  const files = fc.sample(oddFiles.map(ofOtherHosts), {
    numRuns: saves,
    ...(seed === undefined ? {} : { seed }),
  });
  let refused = 0;
  for (const [number, file] of files.entries()) {
    mesh.messages = '';
    const marked =
      typeof file === 'string' ? `${file}\n# ${number}\n` : Buffer.concat([file, Buffer.from(`  ${number}`)]);
    await writeFile(join(rules.folder, 'odd.yaml'), file.length === 0 ? `# ${number}` : marked);
    const [line] = await mesh.said(/refused the changed rules|rules [0-9a-f]+ in force/);
    if (line.startsWith('refused')) refused += 1;
  }
  await load.stop();
  console.info(
    `${load.sent - load.skipped} requests over ${saves} odd saves, of which ${refused} were refused`,
  );
  mesh.signal('SIGTERM');
  const { code } = await mesh.ended;
  return code === 0 ? load.wrong : [...load.wrong, `ended with ${code}`];
}
