import type { AccessRecord } from './access-record.js';

/** One line in Envoy's default text format, without the line break. */
export function formatAccessText(record: AccessRecord): string {
  const { method, path, protocol, status, bytesReceived, bytesSent } = record;
  const request = `${method || '-'} ${path || '-'} ${protocol}`;
  return (
    `[${new Date(record.startTime).toISOString()}] "${escaped(request)}" ${status} ${flagsText(record)} ` +
    `${bytesReceived} ${bytesSent} ${Math.round(record.durationMs)} ${record.upstreamDurationMs ?? '-'} ` +
    [record.forwardedFor, record.userAgent, record.requestId, record.authority, record.upstreamHost]
      .map((value) => `"${escaped(value || '-')}"`)
      .join(' ')
  );
}

/** One JSON object with Envoy's own names for the fields, as Istio's JSON log has them. */
export function formatAccessJson(record: AccessRecord): string {
  return JSON.stringify({
    start_time: new Date(record.startTime).toISOString(),
    method: record.method || null,
    path: record.path || null,
    protocol: record.protocol,
    response_code: record.status,
    response_flags: flagsText(record),
    response_code_details: record.details || null,
    bytes_received: record.bytesReceived,
    bytes_sent: record.bytesSent,
    duration: Math.round(record.durationMs),
    upstream_service_time: record.upstreamDurationMs ?? null,
    x_forwarded_for: record.forwardedFor ?? null,
    user_agent: record.userAgent ?? null,
    request_id: record.requestId ?? null,
    authority: record.authority || null,
    upstream_host: record.upstreamHost ?? null,
    upstream_cluster: record.upstreamCluster ?? null,
    downstream_remote_address: record.downstreamAddress,
    route_name: routeName(record),
  });
}

function flagsText({ flags }: AccessRecord): string {
  return flags.length === 0 ? '-' : flags.join(',');
}

function routeName({ decision }: AccessRecord): string | null {
  return decision?.because.rule?.name ?? null;
}

/** A client chooses these values: a quote or a control character in them must not look like a field or a line of ours. */
function escaped(value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return value.replace(/["\\\x00-\x1f\x7f-\xff]/g, (character) => {
    if (character === '"' || character === '\\') return `\\${character}`;
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
}
