// An OAuth 2.0 server with made-up clients, for the tests of this pack. Usage: node server.mjs FOLDER PORT
// FOLDER is where oidc-provider is installed. The clients differ in what they may do; tests name them as actors.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [folder, port] = process.argv.slice(2);
const installed = createRequire(`${folder}/package.json`).resolve("oidc-provider");
const { default: Provider } = await import(pathToFileURL(installed).href);

const service = { grant_types: ["client_credentials"], redirect_uris: [], response_types: [] };
const clients = [
    { ...service, client_id: "service", client_secret: "service-secret", scope: "read write" },
    { ...service, client_id: "other", client_secret: "other-secret" },
    // Some characters of its secret must be encoded in a credential (RFC 6749, section 2.3.1).
    { ...service, client_id: "encoded", client_secret: "a:b c%d+e&f" },
    {
        client_id: "website",
        client_secret: "website-secret",
        grant_types: ["authorization_code", "refresh_token"],
        redirect_uris: ["http://127.0.0.1/callback"],
    },
];

const provider = new Provider(`http://127.0.0.1:${port}`, {
    clients,
    scopes: ["openid", "offline_access", "read", "write"],
    features: {
        clientCredentials: { enabled: true },
        introspection: { enabled: true },
        revocation: { enabled: true },
        devInteractions: { enabled: false },
    },
});
provider.listen(Number(port), "127.0.0.1");
