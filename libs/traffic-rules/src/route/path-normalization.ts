/** Paths of these characters, with no dot segment in them, are normal already. */
const plain = /^[A-Za-z0-9\-_~.!$&'()*+,;=:@/[\]]*$/;
const unreserved = /[A-Za-z0-9\-_.~]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const escaped = /[\u0001-\u0020"<>?^`{|}\u007f-\u00ff]/;

/**
 * The request target as Envoy matches and forwards it: dot segments resolved, `\` turned to `/`, escapes of
 * unreserved characters decoded, characters that do not belong in a path escaped. Double slashes, `%2F`, the
 * letter case of other escapes and the query stay as they are (Chromium's url_canon_path, which Envoy uses).
 * @param how MeshConfig's `pathNormalization`: slashes may be merged as well, and escaped ones decoded before (recorded: `mesh-path-normalization-*`)
 * @returns undefined for what Envoy refuses with 400: a fragment, or an encoded NUL.
 */
export function normalizePath(target: string, how: Normalization = 'BASE'): string | undefined {
  if (target.includes('#')) return undefined;
  if (how === 'NONE') return target === '' ? '/' : target;
  const query = target.indexOf('?');
  const written = query < 0 ? target : target.slice(0, query);
  const path =
    how === 'DECODE_AND_MERGE_SLASHES' ? written.replace(/%2f/gi, '/').replace(/%5c/gi, '\\') : written;
  const isPlain = plain.test(path) && !path.includes('/.');
  const normal = isPlain ? path || '/' : normalize(path);
  if (normal === undefined) return undefined;
  const merged = how === 'BASE' ? normal : normal.replace(/\/{2,}/g, '/');
  return query < 0 ? merged : merged + target.slice(query);
}

type Normalization = 'NONE' | 'BASE' | 'MERGE_SLASHES' | 'DECODE_AND_MERGE_SLASHES';

function normalize(path: string): string | undefined {
  let output = '';
  let index = 0;
  while (index < path.length) {
    const dot = dotLength(path, index);
    if (dot > 0) {
      [output, index] = takeDot(path, index + dot, output);
      continue;
    }
    const character = path.charAt(index);
    if (character === '%') {
      const [text, length] = takeEscape(path, index);
      if (text === undefined) return undefined;
      output += text;
      index += length;
      continue;
    }
    if (character === '\0') return undefined;
    output += character === '\\' ? '/' : escaped.test(character) ? percentEncode(character) : character;
    index += 1;
  }
  return output.startsWith('/') ? output : `/${output}`;
}

/** @param after where the path goes on behind the dot. */
function takeDot(path: string, after: number, output: string): [output: string, index: number] {
  if (!output.endsWith('/')) return [`${output}.`, after];
  const second = dotLength(path, after);
  const end = after + second;
  if (end < path.length && !isSlash(path, end)) return [`${output}.`, after];
  const next = Math.min(end + 1, path.length);
  return [second > 0 ? output.slice(0, parentEnd(output)) : output, next];
}

/** Behind the slash before the last one; the first slash stays. */
function parentEnd(output: string): number {
  return output.length <= 1 ? 1 : output.lastIndexOf('/', output.length - 2) + 1;
}

function takeEscape(path: string, index: number): [text: string | undefined, length: number] {
  const digits = path.slice(index + 1, index + 3);
  if (!/^[0-9A-Fa-f]{2}$/.test(digits)) return ['%', 1];
  const character = String.fromCharCode(Number.parseInt(digits, 16));
  if (character === '\0') return [undefined, 3];
  return [unreserved.test(character) ? character : `%${digits}`, 3];
}

function dotLength(path: string, index: number): number {
  if (path[index] === '.') return 1;
  return path[index] === '%' && /^%2e/i.test(path.slice(index, index + 3)) ? 3 : 0;
}

function isSlash(path: string, index: number): boolean {
  return path[index] === '/' || path[index] === '\\';
}

function percentEncode(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}
