// `npm run rule:by-user`, `npm run rule:percent`: switch-rule.js by-user|percent [ROOT] writes which rule of k8s/internal and k8s/external
// is in force. The running local mesh follows at once; a cluster does with the next `kubectl apply -k`.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { issueLine, replaceFile } from '@grayscale/manifest-files';
import { RunMarker } from '@grayscale/release-loop';
import { nodeAt, readYaml } from '@grayscale/traffic-rules';

const files = { percent: 'virtual-service-v2-10.yaml', 'by-user': 'virtual-service-test-v1.yaml' };
const [rule, root = '.'] = process.argv.slice(2);
const wanted = Object.hasOwn(files, rule) ? files[rule] : undefined;
if (wanted === undefined) {
  console.error(`switch-rule: there is no rule "${rule}"; write one of ${Object.keys(files).join(', ')}.`);
  process.exit(64);
}

const modes = ['internal', 'external'];
/** The VirtualService that both rules are. */
const object = { kind: 'VirtualService', namespace: 'hello-page', name: 'hello-ext-svc' };

// A release owns the rule until it has ended: another rule in its place would be drift in the middle of it.
for (const mode of modes) {
  const manifest = join(root, 'k8s', mode, files.percent);
  const plan = await RunMarker.running(manifest, object);
  if (plan === undefined) continue;
  console.error(
    `switch-rule: ${manifest} is under release by ${plan}; nothing was changed. End that release first: npx grayscale abort ${forShell(plan)}`,
  );
  process.exit(75);
}

for (const mode of modes) {
  const file = join(root, 'k8s', mode, 'kustomization.yaml');
  const text = readFileSync(file, 'utf8');
  const entry = ruleEntry(text, file);
  if (entry === undefined) {
    fail(`${file} lists neither ${files.percent} nor ${files['by-user']} among its resources.`);
  } else if (entry.text === wanted) {
    console.log(`${file}: ${wanted} is in force already.`);
  } else {
    const issue = await replaceFile(file, text, text.slice(0, entry.start) + wanted + text.slice(entry.end));
    if (issue === undefined) console.log(`${file}: ${wanted} is in force now.`);
    else fail(issueLine(issue));
  }
}

/** The entry of `resources` that names one of the two rules. */
function ruleEntry(text, file) {
  const [document] = readYaml(text, file).documents;
  const resources = nodeAt(document?.source.node, ['resources'])?.items ?? [];
  return resources.find((item) => Object.values(files).includes(item.text));
}

function fail(message) {
  console.error(`switch-rule: ${message}`);
  process.exitCode = 1;
}

/** A path as a shell reads it. */
function forShell(path) {
  return /^[\w./@+-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
