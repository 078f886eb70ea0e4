// Reads an AsyncAPI document with the official parser; prints each problem, exit 1 on an error.
import { Parser, fromFile } from "@asyncapi/parser";

const { document, diagnostics } = await fromFile(new Parser(), process.argv[2]).parse();
for (const { severity, path, message } of diagnostics) {
  console.log(`${["error", "warning", "info", "hint"][severity]} ${path.join(".")}: ${message}`);
}
if (document) {
  for (const channel of document.allChannels()) {
    console.log(`${channel.address()}: ${channel.messages().all().length} messages`);
  }
}
process.exit(document && !diagnostics.some(({ severity }) => severity === 0) ? 0 : 1);
