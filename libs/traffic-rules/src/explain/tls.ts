import type { TlsOrigination } from '../cluster.js';

/**
 * What TLS is spoken in the application's place, in words.
 * @param authority the Host that is sent
 */
export function describeTls(tls: TlsOrigination, authority: string): string {
  const name = hostOf(authority);
  return `TLS in the application's place: ${[serverName(tls, name), certificate(tls, name), own(tls)].join('')}`;
}

function hostOf(authority: string): string {
  return authority.replace(/:\d+$/, '');
}

function serverName({ serverName }: TlsOrigination, host: string): string {
  if (serverName === undefined) return 'no server name is sent';
  return serverName.kind === 'fixed' ? `asks for ${serverName.name}` : `asks for ${host} (the Host)`;
}

function certificate({ verification }: TlsOrigination, host: string): string {
  if (verification === undefined) return ', and takes any certificate';
  const { trust, forRequestHost, subjectAltNames } = verification;
  const names = [
    ...(forRequestHost ? [`for ${host}`] : []),
    ...(subjectAltNames.length > 0 ? [`for ${subjectAltNames.join(' or ')}`] : []),
  ];
  return `, and takes only a certificate ${[...names, `signed by ${trustedBy(trust)}`].join(' and ')}`;
}

function trustedBy(trust: NonNullable<TlsOrigination['verification']>['trust']): string {
  switch (trust.kind) {
    case 'system':
      return 'a CA of the system';
    case 'file':
      return `a CA of ${trust.path}`;
    case 'credential':
      return `a CA of the credential ${trust.name}`;
  }
}

function own({ clientCertificate }: TlsOrigination): string {
  if (clientCertificate === undefined) return '';
  const of = clientCertificate.kind === 'files' ? clientCertificate.certificate : clientCertificate.name;
  return `; it shows the certificate of ${of}`;
}
