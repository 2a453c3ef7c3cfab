import type { Problem } from '../fields/problem.js';
import { brokenConstraints } from './constraints.js';
import type { KindSchema } from './kind-schema.js';
import { schemaProblem } from './schema-problem.js';
import { kindSchemas } from './schemas.generated.js';

/** More than this many problems of one document help nobody. */
const problemLimit = 100;

/**
 * What the API server refuses of a document of one of Istio's or the Gateway API's kinds, before Istio sees it: the structural schema of the
 * CRD and its rules, and fields that the schema does not know (which kubectl refuses, and other clients drop silently).
 * @param document its value, as it was read
 */
export function checkDocument(group: string, kind: string, document: unknown): Problem[] {
  const key = `${group}/${kind}`;
  const schema = Object.hasOwn(kindSchemas, key) ? kindSchemas[key] : undefined;
  if (schema === undefined) return [];
  return [...schemaProblems(schema, document), ...brokenConstraints(schema.constraints, document)].slice(
    0,
    problemLimit,
  );
}

function schemaProblems({ validate }: KindSchema, document: unknown): Problem[] {
  if (validate(document)) return [];
  return (validate.errors ?? []).slice(0, problemLimit).map((error) => schemaProblem(error, document));
}
