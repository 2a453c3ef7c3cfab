import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const root = import.meta.dirname;

/** What each room may import of the others; files that stand outside of rooms, as `decision.ts`, may be imported by all. */
const arrows: Record<string, readonly string[]> = {
  fields: [],
  resources: [],
  'api-server': ['fields'],
  parse: ['fields', 'resources', 'api-server'],
  validate: ['fields', 'resources', 'headers', 'match', 'model'],
  lower: ['fields', 'resources', 'validate', 'model', 'headers', 'retry'],
  model: ['headers', 'retry'],
  match: ['model'],
  headers: [],
  cors: ['match', 'model'],
  retry: [],
  issues: [],
  compile: ['lower', 'model', 'match', 'headers', 'retry'],
  route: ['compile', 'lower', 'match'],
  analyze: ['fields', 'lower', 'model', 'match', 'compile', 'route', 'validate'],
  explain: ['model', 'match', 'headers', 'cors', 'compile', 'route'],
};

/** The type of a document of any kind, of which nothing is read. */
const opaque = 'resources/resource.js';

interface Import {
  file: string;
  from: string;
  to: string;
}

function imports(): Import[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
    .flatMap((file) => {
      const text = readFileSync(join(root, file), 'utf8');
      return [...text.matchAll(/ from '(\.[^']+)';/g)].map(([, path = '']) => ({
        file,
        from: file,
        to: relative(root, join(root, file, '..', path)),
      }));
    });
}

/** The room of a file: its folder, or nothing. */
function roomOf(file: string): string | undefined {
  const [room, ...rest] = file.split(/[\\/]/);
  return rest.length === 0 ? undefined : room;
}

it('rooms import each other in one direction', () => {
  const wrong = imports().filter(({ from, to }) => {
    const [room, other] = [roomOf(from), roomOf(to)];
    if (room === undefined || other === undefined || room === other || to === opaque) return false;
    return !arrows[room]?.includes(other);
  });
  expect(wrong.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
});

it('no room is above itself', () => {
  const above = (room: string, seen: readonly string[]): string[] =>
    seen.includes(room)
      ? [[...seen, room].join(' -> ')]
      : (arrows[room] ?? []).flatMap((next) => above(next, [...seen, room]));
  expect(Object.keys(arrows).flatMap((room) => above(room, []))).toEqual([]);
});

it('the words of Istio end with the lowering', () => {
  const rooms = ['model', 'match', 'headers', 'cors', 'retry', 'compile', 'route', 'analyze', 'explain'];
  expect(rooms.filter((room) => arrows[room]?.includes('resources'))).toEqual([]);
});
