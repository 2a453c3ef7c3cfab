/** No cluster could be found, or no way in: a mistake in a kubeconfig, or a login that failed. */
export class ClusterConfigError extends Error {
  readonly code = 'CLUSTER_CONFIG';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ClusterConfigError';
  }
}

/** What a request wanted, for words. */
export interface RequestSubject {
  readonly verb: string;
  /** `virtualservices.networking.istio.io`, or the path of what is not a resource. */
  readonly resource: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** The API server refused a request; `status` and `reason` are its own. */
export class ApiError extends Error {
  readonly code = 'API_ERROR';

  constructor(
    readonly status: number,
    /** As Kubernetes words it: `NotFound`, `Conflict`, `Forbidden`, `Invalid`, `Expired` ... */
    readonly reason: string,
    readonly subject: RequestSubject,
    /** The server's own words. */
    readonly detail: string,
    /** What else was refused for the same reason. */
    others: readonly RequestSubject[] = [],
  ) {
    super(status === 403 ? forbidden([subject, ...others], detail) : detail);
    this.name = 'ApiError';
  }

  /** One error for several refusals, so that what is missing can be given at once. */
  static together([first, ...others]: readonly [ApiError, ...ApiError[]]): ApiError {
    const { status, reason, subject, detail } = first;
    return new ApiError(
      status,
      reason,
      subject,
      detail,
      others.map((other) => other.subject),
    );
  }

  /** Whether the server itself is in trouble, starting or overloaded, and may answer otherwise soon. */
  get isTemporary(): boolean {
    return this.status === 429 || this.status >= 500;
  }
}

/** The API server could not be reached, or its answer was lost: whether a write was carried out is not known. */
export class ApiUnreachableError extends Error {
  readonly code = 'API_UNREACHABLE';

  constructor(
    readonly server: string,
    readonly subject: RequestSubject,
    options: ErrorOptions,
  ) {
    super(`The API server at ${server} cannot be reached: ${reasonOf(options.cause)}`, options);
    this.name = 'ApiUnreachableError';
  }
}

/** Says which right is missing, and the rules of a Role that give it. */
function forbidden(subjects: readonly [RequestSubject, ...RequestSubject[]], detail: string): string {
  const [{ verb, namespace, name }] = subjects;
  const resources = subjects.map(({ resource }) => resource).join(', ');
  const where = namespace === undefined ? 'in the whole cluster' : `in the namespace ${namespace}`;
  const what = name === undefined ? resources : `${resources} "${name}"`;
  const refusal = `Not allowed to ${verb} ${what} ${where}: ${detail}`;
  // A webhook that refuses, or a user who may not act as another, is nothing that these rules would mend.
  if (!detail.includes(`cannot ${verb} resource`)) return refusal;
  const rules = missingRules(subjects);
  const role = namespace === undefined ? 'a ClusterRole' : `a Role in ${namespace}`;
  return `${refusal}. The ${rules.length === 1 ? 'rule' : 'rules'} to add to ${role}: ${rules.join(', ')}`;
}

/** As they are written in a Role, one for each API group; what is listed to be followed needs both verbs. */
function missingRules(subjects: readonly RequestSubject[]): string[] {
  const named = subjects.map(({ verb, resource }) => {
    const [name = '', ...subresource] = resource.split('/');
    const [plural, ...group] = name.split('.');
    return { verb, group: group.join('.'), resource: JSON.stringify([plural, ...subresource].join('/')) };
  });
  return [...Map.groupBy(named, ({ group }) => group)].map(([group, those]) => {
    const verbs =
      those[0]?.verb === 'list' || those[0]?.verb === 'watch' ? '"list", "watch"' : `"${those[0]?.verb}"`;
    const resources = those.map(({ resource }) => resource).join(', ');
    return `{apiGroups: ["${group}"], resources: [${resources}], verbs: [${verbs}]}`;
  });
}

function reasonOf(cause: unknown): string {
  const { code, message, errors } = (cause ?? {}) as { code?: string; message?: string; errors?: unknown[] };
  // A name with several addresses fails with an AggregateError without a message of its own.
  if (!message && errors?.[0]) return reasonOf(errors[0]);
  return (
    [message, code && !message?.includes(code) ? `(${code})` : ''].filter(Boolean).join(' ') ||
    'no reason given'
  );
}
