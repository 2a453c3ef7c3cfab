import { noOverrides } from '../../overrides.js';
import { type Edited, ManifestDocument } from '../manifest-document.js';

/** The VirtualService `hello` of a text, which has to be there once. */
export function documentNamed(text: string, name = 'hello', namespace?: string): ManifestDocument {
  const found = ['shop', 'default'].flatMap((known) =>
    ManifestDocument.find(
      { path: 'a.yaml', text, overrides: noOverrides },
      { group: 'networking.istio.io', kind: 'VirtualService', namespace: namespace ?? known, name },
    ),
  );
  if (found.length !== 1 || found[0] === undefined) throw new Error(`found ${found.length} objects`);
  return found[0];
}

/** Sets the weights of a rule, the first one unless given. */
export function editWeights(text: string, weights: (number | undefined)[], rule = 0): Edited {
  return documentNamed(text).edit([{ kind: 'set-weights', rule, weights }]);
}

/** `code line` of each refusal; the new text if there is none. */
export function outcome(edited: Edited): string | string[] {
  return 'text' in edited ? edited.text : edited.issues.map(({ code, line }) => `${code} ${line}`);
}
