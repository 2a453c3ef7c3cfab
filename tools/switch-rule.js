// `npm run rule:by-user`, `npm run rule:percent`: switch-rule.js by-user|percent [ROOT] writes which rule of k8s/internal and k8s/external
// is in force. The running local mesh follows at once; a cluster does with the next `kubectl apply -k`.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const files = { percent: 'virtual-service-v2-10.yaml', 'by-user': 'virtual-service-test-v1.yaml' };
const [rule, root = '.'] = process.argv.slice(2);
const wanted = Object.hasOwn(files, rule) ? files[rule] : undefined;
if (wanted === undefined) {
  console.error(`switch-rule: there is no rule "${rule}"; write one of ${Object.keys(files).join(', ')}.`);
  process.exit(64);
}

const ruleLine = new RegExp(`^(\\s*- )(?:${Object.values(files).join('|')})$`, 'm');
for (const mode of ['internal', 'external']) {
  const file = join(root, 'k8s', mode, 'kustomization.yaml');
  const before = readFileSync(file, 'utf8');
  const after = before.replace(ruleLine, `$1${wanted}`);
  if (!ruleLine.test(before)) {
    console.error(
      `switch-rule: ${file} lists neither ${files.percent} nor ${files['by-user']} among its resources.`,
    );
    process.exitCode = 1;
  } else if (after === before) {
    console.log(`${file}: ${wanted} is in force already.`);
  } else {
    writeFileSync(file, after);
    console.log(`${file}: ${wanted} is in force now.`);
  }
}
