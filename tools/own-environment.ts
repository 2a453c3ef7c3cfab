/**
 * What the services, and the HTTP clients in them, read from the environment. In a user's shell these names belong to something else: the
 * proxy of the company, the port of another project, the log format of yet another.
 */
const settings = [
  /^NODE_ENV$/,
  /^(?:https?|all|no|grpc|no_grpc)_proxy$/i,
  /^(?:PORT|HOST|SHUTDOWN_DELAY_MS|SHUTDOWN_GRACE_MS|LOG_FORMAT|REQUEST_LOG)$/,
  /^(?:HELLO_SERVICE|HELLO_PORT|HELLO_TIMEOUT_MS|LOCAL_MESH_ADMIN|RELEASE_CONTROLLER|FAULT_CONTROL_URL)$/,
  /^(?:ERROR_RATE|LATENCY_MS|FAULT_CONTROL)$/,
  /^(?:PLANS|RULES|METRICS|PROMETHEUS(?:_(?:BEARER_TOKEN|BASIC_AUTH|CA)_FILE|_HEADERS)?|LOOK_INTERVAL_MS)$/,
  /^(?:NAMESPACES|LEASE_DURATION_MS)$/,
];

/**
 * The environment without anything that a service would take for a setting of its own.
 * @param others names that are left out as well
 */
export function ownEnvironment(
  environment: NodeJS.ProcessEnv = process.env,
  others: readonly RegExp[] = [],
): NodeJS.ProcessEnv {
  const isLeftOut = (name: string) => [...settings, ...others].some((pattern) => pattern.test(name));
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !isLeftOut(name)));
}
