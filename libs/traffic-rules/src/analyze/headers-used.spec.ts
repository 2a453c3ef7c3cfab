import { virtualServiceOf } from '../../test/issues.js';
import { workload } from '../../test/mesh.js';
import { compile } from '../compile/compile.js';
import { parse } from '../parse/parse.js';
import { headersUsedBy } from './headers-used.js';

describe('headersUsedBy', () => {
  it('names each header once, in lower case and sorted, and what is not a header of its own not at all', () => {
    const matches = [
      '{headers: {User: {exact: a}, ":path": {prefix: /a}, Host: {exact: b}}}',
      '{headers: {user: {exact: c}}, withoutHeaders: {X-Beta: {}}, queryParams: {q: {exact: d}}}',
    ];
    const http = matches.map((match) => `- {match: [${match}], route: [{destination: {host: a}}]}`);
    const { resources } = parse(virtualServiceOf(`hosts: [a.com]\nhttp:\n${http.join('\n')}`), 'a');
    expect(headersUsedBy(compile(resources, workload))).toEqual(['user', 'x-beta']);
  });
});
