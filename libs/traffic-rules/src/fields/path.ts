/** A field's way from the document's root: keys of objects and indexes of lists. */
export type Path = readonly (string | number)[];

const plainKey = /^[\w:@/$%-]+$/;

/** As `spec.http[0].headers.request.set["a.b"]`. */
export function formatPath(path: Path): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (!plainKey.test(step)) text += `[${JSON.stringify(step)}]`;
    else text += text === '' ? step : `.${step}`;
  }
  return text;
}

const step = /\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|\.?([^.[\]]+)/gy;

/** The inverse of {@link formatPath}; stops at the first character that does not belong to a path. */
export function parsePath(text: string): Path {
  const path: (string | number)[] = [];
  for (const [, index, quoted, key] of text.matchAll(step)) {
    if (index !== undefined) path.push(Number(index));
    else path.push(quoted === undefined ? (key ?? '') : unquote(quoted));
  }
  return path;
}

function unquote(quoted: string): string {
  try {
    return String(JSON.parse(quoted));
  } catch {
    return quoted;
  }
}
