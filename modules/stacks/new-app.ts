import { App } from 'cdktf';

/** Stack traces would put paths of this machine into the JSON. */
export function newApp(outdir?: string): App {
  // Validation starts `terraform version` for every null resource; required_version says the same to Terraform.
  return new App({
    stackTraces: false,
    skipValidation: true,
    ...(outdir !== undefined && { outdir }),
  });
}
