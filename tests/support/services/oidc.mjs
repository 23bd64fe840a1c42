// npm oidc-provider for the client credentials grant, on loopback: node oidc.mjs PORT CLIENTS.json TTL_SECONDS
import fs from 'node:fs';
import Provider from 'oidc-provider';

const [port, clients, ttl] = process.argv.slice(2);
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: JSON.parse(fs.readFileSync(clients, 'utf8')),
  clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
  enabledJWA: { clientAuthSigningAlgValues: ['ES256', 'ES384', 'RS384', 'EdDSA'] },
  scopes: ['openid', 'system/*.rs'],
  features: { clientCredentials: { enabled: true }, introspection: { enabled: true }, devInteractions: { enabled: false } },
  ttl: { ClientCredentials: Number(ttl) },
});
provider.listen(Number(port), '127.0.0.1');
