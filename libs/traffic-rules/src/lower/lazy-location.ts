import type { Location } from '../issue.js';
import type { Source } from '../source.js';

/** The place of a field, looked up only when somebody reads it: finding it means reading the YAML again. */
export function lazyLocation(source: Source, path: string): Location {
  let found: Location | undefined;
  const find = () => {
    found ??= source.locate(path);
    return found;
  };
  return {
    file: source.file,
    get line() {
      return find().line;
    },
    get column() {
      return find().column;
    },
    ...(source.field !== undefined && { field: path }),
  };
}
