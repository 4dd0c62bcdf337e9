// The package brings no types.
declare module "swagger-ui-dist" {
  export const SwaggerUIBundle: ((options: Record<string, unknown>) => unknown) & { presets: { apis: unknown } };
  export const SwaggerUIStandalonePreset: unknown;
}
