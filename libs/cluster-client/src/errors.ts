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
    message: string,
  ) {
    super(status === 403 ? forbidden(subject, message) : message);
    this.name = 'ApiError';
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

/** Says which right is missing, and the rule of a Role that gives it. */
function forbidden(subject: RequestSubject, message: string): string {
  const { verb, resource, namespace, name } = subject;
  const where = namespace === undefined ? 'in the whole cluster' : `in the namespace ${namespace}`;
  const what = name === undefined ? resource : `${resource} "${name}"`;
  // A webhook that refuses, or a user who may not act as another, is nothing that this rule would mend.
  const rule = message.includes(`cannot ${verb} resource`) ? `. ${missingRule(subject)}` : '';
  return `Not allowed to ${verb} ${what} ${where}: ${message}${rule}`;
}

/** As it is written in a Role; what is listed to be followed needs both verbs. */
function missingRule({ verb, resource, namespace }: RequestSubject): string {
  const [plural = '', ...group] = resource.split('/')[0]?.split('.') ?? [];
  const subresource = resource.includes('/') ? resource.slice(resource.indexOf('/')) : '';
  const verbs = verb === 'list' || verb === 'watch' ? '"list", "watch"' : `"${verb}"`;
  const role = namespace === undefined ? 'a ClusterRole' : `a Role in ${namespace}`;
  return `The rule to add to ${role}: {apiGroups: ["${group.join('.')}"], resources: ["${plural}${subresource}"], verbs: [${verbs}]}`;
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
