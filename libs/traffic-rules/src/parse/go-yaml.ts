import { defineScalarTag, FAILSAFE_SCHEMA, mergeTag, NOT_RESOLVED, type Schema } from 'js-yaml';

/**
 * How kubectl and the API server read plain scalars: the rules of go-yaml v2, which are YAML 1.1's with a few left out
 * (no dates, no base-60 numbers). So `yes`, `on` and `n` are booleans, `010` is 8, and `10:30` is a text.
 */
function scalar(tag: string, firstCharacters: string, resolve: (text: string) => unknown) {
  return defineScalarTag(`tag:yaml.org,2002:${tag}`, {
    implicit: true,
    implicitFirstChars: firstCharacters === '' ? null : [...firstCharacters],
    resolve: (source) => {
      const value = resolve(source);
      return value === undefined ? NOT_RESOLVED : value;
    },
    identify: () => false,
  });
}

const isTrue = /^(?:y|Y|yes|Yes|YES|true|True|TRUE|on|On|ON)$/;
const isFalse = /^(?:n|N|no|No|NO|false|False|FALSE|off|Off|OFF)$/;

function bool(text: string): boolean | undefined {
  if (isTrue.test(text)) return true;
  return isFalse.test(text) ? false : undefined;
}

const radixes: readonly [RegExp, number][] = [
  [/^[-+]?0b([01_]+)$/i, 2],
  [/^[-+]?0o?([0-7_]+)$/i, 8],
  [/^[-+]?0x([0-9a-f_]+)$/i, 16],
];

function int(text: string): number | undefined {
  if (/^[-+]?(?:0|[1-9][0-9_]*)$/.test(text)) return Number(text.replaceAll('_', ''));
  for (const [form, base] of radixes) {
    const digits = form.exec(text)?.[1];
    if (digits === undefined) continue;
    const value = Number.parseInt(digits.replaceAll('_', ''), base);
    return text.startsWith('-') ? -value : value;
  }
  return undefined;
}

function float(text: string): number | undefined {
  if (/^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/.test(text)) return Number(text);
  if (/^[-+]?\.(?:inf|Inf|INF)$/.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  return /^\.(?:nan|NaN|NAN)$/.test(text) ? Number.NaN : undefined;
}

const signs = '+-.0123456789';

export const goYamlSchema: Schema = FAILSAFE_SCHEMA.withTags(
  scalar('null', '', (text) => (/^(?:~|null|Null|NULL|)$/.test(text) ? null : undefined)),
  scalar('bool', 'yYtToOnNfF', bool),
  scalar('int', signs, int),
  scalar('float', signs, float),
  mergeTag,
);
