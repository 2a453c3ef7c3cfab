// `npm run crd:write` writes the CustomResourceDefinition of GrayRelease from what reads plans.
import { writeFileSync } from 'node:fs';
import { planDefinition } from '@grayscale/release';
import { stringify } from 'yaml';

const note = '# Written by `npm run crd:write` from libs/release; edit that instead.\n';
const target = new URL('../k8s/release-controller/customResourceDefinition.yaml', import.meta.url);
writeFileSync(target, note + stringify(planDefinition(), { aliasDuplicateObjects: false, lineWidth: 0 }));
