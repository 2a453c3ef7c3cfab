import { fileError, type ManifestIssue, type ManifestSet, parseManifests } from '@grayscale/manifest-files';
import { locationOf, type Resource } from '@grayscale/traffic-rules';

/** The Service that an EndpointSlice belongs to: https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#ownership. */
const serviceLabel = 'kubernetes.io/service-name';

/**
 * Puts EndpointSlices of this machine in the place of a cluster's for the same Services.
 * @param local read from files, which may hold nothing else
 */
export function withLocalEndpoints(live: ManifestSet, local: ManifestSet): ManifestSet {
  const slices = parseManifests(local.files).resources;
  const services = new Set(slices.map(serviceOf));
  const replaced = new Set(
    parseManifests(live.files).resources.flatMap((resource) =>
      services.has(serviceOf(resource)) ? resource.source.file : [],
    ),
  );
  return {
    files: [...live.files.filter(({ path }) => !replaced.has(path)), ...local.files],
    issues: [...live.issues, ...local.issues, ...slices.flatMap(otherKind)],
    tracked: local.tracked,
  };
}

/** `hello-1/hello`; undefined for what is not an EndpointSlice of a Service. */
function serviceOf({ kind, metadata }: Resource): string | undefined {
  const name = kind === 'EndpointSlice' ? metadata.labels[serviceLabel] : undefined;
  return name === undefined ? undefined : `${metadata.namespace}/${name}`;
}

function otherKind({ kind, metadata, source }: Resource): ManifestIssue[] {
  if (kind === 'EndpointSlice' || kind === 'MeshConfig') return [];
  const message = `--endpoints takes only EndpointSlices; with --cluster everything else, such as this ${kind}, comes from the cluster.`;
  const resource = `${kind} ${metadata.namespace}/${metadata.name}`;
  return [{ ...fileError('endpoints-other-kind', locationOf(source), message), resource }];
}
