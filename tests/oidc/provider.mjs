// An identity provider on loopback for tests. It prints its address and lives until its input ends.
//
// Whoever signs in is called by the name they type. Some names make it misbehave, as a provider that was taken over or
// confused would: its ID token then is signed with its right key and has one wrong part.
import http from "node:http";
import { SignJWT, decodeJwt, exportJWK, generateKeyPair } from "jose";
import Provider from "oidc-provider";

const { privateKey } = await generateKeyPair("RS256", { extractable: true });
const key = { ...(await exportJWK(privateKey)), kid: "one", alg: "RS256", use: "sig" };
const [redirect] = process.argv.slice(2);

const people = {
  "candidate-01": { name: "Candidate 01", email: "candidate.01@example.org", email_verified: true },
  "candidate-02": { name: "Candidate 02", email: "candidate.02@example.org", email_verified: false },
};
const wrong = {
  "other-nonce": { nonce: "another" },
  "expired": { iat: 1_000_000_000, exp: 1_000_000_300 },
  "other-audience": { aud: "another" },
  "other-issuer": { iss: "https://login.example.org" },
  "no-nonce": { nonce: undefined },
};

const server = http.createServer();
server.listen(0, "127.0.0.1", () => {
  const address = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(address, {
    clients: [
      { client_id: "invigil", client_secret: "a secret of the tests", redirect_uris: [redirect] },
    ],
    pkce: { required: () => true },
    jwks: { keys: [key] },
    claims: { profile: ["name"], email: ["email", "email_verified"] },
    cookies: { keys: ["a key of the tests"] },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...(people[id] ?? { name: `Test ${id}` }) }) }),
    // Nobody is asked whether this service may know them.
    loadExistingGrant: async (ctx) => {
      const grant = new ctx.oidc.provider.Grant({
        accountId: ctx.oidc.session.accountId,
        clientId: ctx.oidc.client.clientId,
      });
      grant.addOIDCScope("openid profile email");
      await grant.save();
      return grant;
    },
  });
  provider.use(async (ctx, next) => {
    await next();
    const token = ctx.path === "/token" && ctx.body?.id_token;
    if (!token) return;
    const claims = decodeJwt(token);
    if (claims.sub === "other-key") {
      const other = await generateKeyPair("RS256");
      ctx.body.id_token = await new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: "one" }).sign(other.privateKey);
    } else if (wrong[claims.sub]) {
      const changed = JSON.parse(JSON.stringify({ ...claims, ...wrong[claims.sub] }));
      ctx.body.id_token = await new SignJWT(changed).setProtectedHeader({ alg: "RS256", kid: "one" }).sign(privateKey);
    }
  });
  server.on("request", provider.callback());
  console.log(address);
});
process.stdin.on("end", () => process.exit()).resume();
