/** The name of an object and its namespace. */
export interface ObjectName {
  namespace: string;
  name: string;
}

const istio = 'networking.istio.io';
const gatewayApi = 'gateway.networking.k8s.io';

/** The objects whose splits a release moves, by the field of a target that names one. */
export const targetKinds = {
  virtualService: { group: istio, kind: 'VirtualService' },
  httpRoute: { group: gatewayApi, kind: 'HTTPRoute' },
  grpcRoute: { group: gatewayApi, kind: 'GRPCRoute' },
} as const;

/** The field of a target that names its object. */
export type TargetField = keyof typeof targetKinds;
/** The Kubernetes kind of a target. */
export type TargetKind = (typeof targetKinds)[TargetField]['kind'];

/** The fields of a target that can name its object, in the order in which messages list them. */
export const targetFields = Object.keys(targetKinds) as TargetField[];

/** One of the fields, and none of the others. */
export type NamedObject<Name> = {
  [Field in TargetField]: { [Own in Field]: Name } & { [Other in Exclude<TargetField, Field>]?: never };
}[TargetField];

/** The field that is set, and its value. */
export function namedObject<Name>(named: NamedObject<Name>): { field: TargetField; name: Name } {
  const field = targetFields.find((each) => named[each] !== undefined) ?? 'virtualService';
  return { field, name: named[field] as Name };
}
